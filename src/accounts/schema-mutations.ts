// The account's one mutation in GraphQL. The rules are in rename.ts. Never by an OAuth token: the name says to people who asks
// them, which is not for an app to choose.
import { builder } from '../graphql/builder.js';
import { requireCaller } from '../graphql/context-type.js';
import { payloadOf } from '../graphql/errors.js';
import { userErrorsField } from '../graphql/user-error.js';
import type { InputIssue } from '../lib/errors.js';
import { renameAccount } from './rename.js';
import { AccountNode } from './schema.js';

const UpdateAccountInput = builder.inputType('UpdateAccountInput', {
  description: 'What to change of the account that you belong to.',
  fields: (t) => ({
    name: t.string({
      required: true,
      description: 'What it is called, on consent pages, in messages and here: 1 to 100 characters.',
    }),
  }),
});

interface UpdateAccountPayload {
  readonly account?: typeof AccountNode.$inferType | null;
  readonly unverifiedClientCount?: number;
  readonly userErrors: readonly InputIssue[];
}

const UpdateAccountPayload = builder.objectRef<UpdateAccountPayload>('UpdateAccountPayload').implement({
  description: 'The changed account, or what was wrong.',
  fields: (t) => ({
    account: t.field({
      type: AccountNode,
      nullable: true,
      description: 'The account as it is now; null when there are userErrors.',
      resolve: (payload) => payload.account ?? null,
    }),
    unverifiedClientCount: t.int({
      nullable: true,
      description:
        'How many of its clients lost the verification that an operator gave them under the former name; null when there are userErrors.',
      resolve: (payload) => payload.unverifiedClientCount ?? null,
    }),
    userErrors: t.field(userErrorsField),
  }),
});

builder.mutationFields((t) => ({
  updateAccount: t.field({
    type: UpdateAccountPayload,
    nullable: true,
    description:
      'Renames the account. The name that it has already changes nothing; another one takes back the verification of its clients. Needs OWNER or ADMIN, by a browser session or an API token of role ADMIN, never an OAuth token.',
    authScopes: { $all: { permission: 'ACCOUNT_WRITE', credentialManager: true } },
    args: { input: t.arg({ type: UpdateAccountInput, required: true, description: 'What to change.' }) },
    resolve: (_root, { input }, context) =>
      payloadOf(() => {
        const { actor } = requireCaller(context);
        return renameAccount(context.deps, actor, actor.accountId, input.name);
      }),
  }),
}));
