/**
 * @generated SignedSource<<e3c1c2a5d8da4f235ecc0cfb7ccb1bce>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ConcreteRequest } from 'relay-runtime';
export type ConsentMode = "ALWAYS" | "REMEMBER" | "%future added value";
export type GrantType = "AUTHORIZATION_CODE" | "CLIENT_CREDENTIALS" | "REFRESH_TOKEN" | "%future added value";
export type SigningAlgorithm = "ES256" | "RS256" | "%future added value";
export type TokenEndpointAuthMethod = "CLIENT_SECRET_BASIC" | "CLIENT_SECRET_POST" | "NONE" | "PRIVATE_KEY_JWT" | "%future added value";
export type UserErrorCode = "CONFLICT" | "INVALID" | "LAST_OWNER" | "LIMIT_EXCEEDED" | "NOT_ALLOWED" | "NOT_FOUND" | "REQUIRED" | "TAKEN" | "TOO_LONG" | "TOO_MANY" | "%future added value";
export type UpdateOAuthClientInput = {
  allowedOrigins?: ReadonlyArray<string> | null | undefined;
  backchannelLogoutUri?: string | null | undefined;
  clientId?: string | null | undefined;
  consentMode?: ConsentMode | null | undefined;
  description?: string | null | undefined;
  grantTypes?: ReadonlyArray<GrantType> | null | undefined;
  homepageUrl?: string | null | undefined;
  id?: string | null | undefined;
  idTokenSigningAlgorithm?: SigningAlgorithm | null | undefined;
  jwks?: string | null | undefined;
  jwksUri?: string | null | undefined;
  lifetimes?: TokenLifetimesInput | null | undefined;
  logoUrl?: string | null | undefined;
  name?: string | null | undefined;
  policyUrl?: string | null | undefined;
  postLogoutRedirectUris?: ReadonlyArray<string> | null | undefined;
  redirectUris?: ReadonlyArray<string> | null | undefined;
  requirePkce?: boolean | null | undefined;
  scopes?: ReadonlyArray<string> | null | undefined;
  termsUrl?: string | null | undefined;
  tokenEndpointAuthMethod?: TokenEndpointAuthMethod | null | undefined;
  version?: number | null | undefined;
};
export type TokenLifetimesInput = {
  accessTokenSeconds?: number | null | undefined;
  idTokenSeconds?: number | null | undefined;
  refreshTokenIdleSeconds?: number | null | undefined;
  refreshTokenSeconds?: number | null | undefined;
};
export type documentsRenameMutation$variables = {
  input: UpdateOAuthClientInput;
};
export type documentsRenameMutation$data = {
  readonly updateOAuthClient: {
    readonly oauthClient: {
      readonly id: string;
      readonly name: string;
      readonly version: number;
    } | null | undefined;
    readonly userErrors: ReadonlyArray<{
      readonly code: UserErrorCode;
    }>;
  } | null | undefined;
};
export type documentsRenameMutation$rawResponse = {
  readonly updateOAuthClient: {
    readonly oauthClient: {
      readonly id: string;
      readonly name: string;
      readonly version: number;
    } | null | undefined;
    readonly userErrors: ReadonlyArray<{
      readonly code: UserErrorCode;
    }>;
  } | null | undefined;
};
export type documentsRenameMutation = {
  rawResponse: documentsRenameMutation$rawResponse;
  response: documentsRenameMutation$data;
  variables: documentsRenameMutation$variables;
};

const node: ConcreteRequest = (function(){
var v0 = [
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "input"
  }
],
v1 = [
  {
    "alias": null,
    "args": [
      {
        "kind": "Variable",
        "name": "input",
        "variableName": "input"
      }
    ],
    "concreteType": "UpdateOAuthClientPayload",
    "kind": "LinkedField",
    "name": "updateOAuthClient",
    "plural": false,
    "selections": [
      {
        "alias": null,
        "args": null,
        "concreteType": "OAuthClient",
        "kind": "LinkedField",
        "name": "oauthClient",
        "plural": false,
        "selections": [
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "id",
            "storageKey": null
          },
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "name",
            "storageKey": null
          },
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "version",
            "storageKey": null
          }
        ],
        "storageKey": null
      },
      {
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
          }
        ],
        "storageKey": null
      }
    ],
    "storageKey": null
  }
];
return {
  "fragment": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Fragment",
    "metadata": null,
    "name": "documentsRenameMutation",
    "selections": (v1/*:: as any*/),
    "type": "Mutation",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Operation",
    "name": "documentsRenameMutation",
    "selections": (v1/*:: as any*/)
  },
  "params": {
    "cacheID": "007cec86516cc6a356393824c5ac8112",
    "id": null,
    "metadata": {},
    "name": "documentsRenameMutation",
    "operationKind": "mutation",
    "text": "mutation documentsRenameMutation(\n  $input: UpdateOAuthClientInput!\n) {\n  updateOAuthClient(input: $input) {\n    oauthClient {\n      id\n      name\n      version\n    }\n    userErrors {\n      code\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "1117b4844efb802986cbb8c91ddfc9ee";

export default node;
