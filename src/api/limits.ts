// Limits on an operation before it is validated: tokens, and what it comes to with its fragments put in, introspection
// included. What lists multiply is counted by the complexity plugin (graphql/builder.ts).
import { type DocumentNode, type FragmentDefinitionNode, GraphQLError, Kind, type SelectionNode, visit } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { apiError } from '../graphql/errors.js';

const mostTokens = 1000;
const most = { fields: 400, aliases: 30, levels: 20 };
// As written, since they cost most where they are unknown: each is an error of its own.
const mostDirectives = 20;

type Counts = Record<keyof typeof most, number>;

const nothing: Counts = { fields: 0, aliases: 0, levels: 0 };

function sum(left: Counts, right: Counts): Counts {
  return {
    fields: left.fields + right.fields,
    aliases: left.aliases + right.aliases,
    levels: Math.max(left.levels, right.levels),
  };
}

/** Builds what counts selections. Each fragment is counted once and remembered: doubling them is cheap to write. */
function createCounter(document: DocumentNode) {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }
  const counted = new Map<string, Counts>();

  function ofFragment(name: string): Counts {
    const known = counted.get(name);
    if (known) return known;
    // For a fragment that holds itself, which validation refuses.
    counted.set(name, nothing);
    const counts = ofSelections(fragments.get(name)?.selectionSet.selections);
    counted.set(name, counts);
    return counts;
  }

  function ofSelection(node: SelectionNode): Counts {
    if (node.kind === Kind.FRAGMENT_SPREAD) return ofFragment(node.name.value);
    const inner = ofSelections(node.selectionSet?.selections);
    if (node.kind === Kind.INLINE_FRAGMENT) return inner;
    // `__typename` too: a hundred aliases of it cost as much as of any other field.
    return sum({ ...inner, levels: inner.levels + 1 }, { fields: 1, aliases: node.alias ? 1 : 0, levels: 0 });
  }

  function ofSelections(selections: readonly SelectionNode[] = []): Counts {
    return selections.map(ofSelection).reduce(sum, nothing);
  }
  return ofSelections;
}

function countDirectives(document: DocumentNode): number {
  let count = 0;
  visit(document, {
    Directive() {
      count += 1;
    },
  });
  return count;
}

/** What is too much about a document, in words; null when all its operations are within the limits. */
function excessOf(document: DocumentNode): string | null {
  const message = (what: string, limit: number) => `The operation has more ${what} than ${limit}.`;
  if (countDirectives(document) > mostDirectives) return message('directives', mostDirectives);
  const count = createCounter(document);
  for (const node of document.definitions) {
    if (node.kind !== Kind.OPERATION_DEFINITION) continue;
    const counts = count(node.selectionSet.selections);
    const exceeded = (Object.keys(most) as (keyof Counts)[]).find((name) => counts[name] > most[name]);
    if (exceeded !== undefined) return message(exceeded, most[exceeded]);
  }
  return null;
}

/** The Yoga plugin that refuses what is too large. */
export function limitsPlugin(): Plugin {
  // Yoga parses a text once and remembers its document, so what is counted of one holds for each time that it is sent.
  const excesses = new WeakMap<DocumentNode, string | null>();

  function knownExcessOf(document: DocumentNode): string | null {
    const known = excesses.get(document);
    if (known !== undefined) return known;
    const excess = excessOf(document);
    excesses.set(document, excess);
    return excess;
  }

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
      const excess = knownExcessOf(params.documentAST);
      if (excess !== null) setResult([apiError('QUERY_TOO_LARGE', `${excess} Split it.`)]);
    },
  };
}
