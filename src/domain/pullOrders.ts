/** Creates pull jobs: for which source, facts and period. */

import { type NewJob, jobId } from './order.ts';
import { dayStartMs, HOUR_MS, instantText, MINUTE_MS, type Period, period } from './period.ts';
import {
  factsForLine,
  isSampled,
  rereadMs,
  type PullLine,
  type ScheduledSource,
  sourcesForLine,
} from './rhythm.ts';

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
