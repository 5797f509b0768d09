// Runs the partner app by itself: node examples/partner-app/main.js, with its settings in the environment.
import { createPartnerApp } from './app.js';
import { ConfigurationError, configurationFrom } from './configuration.js';

try {
  const app = createPartnerApp(configurationFrom(process.env));
  await app.listen();
  process.stdout.write(`The partner app is at ${app.url} (stop it with Ctrl-C)\n`);
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => app.close().then(() => process.exit(0)));
  }
} catch (error) {
  if (error.code === 'EADDRINUSE') {
    process.stderr.write(`Port ${error.port} is in use. Choose another with PORT.\n`);
  } else if (error instanceof ConfigurationError) {
    process.stderr.write(`${error.message}\n`);
  } else {
    throw error;
  }
  process.exitCode = 1;
}
