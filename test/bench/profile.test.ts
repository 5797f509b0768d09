// How a recorded profile is summed up.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'rolldown';
import { describe, expect, test } from 'vitest';
import { inSources, type Share, summarizeProfile } from './typed.js';

const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 9 });

const profile = {
  nodes: [
    { id: 1, callFrame: frame('(root)'), children: [2, 3, 6] },
    { id: 2, callFrame: frame('(idle)') },
    { id: 3, callFrame: frame('endpoint', 'file:///srv/latchkey/src/oauth/userinfo.ts'), children: [4] },
    { id: 4, callFrame: frame('query', 'file:///srv/latchkey/node_modules/@prisma/client/runtime.js'), children: [7] },
    { id: 5, callFrame: frame('writev') },
    { id: 6, callFrame: frame('(garbage collector)') },
    { id: 7, callFrame: frame('write', 'node:internal/streams/writable'), children: [5] },
  ],
  // Each for 10 ms: idle, the endpoint, Prisma, a native function for Prisma, the collector.
  samples: [2, 3, 4, 5, 6, 2],
  timeDeltas: [0, 10_000, 10_000, 10_000, 10_000, 10_000],
};

function shareOf(shares: readonly Share[], name: string) {
  return shares.find((each) => each.name === name)?.share;
}

describe('the summary of a profile', () => {
  const summary = summarizeProfile(profile);

  test('shares are of the time that the thread was busy', () => {
    expect(summary.busyShare).toBeCloseTo(0.8);
    expect(shareOf(summary.packages, '(idle)')).toBeUndefined();
  });

  test('what is native, and what is of Node, belongs to the package that called it', () => {
    expect(shareOf(summary.packages, '@prisma/client')).toBeCloseTo(0.5);
    expect(shareOf(summary.functions, 'writev ← write  node:internal/streams/writable:10')).toBeCloseTo(0.25);
  });

  test('our own files are told apart by their folder, and have what they call too', () => {
    expect(shareOf(summary.packages, 'latchkey oauth')).toBeCloseTo(0.25);
    expect(shareOf(summary.ours, 'endpoint  oauth/userinfo.ts:10')).toBeCloseTo(0.75);
  });

  test('the garbage collector has a line of its own', () => {
    expect(shareOf(summary.packages, '(garbage collector)')).toBeCloseTo(0.25);
  });
});

describe('where a function was written', () => {
  test('is told by the source map beside the compiled file; what has none stays where it runs', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-profile-'));
    try {
      writeFileSync(join(folder, 'written.js'), '// one\n// two\nexport const endpoint = () => 1;\n');
      writeFileSync(join(folder, 'entry.js'), "export { endpoint } from './written.js';\n");
      const output = { file: join(folder, 'dist/entry.js'), sourcemap: true };
      const { output: written } = await build({ cwd: folder, input: './entry.js', output });
      const lines = written[0].code.split('\n');
      const lineNumber = lines.findIndex((line) => line.includes('() => 1'));
      const columnNumber = lines[lineNumber]?.indexOf('() =>') ?? -1;
      const url = pathToFileURL(join(folder, 'dist/entry.js')).href;
      const native = { callFrame: { functionName: 'writev', url: '', lineNumber: -1, columnNumber: -1 } };
      const compiled = { callFrame: { functionName: 'endpoint', url, lineNumber, columnNumber } };
      expect(inSources({ nodes: [compiled, native] })).toEqual({
        nodes: [
          {
            callFrame: {
              functionName: 'endpoint',
              url: pathToFileURL(join(folder, 'written.js')).href,
              lineNumber: 2,
              columnNumber,
            },
          },
          native,
        ],
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
