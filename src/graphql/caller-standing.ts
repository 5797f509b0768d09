// Looks again, before each further mutation of a request, whether its caller still stands: mutations are done one after the other, and
// one of them, or somebody else meanwhile, may have ended what the caller was recognised by.
import { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';
import type { GraphQLFieldResolver } from 'graphql';
import type { GraphQLContext } from './context-type.js';
import { registerPlugin } from './register-plugin.js';

const pluginName = 'callerStanding';

export default pluginName;

// Requests of which a mutation was begun: for the first one the caller was recognised just before.
const begun = new WeakSet<object>();

class CallerStandingPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(
    resolver: GraphQLFieldResolver<unknown, Types['Context']>,
    { parentType }: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context']> {
    if (parentType !== 'Mutation') return resolver;
    return async (root, args, context, info) => {
      if (begun.has(context)) await (context as GraphQLContext).caller?.requireStanding();
      begun.add(context);
      return resolver(root, args, context, info);
    };
  }
}

declare global {
  namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      callerStanding: CallerStandingPlugin<Types>;
    }
  }
}

registerPlugin(pluginName, CallerStandingPlugin);
