// Tells the audit log which fields an operation was refused to a known caller. What is refused before any operation runs is
// routes.ts's part.
import { type DocumentNode, type GraphQLError, TypeInfo, visit, visitWithTypeInfo } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { recordRefusedRequest } from '../audit/refused-requests.js';
import { ForbiddenError } from '../lib/errors.js';
import { schema } from './schema.js';
import type { ServerContext } from './server-context.js';

function isForbidden({ extensions, originalError }: GraphQLError): boolean {
  return extensions.code === 'FORBIDDEN' || originalError instanceof ForbiddenError;
}

/** The fields that errors are about, each as `Type.field`: what the schema calls them, since an alias may say anything. */
function fieldsOf(errors: readonly GraphQLError[], document: DocumentNode): string[] {
  const nodes = new Set<unknown>(errors.flatMap((error) => error.nodes ?? []));
  const fields = new Set<string>();
  const types = new TypeInfo(schema);
  const Field = (node: { readonly name: { readonly value: string } }) => {
    if (nodes.has(node)) fields.add(`${types.getParentType()?.name}.${node.name.value}`);
  };
  visit(document, visitWithTypeInfo(types, { Field }));
  return [...fields];
}

/** The Yoga plugin that records refusals, one entry for an operation. Before the answer, which costs refused callers alone. */
export function refusalsPlugin(): Plugin<ServerContext> {
  return {
    onExecute({ args }) {
      const { caller, deps, log } = args.contextValue;
      if (!caller) return undefined;
      return {
        onExecuteDone({ result }) {
          if (Symbol.asyncIterator in result || !result.errors) return undefined;
          const refused = result.errors.filter(isForbidden);
          if (refused.length === 0) return undefined;
          return recordRefusedRequest({ ...deps, log }, caller.actor, fieldsOf(refused, args.document));
        },
      };
    },
  };
}
