// A recorded profile by the files that its functions were written in: what runs is compiled, many files in one.
import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';

/** @param {string} url @returns {SourceMap | null} null for what is not compiled */
function mapOf(url) {
  const file = url.startsWith('file:') ? `${fileURLToPath(url)}.map` : '';
  return existsSync(file) ? new SourceMap(JSON.parse(readFileSync(file, 'utf8'))) : null;
}

/**
 * Puts where a function was written in place of where it runs, with the source maps that lie beside the compiled files.
 * @template {{ nodes: { callFrame: { url: string, lineNumber: number, columnNumber: number } }[] }} Profile
 * @param {Profile} profile
 * @returns {Profile}
 */
export function inSources(profile) {
  const maps = new Map();
  const nodes = profile.nodes.map((node) => {
    const { url, lineNumber, columnNumber } = node.callFrame;
    if (!maps.has(url)) maps.set(url, mapOf(url));
    const written = maps.get(url)?.findEntry(lineNumber, columnNumber);
    if (written?.originalSource === undefined) return node;
    const place = { url: new URL(written.originalSource, url).href, lineNumber: written.originalLine };
    return { ...node, callFrame: { ...node.callFrame, ...place } };
  });
  return { ...profile, nodes };
}
