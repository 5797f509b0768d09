// Which keys of a client count, what is said about the others, and how keys are fetched and kept.
import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { type ClientKey, createClientKeys, faultsOfJwks } from '../../src/clients/client-keys.js';
import { createKeyServer, keySet, makeKey, type TestKey } from '../support/assertions.js';

const path = ['jwks'];
const uri = 'https://keys.example.com/jwks';
const messages = (text: string) => faultsOfJwks(text, path).map(({ message }) => message);
const rsaJwk = (modulusLength: number, publicExponent = 65_537) =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent }).publicKey.export({ format: 'jwk' });

let keys: Record<'rsa' | 'p256' | 'p384' | 'ed25519', TestKey>;
beforeAll(async () => {
  const [rsa, p256, p384, ed25519] = await Promise.all(
    (['RS256', 'ES256', 'ES384', 'EdDSA'] as const).map((alg) => makeKey(alg)),
  );
  keys = { rsa, p256, p384, ed25519 } as typeof keys;
});

describe('a registered set', () => {
  test('may hold every kind of key, with and without kid, use, key_ops and alg', () => {
    const { kid: _, ...anonymous } = keys.p256.publicJwk;
    const said = { ...keys.p384.publicJwk, use: 'sig', key_ops: ['verify'], alg: 'ES384' };
    expect(faultsOfJwks(keySet(keys.rsa, anonymous, said, keys.ed25519), path)).toEqual([]);
    const certified = { ...keys.rsa.publicJwk, x5t: 'x', 'https://example.com/note': 'ours' };
    expect(faultsOfJwks(JSON.stringify({ keys: [certified], other: 1 }), path)).toEqual([]);
  });

  test.each(['rsa', 'p256', 'p384', 'ed25519'] as const)('a private key is refused as leaked: %s', (name) => {
    const text = keySet(keys.rsa, keys[name].privateJwk);
    const [issue, ...others] = faultsOfJwks(text, path);
    expect(others).toEqual([]);
    expect(issue).toMatchObject({ code: 'INVALID', path });
    expect(issue?.message).toMatch(/^Key 2 of the set is a private key\. .*public half.*leaked/);
    expect(issue?.message).not.toContain(keys[name].privateJwk.d);
  });

  test('so are a lone private key, a PEM file, and a symmetric key', () => {
    const { publicJwk, privateJwk } = keys.p256;
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(messages(JSON.stringify(privateJwk))).toEqual([expect.stringMatching(/private key.*leaked/)]);
    for (const type of ['pkcs8', 'sec1'] as const) {
      const pem = privateKey.export({ type, format: 'pem' }).toString();
      expect(messages(pem)).toEqual([expect.stringMatching(/private key.*leaked/)]);
    }
    for (const jwk of [{ kty: 'oct', k: 'AAAA' }, { kty: 'oct' }]) {
      expect(messages(keySet(jwk))).toEqual([expect.stringMatching(/symmetric.*public half.*leaked/)]);
    }
    expect(messages(keySet({ ...publicJwk, d: 'AAAA' }))).toEqual([expect.stringMatching(/leaked/)]);
    expect(messages(keySet({ ...keys.rsa.publicJwk, p: 'AAAA' }))).toEqual([expect.stringMatching(/leaked/)]);
  });

  test.each<[string, RegExp, () => unknown]>([
    ['a number', /not a JSON object/, () => 1],
    ['an array', /not a JSON object/, () => []],
    ['an empty object', /kind/, () => ({})],
    ['P-521', /kind/, () => ({ kty: 'EC', crv: 'P-521', x: 'AAAA', y: 'AAAA' })],
    ['secp256k1', /kind/, () => ({ ...keys.p256.publicJwk, crv: 'secp256k1' })],
    ['X25519', /kind/, () => ({ ...keys.ed25519.publicJwk, crv: 'X25519' })],
    ['RSA of 1024 bits', /2048 bits/, () => rsaJwk(1024)],
    ['RSA of 2047 bits', /2048 bits/, () => rsaJwk(2047)],
    ['RSA with the exponent 1', /exponent/, () => ({ ...keys.rsa.publicJwk, e: 'AQ' })],
    ['RSA without n', /member n/, () => ({ kty: 'RSA', e: 'AQAB' })],
    ['RSA with n of other letters', /member n/, () => ({ ...keys.rsa.publicJwk, n: `${keys.rsa.publicJwk.n}+/=` })],
    ['EC without y', /member y/, () => ({ ...keys.p256.publicJwk, y: undefined })],
    ['a point that is not on its curve', /no key/, () => ({ ...keys.p256.publicJwk, y: keys.p256.publicJwk.x })],
    ['a point of another curve', /no key/, () => ({ ...keys.p256.publicJwk, crv: 'P-384' })],
    ['an Ed25519 key that is too short', /no key/, () => ({ ...keys.ed25519.publicJwk, x: 'AAAA' })],
    ['an encryption key', /use must be sig/, () => ({ ...keys.rsa.publicJwk, use: 'enc' })],
    ['a key for signing', /key_ops/, () => ({ ...keys.rsa.publicJwk, key_ops: ['sign'] })],
    ['an alg of another kind', /alg/, () => ({ ...keys.p256.publicJwk, alg: 'RS256' })],
    ['HS256', /alg/, () => ({ ...keys.rsa.publicJwk, alg: 'HS256' })],
    ['a kid that is a number', /kid/, () => ({ ...keys.rsa.publicJwk, kid: 1 })],
  ])('refuses %s', (_, message, jwk) => {
    expect(messages(JSON.stringify({ keys: [jwk()] }))).toEqual([expect.stringMatching(message)]);
  });

  test.each([
    ['no text', '', /not JSON/],
    ['no JSON', 'https://keys.example.com/jwks', /not JSON/],
    ['an array', '[]', /object with an array/],
    ['null', 'null', /object with an array/],
    ['keys that are no array', '{"keys":{}}', /object with an array/],
    ['a lone public key', '{"kty":"EC"}', /object with an array/],
    ['no keys', '{"keys":[]}', /no keys/],
    ['a text that is too long', `{"keys":[],"x":"${'x'.repeat(20_000)}"}`, /20000 bytes/],
  ])('refuses %s', (_, text, message) => {
    expect(messages(text)).toEqual([expect.stringMatching(message)]);
  });

  test('holds at most twenty keys; every faulty one is named', () => {
    const many = (count: number) => keySet(...Array.from({ length: count }, () => keys.ed25519));
    expect(faultsOfJwks(many(20), path)).toEqual([]);
    expect(faultsOfJwks(many(21), path)).toMatchObject([{ code: 'TOO_MANY' }]);
    const named = messages(keySet({ kty: 'EC' }, keys.rsa, { kty: 'RSA' }));
    expect(named).toEqual([expect.stringMatching(/^Key 1 /), expect.stringMatching(/^Key 3 /)]);
  });
});

