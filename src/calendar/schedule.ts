/** The lines of the job schedule: their names, times and sources. */

import type { DueRule } from './reportDue.ts';
import {
  DAY_MS,
  dayStartMs,
  HOUR_MS,
  instantText,
  MINUTE_MS,
  type Period,
  period,
} from '../domain/period.ts';
import type { ProvidedFact } from '../domain/provenance.ts';
import { jobId, type NewJob } from './queuedJob.ts';

/** Schedule lines that run by cron, in UTC, in display order. */
export const DEFAULT_CRONS = {
  scraper: '* * * * *',
  inventory: '*/5 * * * *',
  usage: '5 * * * *',
  prices: '20 0 * * *',
  owed: '50 0 * * *',
  bills: '40 3 * * *',
  corrections: '40 5 * * *',
  check: '10 9 * * *',
} as const;

export type CronLine = keyof typeof DEFAULT_CRONS;
/** The quarter's own line runs by business day, not by cron. */
export type LineName = CronLine | 'quarter';

/** The kinds of data that each line pulls. */
export const LINE_FACTS = {
  scraper: ['usage'],
  inventory: ['inventory', 'rates'],
  usage: ['usage', 'inventory'],
  prices: ['prices', 'rates'],
  bills: ['charges'],
} as const satisfies Partial<Record<CronLine, readonly ProvidedFact[]>>;

export type PullLine = 'scraper' | 'inventory' | 'usage' | 'bills';

/** A source as the schedule uses it. */
export interface ScheduledSource {
  readonly id: string;
  readonly provides: readonly string[];
  /**
   * Facts of which it provides only current values that figures depend on: a missed sample is lost.
   * Rates that are not listed here are pulled once a day.
   */
  readonly samples?: readonly string[];
  /** Days after which its bill no longer changes. The bill is read again for this long each day. */
  readonly trailingDays: number;
}

/** The configured schedule. A missing line is off. */
export interface Schedule {
  readonly crons: Readonly<Partial<Record<CronLine, string>>>;
  readonly sources: readonly ScheduledSource[];
  /** Absent if no quarter is reported automatically. */
  readonly due?: DueRule;
  /** Whether a quarter's report is delivered, or only made. */
  readonly deliver: boolean;
  /**
   * How to handle a reported quarter whose facts changed: send a correction, only make it, or
   * neither.
   */
  readonly corrections: 'auto' | 'ask' | 'off';
}

/** Default for a source without a setting: bills settle within two weeks. */
export const DEFAULT_TRAILING_DAYS = 14;

/**
 * The sources that a line pulls. Sampled facts have their own frequent line and are left out of the
 * slow ones.
 */
export function sourcesForLine(
  line: PullLine,
  sources: readonly ScheduledSource[],
): ScheduledSource[] {
  return sources.filter((source) => factsForLine(line, source).length > 0);
}

/** The facts that a line pulls from one source; `[]` if none. */
export function factsForLine(
  line: PullLine,
  { provides, samples = [] }: ScheduledSource,
): ProvidedFact[] {
  const main = line === 'bills' ? 'charges' : line === 'inventory' ? 'inventory' : 'usage';
  const facts = LINE_FACTS[line].filter((fact) => provides.includes(fact));
  if (isSampled(line)) {
    return samples.includes(main) ? facts.filter((fact) => samples.includes(fact)) : [];
  }
  return facts.filter((fact) => !samples.includes(fact));
}

/** Whether a source is pulled once a day for model or GPU prices. */
export function providesPrices({ provides }: Pick<ScheduledSource, 'provides'>): boolean {
  return LINE_FACTS.prices.some((fact) => provides.includes(fact));
}

/** Whether a line pulls only current values. */
function isSampled(line: PullLine): boolean {
  return line === 'scraper' || line === 'inventory';
}

/** How far back each run of a line reads data that may have changed. */
function rereadMs(line: PullLine, { trailingDays }: ScheduledSource): number {
  if (line === 'bills') return trailingDays * DAY_MS;
  return line === 'usage' ? DAY_MS : 0;
}

/**
 * Frequent lines: their finished jobs are removed at once, and their ids are remembered only this
 * long.
 */
const SHORT_MEMORY_MS = 2 * HOUR_MS;

/**
 * One pull for each source of a schedule line. Periods overlap on purpose: late or changed data is
 * found, and known data changes nothing.
 */
export function scheduledPulls(
  line: PullLine,
  sources: readonly ScheduledSource[],
  ringAtMs: number,
): NewJob[] {
  return sourcesForLine(line, sources).map((source) => {
    const startMs = isSampled(line) ? ringAtMs - MINUTE_MS : extendBack(line, source, ringAtMs);
    const id = jobId('pull', line, source.id, instantText(ringAtMs));
    return toPullJob({ line, source, window: period(startMs, ringAtMs), id });
  });
}

/** Midnight before the instant, minus the days in which data may still change. */
export function extendBack(line: PullLine, source: ScheduledSource, instantMs: number): number {
  return dayStartMs(instantMs) - rereadMs(line, source);
}

interface PullRequest {
  readonly line: PullLine;
  readonly source: ScheduledSource;
  readonly window: Period;
  readonly id: string;
}

export function toPullJob({ line, source, window, id }: PullRequest): NewJob {
  const payload = {
    source: source.id,
    from: instantText(window.startMs),
    to: instantText(window.endMs),
    facts: factsForLine(line, source),
  };
  return { name: 'pull', payload, id, ...(isSampled(line) ? { rememberMs: SHORT_MEMORY_MS } : {}) };
}
