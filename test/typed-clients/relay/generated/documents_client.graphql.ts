/**
 * @generated SignedSource<<8c075fa8c3f50f3f88e3a4bc1f3b5b38>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ReaderFragment } from 'relay-runtime';
import { FragmentRefs } from "relay-runtime";
export type documents_client$data = {
  readonly clientId: string;
  readonly disabledAt: string | null | undefined;
  readonly id: string;
  readonly logoImageUrl: string | null | undefined;
  readonly name: string;
  readonly secrets: ReadonlyArray<{
    readonly expiresAt: string | null | undefined;
    readonly hint: string;
    readonly id: string;
  }>;
  readonly version: number;
  readonly " $fragmentType": "documents_client";
};
export type documents_client$key = {
  readonly " $data"?: documents_client$data;
  readonly " $fragmentSpreads": FragmentRefs<"documents_client">;
};

import documentsClientRefetchQuery_graphql from './documentsClientRefetchQuery.graphql';

const node: ReaderFragment = (function(){
var v0 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "id",
  "storageKey": null
};
return {
  "argumentDefinitions": [],
  "kind": "Fragment",
  "metadata": {
    "refetch": {
      "connection": null,
      "fragmentPathInResult": [
        "node"
      ],
      "operation": documentsClientRefetchQuery_graphql,
      "identifierInfo": {
        "identifierField": "id",
        "identifierQueryVariableName": "id"
      }
    }
  },
  "name": "documents_client",
  "selections": [
    (v0/*:: as any*/),
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
      "name": "name",
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
        (v0/*:: as any*/),
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
    }
  ],
  "type": "OAuthClient",
  "abstractKey": null
};
})();

(node as any).hash = "e247482b6c164d89bf8933e2dc9b735e";

export default node;
