// A service that says every two seconds how much memory it needs after a collection, how late its timers are and what it has open;
// and whether it is at the end of a long test as it was in the middle.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'vitest';
import { freePort } from '../support/service.js';
import { spawnService } from '../support/service-process.js';

/** Between two samples. */
export const sampleSeconds = 2;
/** How much more the last third may have than the second: noise, not a leak. */
const mostGrowth = 1.15;

/** Inside the service: what is left after the garbage was collected, how late its timers were, and what it has open. */
const probe = `
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { monitorEventLoopDelay } from 'node:perf_hooks';
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();
setInterval(() => {
  const late = delay.percentile(50) / 1e6;
  collect();
  const { heapUsed, rss, external } = process.memoryUsage();
  const open = process.getActiveResourcesInfo().filter((name) => !/Timeout|Immediate/.test(name)).length;
  process.stdout.write('sample ' + JSON.stringify({ heapUsed, rss, external, late, open }) + '\\n');
  delay.reset();
}, ${sampleSeconds * 1000}).unref();
`;

export interface Sample {
  readonly heapUsed: number;
  readonly rss: number;
  readonly external: number;
  /** Milliseconds after which half of its timers of ten had come, which other work of the machine hardly changes. */
  readonly late: number;
  readonly open: number;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((left, right) => left - right)[Math.floor(numbers.length / 2)] ?? 0;
}

/** Starts one on a database of its own. @param settings beside the usual ones */
export async function startProbed(databaseUrl: string, settings: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-probe-'));
  const file = join(folder, 'probe.mjs');
  writeFileSync(file, probe);
  const port = settings.PORT ?? String(await freePort());
  const service = spawnService({
    PORT: port,
    DATABASE_URL: databaseUrl,
    NODE_ENV: 'production',
    NODE_OPTIONS: `--import ${pathToFileURL(file).href}`,
    LATCHKEY_LOG_LEVEL: 'warn',
    ...settings,
  });
  await service.ready().finally(() => rmSync(folder, { recursive: true }));
  return {
    ...service,
    samples: () =>
      [...service.printed.text.matchAll(/^sample (.+)$/gm)].map(([, text = '']) => JSON.parse(text) as Sample),
    /** Stops it as an operator does. */
    async stop() {
      expect(await service.stop()).toBe(0);
    },
  };
}

/** The medians of each third of the samples, in megabytes and milliseconds. */
export function thirdsOf(samples: readonly Sample[]) {
  const third = Math.floor(samples.length / 3);
  const figures = (some: readonly Sample[]) => {
    const of = (name: keyof Sample) => median(some.map((sample) => sample[name]));
    const megabytes = (name: keyof Sample) => Number((of(name) / 1e6).toFixed(1));
    return {
      heap: megabytes('heapUsed'),
      rss: megabytes('rss'),
      external: megabytes('external'),
      late: Math.round(of('late')),
      open: of('open'),
    };
  };
  return {
    first: figures(samples.slice(0, third)),
    second: figures(samples.slice(third, 2 * third)),
    last: figures(samples.slice(2 * third)),
  };
}

/** Requires that the last third is as the second was: memory, and what is open. */
export function expectFlat({ second, last }: ReturnType<typeof thirdsOf>): void {
  for (const name of ['heap', 'rss', 'external'] as const)
    expect(last[name], name).toBeLessThan(second[name] * mostGrowth);
  expect(last.open).toBeLessThanOrEqual(second.open * mostGrowth + 5);
}
