/** The record of completed work, and the parts of a period it does not cover. */

import { type Period, period } from './period.ts';

/** The last due time up to which a schedule line's work for a subject is done. */
export interface WorkDone {
  readonly line: string;
  readonly subject: string;
  readonly dueAtMs: number;
}

/** A period for which a source returned a fact completely. */
export interface PulledWindow {
  readonly source: string;
  readonly fact: string;
  readonly window: Period;
}

/**
 * The parts of the period not covered by the others, in order. `[0, 10)` without `[2, 4)` and `[3,
 * 6)` is `[0, 2)` and `[6, 10)`.
 */
export function uncoveredPeriods(window: Period, covered: readonly Period[]): Period[] {
  const gaps: Period[] = [];
  let atMs = window.startMs;
  for (const { startMs, endMs } of covered.toSorted((a, b) => a.startMs - b.startMs)) {
    if (atMs >= window.endMs) break;
    if (startMs > atMs) gaps.push(period(atMs, Math.min(startMs, window.endMs)));
    atMs = Math.max(atMs, endMs);
  }
  if (atMs < window.endMs) gaps.push(period(atMs, window.endMs));
  return gaps;
}
