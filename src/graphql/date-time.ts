// The scalar DateTime: graphql-scalars' own, which says besides in which form it wants what it refuses.
import { GraphQLError, GraphQLScalarType } from 'graphql';
import { DateTimeResolver } from 'graphql-scalars';

const { parseValue, parseLiteral, ...config } = DateTimeResolver.toConfig();

function withHint<Read extends (...given: never[]) => Date>(read: Read): Read {
  const reading = (...given: Parameters<Read>) => {
    try {
      return read(...given);
    } catch (error) {
      const [said] = (error as Error).message.split(/\.$/);
      throw new GraphQLError(`${said}. Give one such as 2026-01-31T12:00:00Z.`);
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
