// What a database URL may be, whether DATABASE_URL or a command's argument. Which database it names is db/url.ts's.
import { parseUrl } from '../lib/url.js';

// What the driver knows. It takes any other word for verify-full without a warning, also those by which people mean less.
const sslModes: readonly string[] = ['verify-full', 'verify-ca', 'require', 'prefer', 'no-verify', 'disable'];

/** Reads a PostgreSQL URL, which may name no host where it is for a Unix socket. @returns null when it cannot be read */
export function readPostgresqlUrl(text: string): URL | null {
  return parseUrl(text.replace('@/', '@localhost/'));
}

/**
 * Says what keeps a URL from naming one database that can be used.
 * @returns how a sentence about it goes on, without the URL, which may have a password; null when nothing is wrong
 */
export function faultOfDatabaseUrl(text: string): string | null {
  if (/^file:/.test(text)) {
    return text.slice('file:'.length).trim() === ''
      ? 'must name a file after file:, such as file:./data/latchkey.db'
      : null;
  }
  if (!/^postgres(ql)?:\/\/.+/s.test(text)) {
    // A shell takes them away; whoever else reads a file of settings may not.
    const hint = /^["'`‘“„«]/.test(text) ? ', without quotation marks around it' : '';
    return `must begin with file: (SQLite) or postgresql:// (PostgreSQL)${hint}`;
  }
  const url = readPostgresqlUrl(text);
  // A / ? or # in a password ends the host, so that what stands before it would be looked up and shown as one.
  if (url === null || /^[^=]*@/.test(url.pathname + url.search + url.hash)) {
    return 'cannot be read; it names one host, and characters such as @ / # % in a password must be percent-encoded';
  }
  const { pathname, searchParams } = url;
  if (pathname.length < 2) {
    // The driver would take PGDATABASE, or the one that is called as the user, such as postgres, and fill it with tables.
    return 'must name a database after the host, such as postgresql://latchkey@localhost:5432/latchkey (PGDATABASE is not read)';
  }
  // Prisma's own URLs may carry ?schema=…, which the driver would ignore: the tables would silently be elsewhere.
  const schema = searchParams.get('schema') ?? 'public';
  if (schema !== 'public')
    return `names the schema "${schema}", which is not supported: give Latchkey a database of its own`;
  const sslMode = searchParams.get('sslmode') || 'disable';
  if (!sslModes.includes(sslMode)) {
    return `has an sslmode that is not known: it can be ${sslModes.slice(0, -1).join(', ')} or ${sslModes.at(-1)}`;
  }
  const isAsInPsql = searchParams.get('uselibpqcompat') === 'true';
  return sslMode === 'verify-ca' && isAsInPsql && !searchParams.get('sslrootcert')
    ? 'has sslmode=verify-ca, which needs the authority: add sslrootcert=/path/to/ca.pem'
    : null;
}
