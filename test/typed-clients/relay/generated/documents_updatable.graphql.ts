/**
 * @generated SignedSource<<dd4d62ec2a9748e82c6385a67f4d8856>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ReaderFragment } from 'relay-runtime';
import { FragmentRefs } from "relay-runtime";
export type documents_updatable$data = {
  name: string;
  get createdBy(): {
    readonly __typename: "Member";
  } | null | undefined;
  set createdBy(value: {
    readonly __typename: "Member";
    readonly __id: string;
    readonly " $fragmentSpreads": FragmentRefs<"documents_creator">;
  } | null | undefined);
  readonly " $fragmentType": "documents_updatable";
};
export type documents_updatable$key = {
  readonly " $data"?: documents_updatable$data;
  readonly $updatableFragmentSpreads: FragmentRefs<"documents_updatable">;
};

const node: ReaderFragment = {
  "argumentDefinitions": [],
  "kind": "Fragment",
  "metadata": null,
  "name": "documents_updatable",
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
      "concreteType": "Member",
      "kind": "LinkedField",
      "name": "createdBy",
      "plural": false,
      "selections": [
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "__typename",
          "storageKey": null
        },
        {
          "args": null,
          "kind": "FragmentSpread",
          "name": "documents_creator"
        }
      ],
      "storageKey": null
    }
  ],
  "type": "OAuthClient",
  "abstractKey": null
};

(node as any).hash = "8a5a621d9b72ba70d0deada4de3b5b19";

export default node;
