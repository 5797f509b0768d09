// What `npm run demo` runs: sample data in a database of its own, the service, and the partner app of examples/ beside it.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compose } from './compose.js';
import { type Config, ConfigError, loadConfig } from './config.js';
import { requireFreePort, requireOwnDatabase } from './demo/checks.js';
import { seed } from './demo/seed.js';
import { walkthrough } from './demo/walkthrough.js';
import { packageRoot } from './lib/package-root.js';
import { operatorMessage } from './operator-message.js';
import { serve } from './serve.js';
import { type Stoppable, stopAtSignal } from './stopping.js';

interface PartnerApp {
  readonly url: string;
  listen(): Promise<void>;
  close(): Promise<void>;
}

/** What the demo needs of examples/partner-app/app.js, which is outside of src. */
interface PartnerAppModule {
  createPartnerApp(configuration: {
    readonly issuer: string;
    readonly clientId: string;
    readonly clientSecret: string;
    readonly port: number;
  }): PartnerApp;
}

/** The settings, whatever is set for another service: a database of its own, reachable from this computer only. */
function demoConfig(environment: NodeJS.ProcessEnv): { config: Config; partnerPort: number } {
  const { HOST: _host, LATCHKEY_ISSUER: _issuer, PARTNER_PORT, ...others } = environment;
  const config = loadConfig({
    ...others,
    DATABASE_URL: environment.DATABASE_URL || 'file:./data/demo.db',
    // One line for each request would bury what the terminal says.
    LATCHKEY_LOG_LEVEL: environment.LATCHKEY_LOG_LEVEL || 'warn',
  });
  const partnerPort = Number(PARTNER_PORT || 5000);
  if (!Number.isInteger(partnerPort) || partnerPort < 1 || partnerPort > 65535 || partnerPort === config.port) {
    throw new ConfigError([`PARTNER_PORT must be from 1 to 65535, and not ${config.port}, where Latchkey listens`]);
  }
  return { config, partnerPort };
}

async function loadPartnerApp(): Promise<PartnerAppModule> {
  try {
    return await import(pathToFileURL(join(packageRoot, 'examples/partner-app/app.js')).href);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new ConfigError([
      'The partner app needs openid-client, a development dependency. Install it: npm install --include=dev',
    ]);
  }
}

async function startDemo(environment: NodeJS.ProcessEnv): Promise<Stoppable> {
  const { config, partnerPort } = demoConfig(environment);
  const { createPartnerApp } = await loadPartnerApp();
  // Before anything is changed, so that a second demo leaves the first one's clients alone.
  await requireFreePort(config.port, 'PORT');
  await requireFreePort(partnerPort, 'PARTNER_PORT');
  await requireOwnDatabase(config.databaseUrl);

  const { deps, close } = await compose(config);
  const clients = await seed(deps, `http://127.0.0.1:${partnerPort}/callback`).finally(close);
  const { issuer } = config;
  const databaseUrl = environment.DATABASE_URL ? null : config.databaseUrl;
  const partnerApp = createPartnerApp({ issuer, ...clients.partner, port: partnerPort });
  const service = await serve(config);
  await partnerApp.listen();
  process.stdout.write(walkthrough({ issuer, partnerUrl: partnerApp.url, databaseUrl, ...clients }));
  return {
    async stop() {
      await partnerApp.close();
      await service.stop();
    },
  };
}

try {
  const starting = startDemo(process.env);
  stopAtSignal(starting);
  await starting;
} catch (error) {
  const message = operatorMessage(error);
  if (message === null) throw error;
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
