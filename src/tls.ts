// https without a proxy in front: the certificate that an operator names, read at start and again when it was renewed.
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { type Config, ConfigError } from './config.js';

const lookEveryMilliseconds = 60_000;

/** PEM texts: the certificate with its chain, and its private key. */
interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** What takes a new certificate for the connections to come: `https.Server`. */
interface SecureServer {
  setSecureContext(options: SecureContextOptions): void;
}

async function readText(path: string, setting: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new ConfigError([`${setting} names the file ${path}, which cannot be read (${code})`]);
  }
}

/**
 * Reads the certificate.
 * @returns null when none is named, and the service speaks http
 * @throws ConfigError when a file cannot be read, is no PEM, or the key is another certificate's
 */
export async function readCertificate({ tls }: Pick<Config, 'tls'>): Promise<Certificate | null> {
  if (tls === null) return null;
  const cert = await readText(tls.certificateFile, 'LATCHKEY_TLS_CERT');
  const key = await readText(tls.keyFile, 'LATCHKEY_TLS_KEY');
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([
      `LATCHKEY_TLS_CERT and LATCHKEY_TLS_KEY must be PEM files of a certificate and its own private key, not encrypted (${reason})`,
    ]);
  }
  return { cert, key };
}

/**
 * Looks once a minute whether the files were renewed, and has the server use them for new connections. Files that do not fit
 * together, as in the middle of a renewal, change nothing: the old ones go on until both are there.
 * @param log told of what cannot be used
 * @returns how to stop
 */
export function followCertificate(
  server: SecureServer,
  config: Pick<Config, 'tls'>,
  present: Certificate,
  log: { warn(details: object, message: string): void },
  everyMilliseconds = lookEveryMilliseconds,
): () => void {
  let used = present;
  const timer = setInterval(async () => {
    try {
      const found = await readCertificate(config);
      if (found === null || (found.cert === used.cert && found.key === used.key)) return;
      server.setSecureContext(found);
      used = found;
    } catch (error) {
      log.warn({ err: error }, 'the TLS certificate could not be read again; the old one is used');
    }
  }, everyMilliseconds).unref();
  return () => clearInterval(timer);
}
