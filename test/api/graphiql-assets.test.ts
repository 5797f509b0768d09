/** GraphiQL's files: loaded late, served under their hash, cached, compressed. */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import {
  checkGraphiqlBundle,
  type GraphiqlAssetPaths,
  graphiqlAssetPaths,
  graphiqlAssets,
} from '../../src/api/graphiql-assets.js';

async function bodyOf(response: Response | null): Promise<Buffer> {
  return response === null ? Buffer.alloc(0) : Buffer.from(await response.arrayBuffer());
}

describe('loading', () => {
  it('does not touch the bundle at import, nor for a path that is no asset', async () => {
    // Files share their modules, and another one may have loaded the bundle: this test looks at a fresh one.
    vi.resetModules();
    const fresh = await import('../../src/api/graphiql-assets.js');
    expect(fresh.graphiqlIsLoaded()).toBe(false);
    expect(await fresh.graphiqlAssets('/graphql/assets/../../etc/passwd', null, null)).toBeNull();
    expect(await fresh.graphiqlAssets('/graphql/assets/graphiql.js', null, null)).toBeNull();
    expect(fresh.graphiqlIsLoaded()).toBe(false);
    fresh.graphiqlAssetPaths();
    expect(fresh.graphiqlIsLoaded()).toBe(true);
    vi.resetModules();
  });

  it.each([
    ['nothing', undefined],
    ['a module without the texts', { renderGraphiQL: () => '' }],
    ['an empty text', { js: '', css: 'x', editorWorkerService: 'x', jsonWorker: 'x', graphqlWorker: 'x' }],
  ])('refuses %s, naming the package and the cure', (_name, module) => {
    expect(() => checkGraphiqlBundle(module)).toThrow(
      /@graphql-yoga\/render-graphiql.*no text named js.*package\.json/s,
    );
  });
});

describe('the assets', () => {
  let paths: GraphiqlAssetPaths;
  beforeAll(() => {
    paths = graphiqlAssetPaths();
  });

  const pick: Record<string, (from: GraphiqlAssetPaths) => string> = {
    'boot script': (from) => from.boot,
    script: (from) => from.script,
    stylesheet: (from) => from.stylesheet,
    'editor worker': (from) => from.workers.editorWorkerService,
    'JSON worker': (from) => from.workers.json,
    'GraphQL worker': (from) => from.workers.graphql,
  };

  it.each(Object.entries(pick))('serves the %s for ever under a hash of its content', async (_name, pathOf) => {
    const path = pathOf(paths);
    const response = await graphiqlAssets(path, null, null);
    const body = await bodyOf(response);
    const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
    expect(path).toContain(`-${hash}.`);
    expect(response?.status).toBe(200);
    expect(response?.headers.get('etag')).toBe(`"${hash}"`);
    expect(response?.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(response?.headers.get('content-type')).toMatch(path.endsWith('.js') ? /^text\/javascript/ : /^text\/css/);
    expect(response?.headers.get('vary')).toBe('Accept-Encoding');
    expect(response?.headers.get('content-encoding')).toBeNull();
  });

  it('answers gzip to those who take it, with the same content and another tag', async () => {
    const plain = await bodyOf(await graphiqlAssets(paths.script, 'identity', null));
    const response = await graphiqlAssets(paths.script, 'br;q=1.0, gzip;q=0.8, *;q=0.1', null);
    expect(response?.headers.get('content-encoding')).toBe('gzip');
    expect(response?.headers.get('etag')).toMatch(/^"[0-9a-f]{16}-gzip"$/);
    const packed = await bodyOf(response);
    expect(packed.length).toBeLessThan(plain.length / 2);
    expect(gunzipSync(packed).equals(plain)).toBe(true);
  });

  it.each([
    ['gzip', true],
    ['GZIP', true],
    ['*', true],
    ['gzip;q=0', false],
    ['*;q=1, gzip;q=0', false],
    ['br, deflate', false],
    ['gzip;q=nonsense', false],
    ['', false],
  ])('reads Accept-Encoding %j', async (acceptEncoding, compressed) => {
    const response = await graphiqlAssets(paths.boot, acceptEncoding, null);
    expect(response?.headers.get('content-encoding')).toBe(compressed ? 'gzip' : null);
  });

  it('answers 304 to either of its tags, and 200 to another', async () => {
    const tag = (await graphiqlAssets(paths.boot, null, null))?.headers.get('etag') ?? '';
    for (const known of [tag, `W/${tag}`, `"other", ${tag}`, tag.replace(/"$/, '-gzip"'), '*']) {
      const response = await graphiqlAssets(paths.boot, null, known);
      expect(response?.status, known).toBe(304);
      expect(response?.body).toBeNull();
      expect(response?.headers.get('etag')).toBe(tag);
    }
    expect((await graphiqlAssets(paths.boot, null, '"other"'))?.status).toBe(200);
  });

  it('knows no asset under another hash', async () => {
    expect(await graphiqlAssets('/graphql/assets/graphiql-0000000000000000.js', 'gzip', null)).toBeNull();
  });
});
