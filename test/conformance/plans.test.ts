// The modules of the OpenID Foundation's conformance suite for five profiles, as far as they ask something of a provider: one
// table, run against the configuration that `conformance seed` writes. Names are the suite's: <plan>/<module>.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { backchannelModules, discoveryModules, logoutModules } from './modules-of-discovery-and-logout.js';
import { signInModules } from './modules-of-sign-in.js';
import { tokenModules } from './modules-of-tokens.js';
import { type ResponseMode, Run, startSuite } from './suite.js';

interface Plan {
  readonly name: string;
  readonly responseMode: ResponseMode;
  readonly modules: Readonly<Record<string, (run: Run) => Promise<void>>>;
  /** How many modules the Foundation publishes for it. */
  readonly published: number;
}

const basic = { ...tokenModules, ...signInModules };

const plans: readonly Plan[] = [
  { name: 'oidcc-basic-certification-test-plan', responseMode: 'query', modules: basic, published: 38 },
  { name: 'oidcc-formpost-basic-certification-test-plan', responseMode: 'form_post', modules: basic, published: 38 },
  { name: 'oidcc-config-certification-test-plan', responseMode: 'query', modules: discoveryModules, published: 1 },
  {
    name: 'oidcc-rp-initiated-logout-certification-test-plan',
    responseMode: 'query',
    modules: logoutModules,
    published: 11,
  },
  {
    name: 'oidcc-backchannel-rp-initiated-logout-certification-test-plan',
    responseMode: 'query',
    modules: backchannelModules,
    published: 2,
  },
];

let suite: Awaited<ReturnType<typeof startSuite>>;
beforeAll(async () => {
  suite = await startSuite();
});
afterAll(() => suite.close());

test.each(plans)('$name has all modules that are published', ({ modules, published }) => {
  expect(Object.keys(modules)).toHaveLength(published);
});

const table = plans.flatMap(({ name, responseMode, modules }) =>
  Object.entries(modules).map(([module, run]) => [`${name}/${module}`, { module, responseMode, run }] as const),
);

test.each(table)('%s', async (_, { module, responseMode, run }) => {
  await run(new Run(suite.app, suite.config, module, responseMode));
});
