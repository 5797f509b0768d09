/**
 * @generated SignedSource<<12427f6176a09144c94682f75fe55867>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { FragmentRefs } from "relay-runtime";

const node: any = {};

(node as any).hash = "05f729a55dab33aecd0ab991f30fe1ad";

export default node;

export function validate(value: {
  readonly __typename: string;
  readonly __id: string;
  readonly " $fragmentSpreads": documents_creator$fragmentType;
}): false | {
  readonly __typename: "Member";
  readonly __id: string;
  readonly " $fragmentSpreads": documents_creator$fragmentType;
} {
  return value.__typename === 'Member' ? value : false;
}
