// How the types in src/generated come about: from Latchkey's schema, and from every graphql(`…`) in src. It takes the
// repository's schema.graphql, or what LATCHKEY_SCHEMA names: another file, or a running Latchkey's /graphql.
import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  schema: process.env.LATCHKEY_SCHEMA ?? '../../schema.graphql',
  documents: ['src/**/*.ts', '!src/generated/**'],
  // So that a mistake in one operation leaves nothing half generated.
  allowPartialOutputs: false,
  errorsOnly: true,
  generates: {
    './src/generated/': {
      preset: 'client',
      // Plain objects, which is enough for a program without components.
      presetConfig: { fragmentMasking: false },
      config: {
        // Both travel as text: DateTime as ISO 8601 in UTC, URL as an absolute address. Any other scalar is an error.
        scalars: { DateTime: 'string', URL: 'string' },
        strictScalars: true,
        // An enum is the union of its texts, and an object that lists them for the command line.
        enumsAsConst: true,
        namingConvention: { enumValues: 'keep' },
        useTypeImports: true,
        importExtension: '.js',
        emitLegacyCommonJSImports: false,
      },
    },
  },
};

export default config;
