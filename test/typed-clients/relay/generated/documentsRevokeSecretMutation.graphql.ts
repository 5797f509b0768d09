/**
 * @generated SignedSource<<32b6b2abf6f628a8699157d27a838174>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ConcreteRequest } from 'relay-runtime';
export type documentsRevokeSecretMutation$variables = {
  secretId: string;
};
export type documentsRevokeSecretMutation$data = {
  readonly revokeOAuthClientSecret: {
    readonly oauthClient: {
      readonly secrets: ReadonlyArray<{
        readonly id: string;
      }>;
    } | null | undefined;
    readonly revokedSecretId: string | null | undefined;
  } | null | undefined;
};
export type documentsRevokeSecretMutation = {
  response: documentsRevokeSecretMutation$data;
  variables: documentsRevokeSecretMutation$variables;
};

const node: ConcreteRequest = (function(){
var v0 = [
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "secretId"
  }
],
v1 = [
  {
    "fields": [
      {
        "kind": "Variable",
        "name": "secretId",
        "variableName": "secretId"
      }
    ],
    "kind": "ObjectValue",
    "name": "input"
  }
],
v2 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "revokedSecretId",
  "storageKey": null
},
v3 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "id",
  "storageKey": null
},
v4 = {
  "alias": null,
  "args": null,
  "concreteType": "OAuthClientSecret",
  "kind": "LinkedField",
  "name": "secrets",
  "plural": true,
  "selections": [
    (v3/*:: as any*/)
  ],
  "storageKey": null
};
return {
  "fragment": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Fragment",
    "metadata": null,
    "name": "documentsRevokeSecretMutation",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": "RevokeOAuthClientSecretPayload",
        "kind": "LinkedField",
        "name": "revokeOAuthClientSecret",
        "plural": false,
        "selections": [
          (v2/*:: as any*/),
          {
            "alias": null,
            "args": null,
            "concreteType": "OAuthClient",
            "kind": "LinkedField",
            "name": "oauthClient",
            "plural": false,
            "selections": [
              (v4/*:: as any*/)
            ],
            "storageKey": null
          }
        ],
        "storageKey": null
      }
    ],
    "type": "Mutation",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Operation",
    "name": "documentsRevokeSecretMutation",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": "RevokeOAuthClientSecretPayload",
        "kind": "LinkedField",
        "name": "revokeOAuthClientSecret",
        "plural": false,
        "selections": [
          (v2/*:: as any*/),
          {
            "alias": null,
            "args": null,
            "filters": null,
            "handle": "deleteRecord",
            "key": "",
            "kind": "ScalarHandle",
            "name": "revokedSecretId"
          },
          {
            "alias": null,
            "args": null,
            "concreteType": "OAuthClient",
            "kind": "LinkedField",
            "name": "oauthClient",
            "plural": false,
            "selections": [
              (v4/*:: as any*/),
              (v3/*:: as any*/)
            ],
            "storageKey": null
          }
        ],
        "storageKey": null
      }
    ]
  },
  "params": {
    "cacheID": "8a6493ec4d777fc1fdcb9b3ff892ad88",
    "id": null,
    "metadata": {},
    "name": "documentsRevokeSecretMutation",
    "operationKind": "mutation",
    "text": "mutation documentsRevokeSecretMutation(\n  $secretId: ID!\n) {\n  revokeOAuthClientSecret(input: {secretId: $secretId}) {\n    revokedSecretId\n    oauthClient {\n      secrets {\n        id\n      }\n      id\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "b4a05d144a0447caab322fb8cfb22ba1";

export default node;
