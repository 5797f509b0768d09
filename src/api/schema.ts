// The whole GraphQL schema: every feature's types, imported for what they declare.
import { lexicographicSortSchema, printSchema } from 'graphql';
import '../accounts/schema.js';
import '../accounts/schema-mutations.js';
import '../api-resources/schema.js';
import '../api-resources/schema-mutations.js';
import '../api-tokens/schema.js';
import '../api-tokens/schema-mutations.js';
import '../audit/schema.js';
import '../clients/schema.js';
import '../clients/schema-mutations.js';
import '../clients/schema-queries.js';
import '../clients/schema-secrets.js';
import '../clients/schema-standing.js';
import '../consents/schema.js';
import '../consents/schema-mutations.js';
import '../members/schema.js';
import '../members/schema-invitations.js';
import '../members/schema-own.js';
import '../members/schema-standing.js';
import '../members/schema-viewer.js';
import '../sessions/schema.js';
import '../sessions/schema-mutations.js';
import { builder } from '../graphql/builder.js';

export const schema = builder.toSchema();

/** The schema as text, sorted: what schema.graphql holds. */
export function printedSchema(): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}
