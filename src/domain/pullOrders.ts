/** Creates pull jobs: for which source, facts and period. */

import { type Order, orderId } from './order.ts';
import { dayStartMs, HOUR_MS, instantText, MINUTE_MS, type Period, period } from './period.ts';
import {
  factsOf,
  isSampled,
  overlapMs,
  type PullLine,
  type RhythmSource,
  sourcesOf,
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
export function ringPulls(
  line: PullLine,
  sources: readonly RhythmSource[],
  ringAtMs: number,
): Order[] {
  return sourcesOf(line, sources).map((source) => {
    const startMs = isSampled(line) ? ringAtMs - MINUTE_MS : widened(line, source, ringAtMs);
    const id = orderId('pull', line, source.id, instantText(ringAtMs));
    return pullOrder({ line, source, window: period(startMs, ringAtMs), id });
  });
}

/** Midnight before the instant, minus the days in which data may still change. */
export function widened(line: PullLine, source: RhythmSource, instantMs: number): number {
  return dayStartMs(instantMs) - overlapMs(line, source);
}

interface PullRequest {
  readonly line: PullLine;
  readonly source: RhythmSource;
  readonly window: Period;
  readonly id: string;
}

export function pullOrder({ line, source, window, id }: PullRequest): Order {
  const payload = {
    source: source.id,
    from: instantText(window.startMs),
    to: instantText(window.endMs),
    facts: factsOf(line, source),
  };
  return { name: 'pull', payload, id, ...(isSampled(line) ? { rememberMs: SHORT_MEMORY_MS } : {}) };
}
