// The account in GraphQL.
import { builder } from '../graphql/builder.js';
import { requireCaller } from '../graphql/context-type.js';
import { splitWords } from '../lib/scope.js';

export const AccountNode = builder.prismaNode('Account', {
  description: 'A company or team: it owns members and OAuth clients.',
  id: { field: 'id', description: 'The id, also for `node`.' },
  findUnique: (id, { caller }) => ({ id: caller?.accountId === id ? id : '' }),
  nullable: true,
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What the account is called.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
    owner: t.prismaField({
      type: 'Member',
      description: 'The one member who owns the account.',
      resolve: (query, account, _args, { deps }) =>
        // Prisma makes one statement of all that are asked for at once by a unique column.
        deps.db.member.findUniqueOrThrow({ ...query, where: { ownerOf: account.id } }),
    }),
    allowedRedirectSchemes: t.stringList({
      description:
        'What an operator allowed in redirect URIs beside https: `loopback`, `localhost`, or private-use schemes such as `com.example.app`.',
      select: { redirectSchemes: true },
      resolve: ({ redirectSchemes }) => splitWords(redirectSchemes),
    }),
  }),
});

builder.queryField('account', (t) =>
  t.prismaField({
    type: 'Account',
    description: 'The account that the caller belongs to.',
    nullable: true,
    authScopes: { caller: true },
    resolve: (query, _root, _args, context) =>
      context.deps.db.account.findUnique({ ...query, where: { id: requireCaller(context).accountId } }),
  }),
);
