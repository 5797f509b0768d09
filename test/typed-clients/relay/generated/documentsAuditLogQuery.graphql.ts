/**
 * @generated SignedSource<<f437351c8f98d53cda20cb421e7dc673>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ConcreteRequest } from 'relay-runtime';
export type AuditAction = "ACCOUNT_CREATED" | "ACCOUNT_REDIRECTS_ALLOWED" | "API_TOKEN_CREATED" | "API_TOKEN_REVOKED" | "API_TOKEN_ROTATED" | "CLIENT_AUTHENTICATION_REFUSED" | "CONSENT_DENIED" | "CONSENT_GIVEN" | "MEMBER_CREATED" | "MEMBER_PASSWORD_SET" | "OAUTH_CLIENT_CREATED" | "OAUTH_CLIENT_DELETED" | "OAUTH_CLIENT_DISABLED" | "OAUTH_CLIENT_ENABLED" | "OAUTH_CLIENT_SECRET_EXPIRING" | "OAUTH_CLIENT_SECRET_REVOKED" | "OAUTH_CLIENT_SECRET_ROTATED" | "OAUTH_CLIENT_TOKENS_REVOKED" | "OAUTH_CLIENT_UNVERIFIED" | "OAUTH_CLIENT_UPDATED" | "OAUTH_CLIENT_VERIFIED" | "REQUEST_REFUSED" | "SIGNED_IN" | "SIGNED_OUT" | "SIGNING_KEY_ROTATED" | "SIGN_IN_REFUSED" | "TOKENS_REVOKED_AFTER_REPLAY" | "%future added value";
export type documentsAuditLogQuery$variables = {
  after?: string | null | undefined;
  first: number;
};
export type documentsAuditLogQuery$data = {
  readonly auditLog: {
    readonly edges: ReadonlyArray<{
      readonly node: {
        readonly action: AuditAction;
        readonly actor: {
          readonly __typename: "ApiToken";
          readonly hint: string;
        } | {
          readonly __typename: "Member";
          readonly email: string | null | undefined;
        } | {
          readonly __typename: "OAuthClient";
          readonly clientId: string;
        } | {
          // This will never be '%other', but we need some
          // value in case none of the concrete values match.
          readonly __typename: "%other";
        } | null | undefined;
        readonly target: {
          readonly __typename: string;
          readonly id: string;
        } | null | undefined;
      };
    }>;
  } | null | undefined;
};
export type documentsAuditLogQuery = {
  response: documentsAuditLogQuery$data;
  variables: documentsAuditLogQuery$variables;
};

const node: ConcreteRequest = (function(){
var v0 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "after"
},
v1 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "first"
},
v2 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "action",
  "storageKey": null
},
v3 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "__typename",
  "storageKey": null
},
v4 = {
  "kind": "InlineFragment",
  "selections": [
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "email",
      "storageKey": null
    }
  ],
  "type": "Member",
  "abstractKey": null
},
v5 = {
  "kind": "InlineFragment",
  "selections": [
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "hint",
      "storageKey": null
    }
  ],
  "type": "ApiToken",
  "abstractKey": null
},
v6 = {
  "kind": "InlineFragment",
  "selections": [
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "clientId",
      "storageKey": null
    }
  ],
  "type": "OAuthClient",
  "abstractKey": null
},
v7 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "id",
  "storageKey": null
},
v8 = {
  "alias": null,
  "args": null,
  "concreteType": null,
  "kind": "LinkedField",
  "name": "target",
  "plural": false,
  "selections": [
    (v3/*:: as any*/),
    (v7/*:: as any*/)
  ],
  "storageKey": null
},
v9 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "cursor",
  "storageKey": null
},
v10 = {
  "alias": null,
  "args": null,
  "concreteType": "PageInfo",
  "kind": "LinkedField",
  "name": "pageInfo",
  "plural": false,
  "selections": [
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "endCursor",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "hasNextPage",
      "storageKey": null
    }
  ],
  "storageKey": null
},
v11 = [
  {
    "kind": "Variable",
    "name": "after",
    "variableName": "after"
  },
  {
    "kind": "Variable",
    "name": "first",
    "variableName": "first"
  }
];
return {
  "fragment": {
    "argumentDefinitions": [
      (v0/*:: as any*/),
      (v1/*:: as any*/)
    ],
    "kind": "Fragment",
    "metadata": null,
    "name": "documentsAuditLogQuery",
    "selections": [
      {
        "alias": "auditLog",
        "args": null,
        "concreteType": "AuditLogEntryConnection",
        "kind": "LinkedField",
        "name": "__documents_auditLog_connection",
        "plural": false,
        "selections": [
          {
            "alias": null,
            "args": null,
            "concreteType": "AuditLogEntryEdge",
            "kind": "LinkedField",
            "name": "edges",
            "plural": true,
            "selections": [
              {
                "alias": null,
                "args": null,
                "concreteType": "AuditLogEntry",
                "kind": "LinkedField",
                "name": "node",
                "plural": false,
                "selections": [
                  (v2/*:: as any*/),
                  {
                    "alias": null,
                    "args": null,
                    "concreteType": null,
                    "kind": "LinkedField",
                    "name": "actor",
                    "plural": false,
                    "selections": [
                      (v3/*:: as any*/),
                      (v4/*:: as any*/),
                      (v5/*:: as any*/),
                      (v6/*:: as any*/)
                    ],
                    "storageKey": null
                  },
                  (v8/*:: as any*/),
                  (v3/*:: as any*/)
                ],
                "storageKey": null
              },
              (v9/*:: as any*/)
            ],
            "storageKey": null
          },
          (v10/*:: as any*/)
        ],
        "storageKey": null
      }
    ],
    "type": "Query",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": [
      (v1/*:: as any*/),
      (v0/*:: as any*/)
    ],
    "kind": "Operation",
    "name": "documentsAuditLogQuery",
    "selections": [
      {
        "alias": null,
        "args": (v11/*:: as any*/),
        "concreteType": "AuditLogEntryConnection",
        "kind": "LinkedField",
        "name": "auditLog",
        "plural": false,
        "selections": [
          {
            "alias": null,
            "args": null,
            "concreteType": "AuditLogEntryEdge",
            "kind": "LinkedField",
            "name": "edges",
            "plural": true,
            "selections": [
              {
                "alias": null,
                "args": null,
                "concreteType": "AuditLogEntry",
                "kind": "LinkedField",
                "name": "node",
                "plural": false,
                "selections": [
                  (v2/*:: as any*/),
                  {
                    "alias": null,
                    "args": null,
                    "concreteType": null,
                    "kind": "LinkedField",
                    "name": "actor",
                    "plural": false,
                    "selections": [
                      (v3/*:: as any*/),
                      (v4/*:: as any*/),
                      (v5/*:: as any*/),
                      (v6/*:: as any*/),
                      {
                        "kind": "InlineFragment",
                        "selections": [
                          (v7/*:: as any*/)
                        ],
                        "type": "Node",
                        "abstractKey": "__isNode"
                      }
                    ],
                    "storageKey": null
                  },
                  (v8/*:: as any*/),
                  (v7/*:: as any*/),
                  (v3/*:: as any*/)
                ],
                "storageKey": null
              },
              (v9/*:: as any*/)
            ],
            "storageKey": null
          },
          (v10/*:: as any*/)
        ],
        "storageKey": null
      },
      {
        "alias": null,
        "args": (v11/*:: as any*/),
        "filters": null,
        "handle": "connection",
        "key": "documents_auditLog",
        "kind": "LinkedHandle",
        "name": "auditLog"
      }
    ]
  },
  "params": {
    "cacheID": "a6bd80617d7c1cfafef88d64edb2027b",
    "id": null,
    "metadata": {
      "connection": [
        {
          "count": "first",
          "cursor": "after",
          "direction": "forward",
          "path": [
            "auditLog"
          ]
        }
      ]
    },
    "name": "documentsAuditLogQuery",
    "operationKind": "query",
    "text": "query documentsAuditLogQuery(\n  $first: Int!\n  $after: String\n) {\n  auditLog(first: $first, after: $after) {\n    edges {\n      node {\n        action\n        actor {\n          __typename\n          ... on Member {\n            email\n          }\n          ... on ApiToken {\n            hint\n          }\n          ... on OAuthClient {\n            clientId\n          }\n          ... on Node {\n            __isNode: __typename\n            id\n          }\n        }\n        target {\n          __typename\n          id\n        }\n        id\n        __typename\n      }\n      cursor\n    }\n    pageInfo {\n      endCursor\n      hasNextPage\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "e9aac5c46937ad9231d28a90ad9817ba";

export default node;
