// Limits on an operation before it is validated: tokens, fields, aliases, directives, depth as written. What fragments
// multiply is counted by the complexity plugin (graphql/builder.ts).
import { type DocumentNode, GraphQLError, visit } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { apiError } from '../graphql/errors.js';

const mostTokens = 1000;
const most = { fields: 250, aliases: 30, directives: 20, depth: 16 };

/** What is too much about a document, in words; null when all is within the limits. */
export function excessOf(document: DocumentNode): string | null {
  const counts = { fields: 0, aliases: 0, directives: 0, depth: 0 };
  let depth = 0;
  visit(document, {
    Field: {
      enter(node) {
        counts.fields += 1;
        // `__typename` too: a hundred aliases of it cost as much as of any other field.
        if (node.alias) counts.aliases += 1;
        depth += 1;
        counts.depth = Math.max(counts.depth, depth);
      },
      leave() {
        depth -= 1;
      },
    },
    Directive() {
      counts.directives += 1;
    },
  });
  const exceeded = (Object.keys(most) as (keyof typeof most)[]).find((name) => counts[name] > most[name]);
  return exceeded === undefined
    ? null
    : `The operation has more ${exceeded === 'depth' ? 'levels' : exceeded} than ${most[exceeded]}.`;
}

/** The Yoga plugin that refuses what is too large. */
export function limitsPlugin(): Plugin {
  return {
    onParse({ parseFn, setParseFn }) {
      setParseFn((source, options) => {
        try {
          return parseFn(source, { ...options, maxTokens: mostTokens });
        } catch (error) {
          if (error instanceof GraphQLError && error.message.includes('tokens')) {
            throw apiError('QUERY_TOO_LARGE', `The operation has more tokens than ${mostTokens}. Split it.`);
          }
          throw error;
        }
      });
    },
    onValidate({ params, setResult }) {
      const excess = excessOf(params.documentAST);
      if (excess !== null) setResult([apiError('QUERY_TOO_LARGE', `${excess} Split it.`)]);
    },
  };
}
