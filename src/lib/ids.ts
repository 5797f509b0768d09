// Prefixed, sortable ids: primary keys and Relay ids at once. A ULID after the prefix, so that ids sort by time of creation.

/** Every kind of row that has an id, with its prefix. */
export const idPrefixes = {
  account: 'acc',
  member: 'mem',
  session: 'ses',
  apiToken: 'tok',
  apiResource: 'api',
  oauthClient: 'cli',
  redirectUri: 'uri',
  clientSecret: 'sec',
  authorizationRequest: 'req',
  consent: 'con',
  tokenFamily: 'fam',
  authorizationCode: 'cod',
  refreshToken: 'ref',
  logoutDelivery: 'lod',
  invitation: 'inv',
  oneTimeLink: 'lnk',
  mailDelivery: 'mai',
  auditLogEntry: 'aud',
  idempotencyRecord: 'ide',
} as const;

export type IdKind = keyof typeof idPrefixes;

/** Makes ids; one for each process, so that ids made in the same millisecond still sort in order of creation. */
export type NewId = (kind: IdKind) => string;

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const timeLength = 10;
const randomLength = 16;
const halfLength = randomLength / 2;
// The five bytes, or eight characters, of a half.
const halfRange = 2 ** 40;
/** The last moment that the ten characters for the time can hold, in milliseconds since 1970. */
const latestTime = 2 ** 50 - 1;

/** @throws RangeError for what is no whole number, which would make an id that looks like one */
function encode(value: number, length: number): string {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} cannot be part of an id.`);
  let rest = value;
  let text = '';
  for (let index = 0; index < length; index += 1) {
    text = crockford[rest % 32] + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/**
 * Builds the id maker.
 * @param now the time in milliseconds since 1970
 * @param randomBytes cryptographically random bytes
 */
export function createIdMaker(now: () => number, randomBytes: (length: number) => Uint8Array): NewId {
  let lastTime = -1;
  // The random number in halves: a big integer would take longer than all the rest.
  let high = 0;
  let low = 0;
  return (kind) => {
    const time = now();
    if (time === lastTime) {
      low += 1;
      if (low === halfRange) [high, low] = [high + 1, 0];
    } else {
      lastTime = time;
      const bytes = Buffer.from(randomBytes(10));
      // The top bit stays free, so that counting up within a millisecond cannot overflow.
      high = Math.floor(bytes.readUIntBE(0, 5) / 2);
      low = bytes.readUIntBE(5, 5);
    }
    return `${idPrefixes[kind]}_${encode(time, timeLength)}${encode(high, halfLength)}${encode(low, halfLength)}`;
  };
}

/**
 * The smallest id that a moment can have: ids made before it are smaller, those made then or later are not. So a range of
 * times is a range of ids, which every index that ends in the id can serve.
 */
export function idAt(kind: IdKind, moment: Date): string {
  const time = Math.min(Math.max(moment.getTime(), 0), latestTime);
  return `${idPrefixes[kind]}_${encode(time, timeLength)}${encode(0, randomLength)}`;
}

/**
 * Says which kind of row an id names.
 * @returns null for anything that is not one of our ids
 */
export function kindOfId(id: string): IdKind | null {
  const match = /^([a-z]{3})_[0-9A-HJKMNP-TV-Z]{26}$/.exec(id);
  if (!match) return null;
  const found = Object.entries(idPrefixes).find(([, prefix]) => prefix === match[1]);
  return found ? (found[0] as IdKind) : null;
}

/** An id as it stands when it is one of this kind; else a text that no row has, and that every database takes. */
export function idOrNobody(kind: IdKind, id: string): string {
  return kindOfId(id) === kind ? id : '';
}
