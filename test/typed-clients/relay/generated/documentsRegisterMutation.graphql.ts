/**
 * @generated SignedSource<<20ba57ae3fc3ea910bc0f7f33d24475b>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ConcreteRequest } from 'relay-runtime';
import { FragmentRefs } from "relay-runtime";
export type ConsentMode = "ALWAYS" | "REMEMBER" | "%future added value";
export type GrantType = "AUTHORIZATION_CODE" | "CLIENT_CREDENTIALS" | "REFRESH_TOKEN" | "%future added value";
export type OAuthClientType = "CONFIDENTIAL" | "NATIVE" | "PUBLIC" | "%future added value";
export type SigningAlgorithm = "ES256" | "RS256" | "%future added value";
export type TokenEndpointAuthMethod = "CLIENT_SECRET_BASIC" | "CLIENT_SECRET_POST" | "NONE" | "PRIVATE_KEY_JWT" | "%future added value";
export type UserErrorCode = "CONFLICT" | "INVALID" | "LAST_OWNER" | "LIMIT_EXCEEDED" | "NOT_ALLOWED" | "NOT_FOUND" | "REQUIRED" | "TAKEN" | "TOO_LONG" | "TOO_MANY" | "%future added value";
export type CreateOAuthClientInput = {
  allowedOrigins?: ReadonlyArray<string> | null | undefined;
  backchannelLogoutUri?: string | null | undefined;
  consentMode?: ConsentMode | null | undefined;
  description?: string | null | undefined;
  grantTypes?: ReadonlyArray<GrantType> | null | undefined;
  homepageUrl?: string | null | undefined;
  idTokenSigningAlgorithm?: SigningAlgorithm | null | undefined;
  idempotencyKey?: string | null | undefined;
  jwks?: string | null | undefined;
  jwksUri?: string | null | undefined;
  lifetimes?: TokenLifetimesInput | null | undefined;
  logoUrl?: string | null | undefined;
  name: string;
  policyUrl?: string | null | undefined;
  postLogoutRedirectUris?: ReadonlyArray<string> | null | undefined;
  redirectUris?: ReadonlyArray<string>;
  requirePkce?: boolean | null | undefined;
  scopes?: ReadonlyArray<string> | null | undefined;
  termsUrl?: string | null | undefined;
  tokenEndpointAuthMethod?: TokenEndpointAuthMethod | null | undefined;
  type?: OAuthClientType;
};
export type TokenLifetimesInput = {
  accessTokenSeconds?: number | null | undefined;
  idTokenSeconds?: number | null | undefined;
  refreshTokenIdleSeconds?: number | null | undefined;
  refreshTokenSeconds?: number | null | undefined;
};
export type documentsRegisterMutation$variables = {
  connections: ReadonlyArray<string>;
  input: CreateOAuthClientInput;
};
export type documentsRegisterMutation$data = {
  readonly createOAuthClient: {
    readonly clientSecret: string | null | undefined;
    readonly oauthClient: {
      readonly $updatableFragmentSpreads: FragmentRefs<"documents_updatable">;
      readonly id: string;
      readonly name: string;
      readonly " $fragmentSpreads": FragmentRefs<"documents_client">;
    } | null | undefined;
    readonly userErrors: ReadonlyArray<{
      readonly code: UserErrorCode;
      readonly message: string;
      readonly path: ReadonlyArray<string>;
    }>;
  } | null | undefined;
};
export type documentsRegisterMutation = {
  response: documentsRegisterMutation$data;
  variables: documentsRegisterMutation$variables;
};

const node: ConcreteRequest = (function(){
var v0 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "connections"
},
v1 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "input"
},
v2 = [
  {
    "kind": "Variable",
    "name": "input",
    "variableName": "input"
  }
],
v3 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "clientSecret",
  "storageKey": null
},
v4 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "id",
  "storageKey": null
},
v5 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "name",
  "storageKey": null
},
v6 = {
  "alias": null,
  "args": null,
  "concreteType": "UserError",
  "kind": "LinkedField",
  "name": "userErrors",
  "plural": true,
  "selections": [
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "code",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "message",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "path",
      "storageKey": null
    }
  ],
  "storageKey": null
};
return {
  "fragment": {
    "argumentDefinitions": [
      (v0/*:: as any*/),
      (v1/*:: as any*/)
    ],
    "kind": "Fragment",
    "metadata": null,
    "name": "documentsRegisterMutation",
    "selections": [
      {
        "alias": null,
        "args": (v2/*:: as any*/),
        "concreteType": "CreateOAuthClientPayload",
        "kind": "LinkedField",
        "name": "createOAuthClient",
        "plural": false,
        "selections": [
          (v3/*:: as any*/),
          {
            "alias": null,
            "args": null,
            "concreteType": "OAuthClient",
            "kind": "LinkedField",
            "name": "oauthClient",
            "plural": false,
            "selections": [
              (v4/*:: as any*/),
              (v5/*:: as any*/),
              {
                "args": null,
                "kind": "FragmentSpread",
                "name": "documents_client"
              },
              {
                "args": null,
                "kind": "FragmentSpread",
                "name": "documents_updatable"
              }
            ],
            "storageKey": null
          },
          (v6/*:: as any*/)
        ],
        "storageKey": null
      }
    ],
    "type": "Mutation",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": [
      (v1/*:: as any*/),
      (v0/*:: as any*/)
    ],
    "kind": "Operation",
    "name": "documentsRegisterMutation",
    "selections": [
      {
        "alias": null,
        "args": (v2/*:: as any*/),
        "concreteType": "CreateOAuthClientPayload",
        "kind": "LinkedField",
        "name": "createOAuthClient",
        "plural": false,
        "selections": [
          (v3/*:: as any*/),
          {
            "alias": null,
            "args": null,
            "concreteType": "OAuthClient",
            "kind": "LinkedField",
            "name": "oauthClient",
            "plural": false,
            "selections": [
              (v4/*:: as any*/),
              (v5/*:: as any*/),
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "clientId",
                "storageKey": null
              },
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "disabledAt",
                "storageKey": null
              },
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "logoImageUrl",
                "storageKey": null
              },
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "version",
                "storageKey": null
              },
              {
                "alias": null,
                "args": null,
                "concreteType": "OAuthClientSecret",
                "kind": "LinkedField",
                "name": "secrets",
                "plural": true,
                "selections": [
                  (v4/*:: as any*/),
                  {
                    "alias": null,
                    "args": null,
                    "kind": "ScalarField",
                    "name": "hint",
                    "storageKey": null
                  },
                  {
                    "alias": null,
                    "args": null,
                    "kind": "ScalarField",
                    "name": "expiresAt",
                    "storageKey": null
                  }
                ],
                "storageKey": null
              },
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "__typename",
                "storageKey": null
              }
            ],
            "storageKey": null
          },
          {
            "alias": null,
            "args": null,
            "filters": null,
            "handle": "appendNode",
            "key": "",
            "kind": "LinkedHandle",
            "name": "oauthClient",
            "handleArgs": [
              {
                "kind": "Variable",
                "name": "connections",
                "variableName": "connections"
              },
              {
                "kind": "Literal",
                "name": "edgeTypeName",
                "value": "OAuthClientEdge"
              }
            ]
          },
          (v6/*:: as any*/)
        ],
        "storageKey": null
      }
    ]
  },
  "params": {
    "cacheID": "a07a8fbd714944164df411a54ac513b7",
    "id": null,
    "metadata": {},
    "name": "documentsRegisterMutation",
    "operationKind": "mutation",
    "text": "mutation documentsRegisterMutation(\n  $input: CreateOAuthClientInput!\n) {\n  createOAuthClient(input: $input) {\n    clientSecret\n    oauthClient {\n      id\n      name\n      ...documents_client\n      __typename\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}\n\nfragment documents_client on OAuthClient {\n  id\n  clientId\n  name\n  disabledAt\n  logoImageUrl\n  version\n  secrets {\n    id\n    hint\n    expiresAt\n  }\n}\n"
  }
};
})();

(node as any).hash = "54ecf5f1f643374ecaa82af44ed8cd92";

export default node;
