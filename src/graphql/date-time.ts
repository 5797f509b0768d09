// The scalar DateTime: graphql-scalars' own, which says besides in which form it wants what it refuses.
import { GraphQLError, GraphQLScalarType } from 'graphql';
import { DateTimeResolver } from 'graphql-scalars';

const { parseValue, parseLiteral, ...config } = DateTimeResolver.toConfig();

function withHint<Read extends (...given: never[]) => Date>(read: Read): Read {
  const reading = (...given: Parameters<Read>) => {
    try {
      return read(...given);
    } catch (error) {
      const { message, nodes } = error as GraphQLError;
      throw new GraphQLError(
        `${message.replace(/\.$/, '')}. Give one such as 2026-01-31T12:00:00Z.`,
        nodes === undefined ? {} : { nodes },
      );
    }
  };
  return reading as Read;
}

/** A moment, as RFC 3339 writes it. */
export const dateTime = new GraphQLScalarType({
  ...config,
  parseValue: withHint(parseValue),
  parseLiteral: withHint(parseLiteral),
});
