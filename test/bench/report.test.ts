// The benchmark's tables: medians over the rounds, ratios to the peer, growth from few rows to many.
import { describe, expect, test } from 'vitest';
import { report } from './typed.js';

const modes = [
  { name: 'userinfo', title: 'userinfo', hasPeer: true },
  { name: 'graphql-list', title: 'GraphQL list', hasPeer: false },
];

function measurement(mode: string, side: string, perSecond: number) {
  return {
    mode,
    side,
    perSecond,
    milliseconds: { p50: 8, p95: 12, p99: 20, most: 40 },
    serverCpu: 1,
    serverMicroseconds: 1e6 / perSecond,
    databaseCpu: 0.25,
    driverCpu: 0.1,
    mostBytes: 200 * 1024 ** 2,
  };
}

function size(rows: number, factor: number) {
  const side = (name: string) => ({ side: name, startMilliseconds: 1234, idleBytes: 150 * 1024 ** 2 });
  return {
    rows,
    sides: [side('latchkey'), side('oidc-provider')],
    measurements: [
      ...[5000, 9000, 6000].map((perSecond) => measurement('userinfo', 'latchkey', perSecond * factor)),
      ...[1900, 2000, 2100].map((perSecond) => measurement('userinfo', 'oidc-provider', perSecond * factor)),
      measurement('graphql-list', 'latchkey', 300 * factor),
    ],
  };
}

function run(sizes: readonly unknown[]) {
  return report(
    {
      date: '2026-01-02',
      machine: 'a machine',
      pinning: 'Pinned.',
      load: 0.1,
      versions: { latchkey: '1.0.0', 'oidc-provider': '9.0.0' },
      postgresql: '15',
      options: { seconds: 5, rounds: 3, users: 32, idToken: 'RS256' },
      driver: { perSecond: 30_000, driverCpu: 0.5, serverCpu: 1 },
      sizes,
    },
    modes,
  );
}

describe("the benchmark's report", () => {
  test('a row has the medians and how many times the peer they are', () => {
    expect(run([size(10, 1)])).toContain('| userinfo | 6,000 | **3.00** | 2,000 |');
  });

  test('what the peer cannot do has a figure and no ratio', () => {
    expect(run([size(10, 1)])).toContain('| GraphQL list | 300 | – | – |');
  });

  test('the driver is put beside the fastest figure', () => {
    expect(run([size(10, 1)])).toContain('30,000 a second');
    expect(run([size(10, 1)])).toContain('3.33 times the fastest figure below');
  });

  test('latency, cost and memory are told of each side', () => {
    const text = run([size(10, 1)]);
    expect(text).toContain(
      '| userinfo, Latchkey on PostgreSQL | 8.00 ms | 12.0 ms | 20.0 ms | 167 µs | 3.00 | 100 % | 25 % | 10 % | 33 % |',
    );
    expect(text).toContain('| oidc-provider on PostgreSQL | 1,234 ms | 150 MB | 200 MB |');
  });

  test('with several sizes the growth from the first to the last is told', () => {
    const text = run([size(10, 1), size(1_000_000, 0.9)]);
    expect(text).toContain('| Latchkey on PostgreSQL, /s | 10 | 1,000,000 | last to first |');
    expect(text).toContain('| userinfo | 6,000 | 5,400 | 0.90 |');
  });

  test('one size has no growth', () => {
    expect(run([size(10, 1)])).not.toContain('From few rows to many');
  });
});