describe('the keys of a client', () => {
  const any = () => true;
  const named = (kid: string) => (key: ClientKey) => key.kid === kid;

  function setUp() {
    const server = createKeyServer();
    let now = Date.UTC(2026, 5, 1);
    const source = createClientKeys({ clock: () => new Date(now), outbound: server.outbound });
    const kids = async (client = 'cli_1', fits: (key: ClientKey) => boolean = any, jwksUri = uri) =>
      (await source.matching({ id: client, jwks: null, jwksUri }, fits)).map(({ kid }) => kid);
    const advance = (seconds: number) => {
      now += seconds * 1000;
    };
    return { ...server, source, kids, advance };
  }

  test('a registered set gives its usable keys, with their public members alone', async () => {
    const { source, calls } = setUp();
    const jwks = keySet(
      { ...keys.rsa.publicJwk, alg: 'PS256', use: 'sig' },
      keys.p256.privateJwk,
      { kty: 'oct', k: 'AAAA' },
      rsaJwk(1024) as never,
      { ...keys.p384.publicJwk, use: 'enc' },
      keys.ed25519,
    );
    const { n, e } = keys.rsa.publicJwk;
    expect(await source.matching({ id: 'cli_1', jwks, jwksUri: null }, any)).toEqual([
      { kid: 'RS256-1', algorithms: ['PS256'], jwk: { kty: 'RSA', n, e } },
      {
        kid: 'EdDSA-1',
        algorithms: ['EdDSA', 'Ed25519'],
        jwk: { kty: 'OKP', crv: 'Ed25519', x: keys.ed25519.publicJwk.x },
      },
    ]);
    expect(await source.matching({ id: 'cli_1', jwks: null, jwksUri: null }, any)).toEqual([]);
    expect(await source.matching({ id: 'cli_1', jwks: 'junk', jwksUri: null }, any)).toEqual([]);
    expect(calls).toEqual([]);
  });

  test('fifty who ask at once share one call, of whatever client', async () => {
    const { answers, calls, kids } = setUp();
    answers.set(uri, keySet(keys.p256));
    const asked = await Promise.all(Array.from({ length: 50 }, (_, index) => kids(`cli_${index % 2}`)));
    expect(asked).toEqual(Array(50).fill(['ES256-1']));
    expect(calls).toHaveLength(1);
  });

  test('fifty who ask for a new key at once share one call, and all get it', async () => {
    const { answers, calls, kids } = setUp();
    answers.set(uri, keySet(keys.p256));
    await kids();
    answers.set(uri, keySet(keys.rsa));
    const asked = await Promise.all(Array.from({ length: 50 }, () => kids('cli_1', named('RS256-1'))));
    expect(asked).toEqual(Array(50).fill(['RS256-1']));
    expect(calls).toHaveLength(2);
    expect(await kids('cli_1', named('ES256-1'))).toEqual([]);
    expect(calls).toHaveLength(2);
  });

  test('a first fetch that lacks the key is not repeated at once', async () => {
    const { answers, calls, kids } = setUp();
    answers.set(uri, keySet(keys.p256));
    expect(await kids('cli_1', named('unknown'))).toEqual([]);
    expect(calls).toHaveLength(1);
  });

  test('a failure is remembered for ten seconds, for that client and address alone', async () => {
    const { answers, calls, kids, advance } = setUp();
    for (let round = 0; round < 5; round += 1) await expect(kids()).rejects.toThrow('cannot be reached');
    expect(calls).toHaveLength(1);
    answers.set(`${uri}/2`, keySet(keys.p256));
    expect(await kids('cli_1', any, `${uri}/2`)).toEqual(['ES256-1']);
    advance(9.999);
    answers.set(uri, 'junk');
    await expect(kids()).rejects.toThrow('cannot be reached');
    advance(0.001);
    await expect(kids()).rejects.toThrow('JSON Web Key Set');
    await expect(kids()).rejects.toThrow('JSON Web Key Set');
    expect(calls).toHaveLength(3);
    advance(10);
    answers.set(uri, keySet(keys.rsa));
    expect(await kids()).toEqual(['RS256-1']);
  });

  test('when asking anew fails, the keys that are known go on working until their ten minutes are over', async () => {
    const { answers, calls, kids, advance } = setUp();
    answers.set(uri, keySet(keys.p256));
    await kids();
    answers.delete(uri);
    await expect(kids('cli_1', named('unknown'))).rejects.toThrow('cannot be reached');
    expect(await kids('cli_1', named('unknown'))).toEqual([]);
    expect(await kids()).toEqual(['ES256-1']);
    expect(calls).toHaveLength(2);
    advance(600);
    await expect(kids()).rejects.toThrow('cannot be reached');
  });

  test('a fault of ours is neither taken for theirs nor remembered', async () => {
    const { source, outbound, answers } = setUp();
    const get = outbound.get;
    Object.assign(outbound, { get: () => Promise.reject(new RangeError('ours')) });
    const client = { id: 'cli_1', jwks: null, jwksUri: uri };
    await expect(source.matching(client, any)).rejects.toThrow(RangeError);
    Object.assign(outbound, { get });
    answers.set(uri, keySet(keys.rsa));
    expect(await source.matching(client, any)).toHaveLength(1);
  });
});
