// What the tests use of bench/, which is plain JavaScript, with its types.
// @ts-expect-error plain JavaScript, without declarations
import * as connection from '../../bench/driver/connection.mjs';
// @ts-expect-error plain JavaScript, without declarations
import * as statistics from '../../bench/driver/statistics.mjs';
// @ts-expect-error plain JavaScript, without declarations
import * as sources from '../../bench/profile/sources.mjs';
// @ts-expect-error plain JavaScript, without declarations
import * as profile from '../../bench/profile/summary.mjs';
// @ts-expect-error plain JavaScript, without declarations
import * as reports from '../../bench/report.mjs';

interface Answer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
  readonly length: number;
}

export interface Share {
  readonly name: string;
  readonly share: number;
}

export const readAnswer = connection.readAnswer as (text: string) => Answer | null;
export const header = connection.header as (head: string, name: string) => string | null;
export const median = statistics.median as (values: readonly number[]) => number;
export const spread = statistics.spread as (values: readonly number[]) => number;
export const summarize = statistics.summarize as (
  milliseconds: readonly number[],
) => Readonly<Record<'p50' | 'p95' | 'p99' | 'most', number>>;
export const report = reports.report as (run: unknown, modes: readonly unknown[]) => string;
export const inSources = sources.inSources as <Profile>(profile: Profile) => Profile;
export const summarizeProfile = profile.summarizeProfile as (
  recorded: unknown,
) => Readonly<{ busyShare: number; packages: Share[]; functions: Share[]; ours: Share[] }>;
