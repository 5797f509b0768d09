// A client's logo: fetched once from where its admin says it is, told by its bytes, kept, and found again to be served. People's
// browsers ask only us for it, so that no app learns who looks at its consent page, nor can show another picture there later.
import { createHash } from 'node:crypto';
import type { Db } from '../db/client.js';
import type { Deps } from '../deps.js';
import { type InputError, inputError, OutboundError } from '../lib/errors.js';
import { kindOfId } from '../lib/ids.js';

const mostBytes = 256_000;

/** A logo as it is stored, without the client that it belongs to. */
export interface NewLogo {
  /** SHA-256 of the bytes, in hexadecimal. */
  readonly hash: string;
  readonly contentType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly fetchedAt: Date;
}

interface Format {
  readonly contentType: string;
  /** What the file has at these positions, a character for each byte. */
  readonly signature: readonly (readonly [position: number, text: string])[];
}

/** Pictures that are pixels and nothing else. SVG is a document: it can hold scripts, links and styles from elsewhere. */
const formats: readonly Format[] = [
  { contentType: 'image/png', signature: [[0, '\x89PNG\r\n\x1a\n']] },
  { contentType: 'image/jpeg', signature: [[0, '\xff\xd8\xff']] },
  { contentType: 'image/gif', signature: [[0, 'GIF87a']] },
  { contentType: 'image/gif', signature: [[0, 'GIF89a']] },
  {
    contentType: 'image/webp',
    signature: [
      [0, 'RIFF'],
      [8, 'WEBP'],
    ],
  },
  { contentType: 'image/avif', signature: [[4, 'ftypavif']] },
];

function fault(message: string): InputError {
  return inputError('INVALID', message, 'logoUrl');
}

/** The media type by the bytes alone: what a server says of them proves nothing. @throws InputError for anything else */
function contentTypeOf(bytes: Buffer, claimed: string): string {
  const text = bytes.toString('latin1', 0, 4096);
  const format = formats.find(({ signature }) =>
    signature.every(([position, part]) => text.startsWith(part, position)),
  );
  if (format) return format.contentType;
  if (claimed === 'image/svg+xml' || /<svg[\s>]/i.test(text)) {
    throw fault('The logo is an SVG, which can hold scripts. Use PNG, JPEG, GIF or WebP.');
  }
  throw fault('What is at the address of the logo is no picture that we know. Use PNG, JPEG, GIF or WebP.');
}

/**
 * Fetches a logo, to be stored beside its client.
 * @throws InputError at `logoUrl` that says why it cannot be had and what to do
 */
export async function fetchLogo(deps: Pick<Deps, 'outbound' | 'clock'>, url: string): Promise<NewLogo> {
  const { bytes, contentType } = await deps.outbound.get(url, { mostBytes }).catch((error: unknown) => {
    if (error instanceof OutboundError) throw fault(`The logo could not be fetched. ${error.message}`);
    throw error;
  });
  return {
    hash: createHash('sha256').update(bytes).digest('hex'),
    contentType: contentTypeOf(bytes, contentType),
    bytes: new Uint8Array(bytes),
    fetchedAt: deps.clock(),
  };
}

/** Where we serve a logo. Other bytes have another address, so that it may be cached for ever. */
export function logoPath(clientRowId: string, hash: string): string {
  return `/logos/${clientRowId}/${hash}`;
}

/** Where we serve the logo that a client has now. @returns null when it has none */
export async function findLogoPath(db: Db, clientRowId: string): Promise<string | null> {
  const logo = await db.oAuthClientLogo.findUnique({ where: { clientId: clientRowId }, select: { hash: true } });
  return logo === null ? null : logoPath(clientRowId, logo.hash);
}

/**
 * The logo that an address of ours names.
 * @returns null alike for a client or hash that is unknown, and for what cannot be one, which asks the database nothing
 */
export async function findLogo(db: Db, clientRowId: string, hash: string) {
  if (kindOfId(clientRowId) !== 'oauthClient' || !/^[0-9a-f]{64}$/.test(hash)) return null;
  return db.oAuthClientLogo.findFirst({
    where: { clientId: clientRowId, hash },
    select: { contentType: true, bytes: true },
  });
}
