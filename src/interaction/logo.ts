// Serving clients' logos from our own address. What is a logo and what is not was decided when it was fetched.
import { findLogo } from '../clients/logo.js';
import { isKnownByTag } from '../http/if-none-match.js';
import type { Flow, PageContext } from './flow.js';

/** GET `/logos/:clientRowId/:hash`. A logo of the past is gone, whoever still has its address. */
export function logo({ deps }: Flow) {
  return async (c: PageContext): Promise<Response> => {
    const { clientRowId = '', hash = '' } = c.req.param();
    const found = await findLogo(deps.db, clientRowId, hash);
    if (!found) return c.notFound();
    const etag = `"${hash}"`;
    const headers = {
      ETag: etag,
      'Cache-Control': 'public, max-age=31536000, immutable',
      'X-Content-Type-Options': 'nosniff',
      // Whatever the bytes are and however somebody opens them, they run nothing and load nothing.
      'Content-Security-Policy': "default-src 'none'; sandbox",
    };
    if (isKnownByTag(c.req.header('if-none-match'), [etag])) return c.body(null, 304, headers);
    const described = { 'Content-Type': found.contentType, 'Content-Length': String(found.bytes.length) };
    return c.body(new Uint8Array(found.bytes), 200, { ...headers, ...described });
  };
}
