// Answers a field from its row when all the columns that it reads are there, whichever query loaded the row. Plugin-prisma looks
// up which query that was, for each field of each row, and reads again what it does not find: for a column that costs more than
// its being loaded. For types that load only what is asked for (`select`); all others have every column at hand.
import { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';
import type { GraphQLFieldResolver } from 'graphql';
import { registerPlugin } from './register-plugin.js';

const pluginName = 'loadedColumns';

export default pluginName;

/** The columns that a field selects; null when there is more to it, such as a relation. */
function columnsOf(select: unknown, relations: ReadonlyMap<string, unknown>): string[] | null {
  if (typeof select !== 'object' || select === null) return null;
  const isColumn = ([name, value]: [string, unknown]) => value === true && !relations.has(name);
  return Object.entries(select).every(isColumn) ? Object.keys(select) : null;
}

class LoadedColumnsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(
    resolver: GraphQLFieldResolver<unknown, Types['Context']>,
    { kind, parentType, extensions, resolve }: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context']> {
    const ofType = this.buildCache.getTypeConfig(parentType).extensions;
    if (kind !== 'PrismaObject' || !ofType?.pothosPrismaSelect || !resolve) return resolver;
    const { relations } = ofType.pothosPrismaFieldMap as { relations: ReadonlyMap<string, unknown> };
    const columns = columnsOf(extensions?.pothosPrismaSelect, relations);
    if (columns === null) return resolver;
    const plain = resolve as typeof resolver;
    return (row, args, context, info) => {
      const isLoaded = columns.every((column) => (row as Record<string, unknown>)[column] !== undefined);
      return (isLoaded ? plain : resolver)(row, args, context, info);
    };
  }
}

declare global {
  namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      loadedColumns: LoadedColumnsPlugin<Types>;
    }
  }
}

registerPlugin(pluginName, LoadedColumnsPlugin);
