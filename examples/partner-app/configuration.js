// The app's settings: read from environment variables, or given as an object, and checked.

/** A setting is missing or wrong; the message names them all. */
export class ConfigurationError extends Error {}

const loopback = ['localhost', '127.0.0.1', '[::1]'];

/** Says whether an address is plain http on this computer, the only place where http is acceptable. */
export function isLoopbackHttp(url) {
  return url.protocol === 'http:' && loopback.includes(url.hostname);
}

/** Reads the settings from environment variables; README.md lists them. */
export function configurationFrom(environment) {
  return {
    port: Number(environment.PORT || 5000),
    host: environment.HOST || '127.0.0.1',
    issuer: environment.ISSUER,
    clientId: environment.CLIENT_ID,
    clientSecret: environment.CLIENT_SECRET,
    redirectUri: environment.REDIRECT_URI || undefined,
  };
}

/**
 * Fills in what was left out.
 * @throws ConfigurationError with everything that is wrong
 */
export function checkedConfiguration(given) {
  const { port = 5000, host = '127.0.0.1', issuer, clientId, clientSecret } = given;
  const redirectUri = given.redirectUri ?? `http://127.0.0.1:${port}/callback`;
  const faults = [];
  if (!Number.isInteger(port) || port < 1 || port > 65535) faults.push('PORT must be from 1 to 65535.');
  if (!clientId) faults.push('CLIENT_ID is missing: register this app and take clientId from the answer.');
  if (!clientSecret) faults.push('CLIENT_SECRET is missing: registering the app shows it, once.');
  for (const [name, value] of Object.entries({ ISSUER: issuer, REDIRECT_URI: redirectUri })) {
    if (!URL.canParse(value ?? '')) faults.push(`${name} must be an address, such as https://id.example.com.`);
    else if (new URL(value).protocol !== 'https:' && !isLoopbackHttp(new URL(value))) {
      faults.push(`${name} must use https, or be http on this computer (localhost, 127.0.0.1).`);
    }
  }
  if (faults.length > 0) throw new ConfigurationError(faults.join('\n'));
  return { port, host, issuer, clientId, clientSecret, redirectUri };
}
