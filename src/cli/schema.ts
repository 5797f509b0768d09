// `schema`: the GraphQL schema as text. Needs neither settings nor a database.
import type { Command } from 'commander';

/** Adds `schema`. */
export function addSchema(program: Command): void {
  const schema = program.command('schema').description('The GraphQL schema, for client developers and their tools.');

  schema
    .command('print')
    .description('Print the GraphQL schema in its definition language, sorted.')
    .addHelpText('after', '\nExamples:\n  npm run --silent cli -- schema print > schema.graphql')
    .action(async () => {
      const { printedSchema } = await import('../api/schema.js');
      process.stdout.write(printedSchema());
    });
}
