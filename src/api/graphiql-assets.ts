/**
 * Owns the files that GraphiQL's page loads: taking them from their package on first use, their addresses, and answers
 * with cache and compression. Leaves to others: the page (graphiql.tsx) and mounting `/graphql/assets/*` (app.ts).
 *
 * The bundle is 8 MB (2.4 MB compressed), so it is never inlined into a page and never loaded at start. An address
 * holds a hash of its content and may be cached for ever; a new bundle has new addresses.
 */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { isKnownByTag } from '../http/if-none-match.js';
import { barStylesheet, bootScript } from './graphiql-boot.js';
import { narrowStylesheet } from './graphiql-narrow.js';

const compress = promisify(gzip);

/** Where every asset lives; an address outside of it is none of ours. */
export const graphiqlAssetsPrefix = '/graphql/assets/';

/** The addresses that the page puts into its markup. */
export interface GraphiqlAssetPaths {
  boot: string;
  script: string;
  stylesheet: string;
  /** By the label under which the editor asks for a worker. */
  workers: { editorWorkerService: string; json: string; graphql: string };
}

interface Asset {
  path: string;
  contentType: string;
  hash: string;
  body: Buffer<ArrayBuffer>;
  /** Set by the first request that accepts gzip; shared by those that come while it is being made. */
  compressed?: Promise<Buffer<ArrayBuffer>>;
}

interface AssetSet {
  paths: GraphiqlAssetPaths;
  byPath: ReadonlyMap<string, Asset>;
}

const packageName = '@graphql-yoga/render-graphiql';
const bundleTexts = ['js', 'css', 'editorWorkerService', 'jsonWorker', 'graphqlWorker'] as const;

/** The texts that we take from the package. */
export type GraphiqlBundle = Record<(typeof bundleTexts)[number], string>;

/**
 * Checks that a loaded module is the bundle we know. The module is the package's inner part and its shape no promise of
 * its authors, so that an upgrade which moves it must fail with the cure rather than serve `undefined`.
 */
export function checkGraphiqlBundle(module: unknown): GraphiqlBundle {
  const texts = (module ?? {}) as Record<string, unknown>;
  const missing = bundleTexts.filter((name) => typeof texts[name] !== 'string' || texts[name] === '');
  if (missing.length > 0) throw new Error(layoutMessage(`it has no text named ${missing.join(', ')}`));
  return texts as GraphiqlBundle;
}

function layoutMessage(reason: string): string {
  return (
    `GraphiQL cannot be served from ${packageName}/graphiql: ${reason}. ` +
    'Install the version that package.json names, or fit src/api/graphiql-assets.ts to the new layout.'
  );
}

// `require` rather than `import()`: the page is made synchronously, and either would hold the thread just as long.
const requireFromHere = createRequire(import.meta.url);

function loadBundle(): GraphiqlBundle {
  let module: unknown;
  try {
    module = requireFromHere(`${packageName}/graphiql`);
  } catch (cause) {
    throw new Error(layoutMessage('the module cannot be loaded'), { cause });
  }
  return checkGraphiqlBundle(module);
}

let loaded: AssetSet | undefined;

function assetSet(): AssetSet {
  loaded ??= buildAssetSet(loadBundle());
  return loaded;
}

/** True once the bundle is in memory. A start that made this true would be a slow one. */
export function graphiqlIsLoaded(): boolean {
  return loaded !== undefined;
}

function buildAssetSet(bundle: GraphiqlBundle): AssetSet {
  const byPath = new Map<string, Asset>();
  const add = (name: string, extension: 'js' | 'css', text: string): string => {
    const body = Buffer.from(text);
    const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
    const path = `${graphiqlAssetsPrefix}${name}-${hash}.${extension}`;
    byPath.set(path, {
      path,
      hash,
      body,
      contentType: `text/${extension === 'js' ? 'javascript' : 'css'}; charset=utf-8`,
    });
    return path;
  };
  const paths = {
    boot: add('boot', 'js', bootScript),
    script: add('graphiql', 'js', bundle.js),
    // Ours comes second: it sizes GraphiQL to the room below the bar.
    stylesheet: add('graphiql', 'css', `${bundle.css}\n${barStylesheet}${narrowStylesheet}`),
    workers: {
      editorWorkerService: add('editor-worker', 'js', bundle.editorWorkerService),
      json: add('json-worker', 'js', bundle.jsonWorker),
      graphql: add('graphql-worker', 'js', bundle.graphqlWorker),
    },
  };
  return { paths, byPath };
}

/** The assets' addresses. Loads the bundle if nothing has done so before. */
export function graphiqlAssetPaths(): GraphiqlAssetPaths {
  return assetSet().paths;
}

const assetPathShape = /^\/graphql\/assets\/[a-z-]+-[0-9a-f]{16}\.(?:js|css)$/;

/**
 * Answers a GET for an asset: 200 or 304, compressed when the client takes gzip; null when the path is no asset, which
 * the caller answers with its own 404. The two header values are those of the request, null or undefined when absent.
 */
export async function graphiqlAssets(
  path: string,
  acceptEncoding: string | null | undefined,
  ifNoneMatch: string | null | undefined,
): Promise<Response | null> {
  // A path that cannot be an asset must not cost loading the bundle.
  if (!assetPathShape.test(path)) return null;
  const asset = assetSet().byPath.get(path);
  if (asset === undefined) return null;

  const compressed = acceptsGzip(acceptEncoding);
  const plainTag = `"${asset.hash}"`;
  const compressedTag = `"${asset.hash}-gzip"`;
  const headers = new Headers({
    'Cache-Control': 'public, max-age=31536000, immutable',
    // A strong tag names bytes, so that each encoding has its own (RFC 9110 8.8.3.3).
    ETag: compressed ? compressedTag : plainTag,
    Vary: 'Accept-Encoding',
  });
  if (isKnownByTag(ifNoneMatch, [plainTag, compressedTag])) return new Response(null, { status: 304, headers });

  headers.set('Content-Type', asset.contentType);
  headers.set('X-Content-Type-Options', 'nosniff');
  if (!compressed) return new Response(asset.body, { headers });
  headers.set('Content-Encoding', 'gzip');
  return new Response(await compressedBody(asset), { headers });
}

async function compressedBody(asset: Asset): Promise<Buffer<ArrayBuffer>> {
  asset.compressed ??= compress(asset.body) as Promise<Buffer<ArrayBuffer>>;
  return asset.compressed;
}

/** Whether an Accept-Encoding admits gzip; `gzip;q=0` refuses it even beside `*` (RFC 9110 12.5.3). */
function acceptsGzip(acceptEncoding: string | null | undefined): boolean {
  const qualities = new Map<string, number>();
  for (const part of (acceptEncoding ?? '').toLowerCase().split(',')) {
    const [coding = '', ...parameters] = part.split(';').map((word) => word.trim());
    const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
    qualities.set(coding, Number(quality));
  }
  return (qualities.get('gzip') ?? qualities.get('*') ?? 0) > 0;
}
