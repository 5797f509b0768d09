/**
 * @generated SignedSource<<b3816d8bcb0ac010795f860734c4693f>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ConcreteUpdatableQuery } from 'relay-runtime';
export type documentsNameUpdatableQuery$variables = {
  id: string;
};
export type documentsNameUpdatableQuery$data = {
  get oauthClient(): {
    disabledAt: string | null | undefined;
    name: string;
  } | null | undefined;
  set oauthClient(value: null | undefined);
};
export type documentsNameUpdatableQuery = {
  response: documentsNameUpdatableQuery$data;
  variables: documentsNameUpdatableQuery$variables;
};

const node: ConcreteUpdatableQuery = {
  "fragment": {
    "argumentDefinitions": [
      {
        "defaultValue": null,
        "kind": "LocalArgument",
        "name": "id"
      }
    ],
    "kind": "Fragment",
    "metadata": null,
    "name": "documentsNameUpdatableQuery",
    "selections": [
      {
        "alias": null,
        "args": [
          {
            "kind": "Variable",
            "name": "id",
            "variableName": "id"
          }
        ],
        "concreteType": "OAuthClient",
        "kind": "LinkedField",
        "name": "oauthClient",
        "plural": false,
        "selections": [
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
            "name": "disabledAt",
            "storageKey": null
          }
        ],
        "storageKey": null
      }
    ],
    "type": "Query",
    "abstractKey": null
  },
  "kind": "UpdatableQuery"
};

(node as any).hash = "68f764832cc1bd7a208ce0174fca43fe";

export default node;
