/** The record of work that was done, and what of a time is not covered by it. */

import { type Period, period } from './period.ts';

/** The newest due instant up to which a line's work on a subject is done. */
export interface WorkDone {
  readonly line: string;
  readonly subject: string;
  readonly dueAtMs: number;
}

/** A source told all of a fact in the window. */
export interface PulledWindow {
  readonly source: string;
  readonly fact: string;
  readonly window: Period;
}

/**
 * The parts of the window that none of the others touch, in order. `[0, 10)` less `[2, 4)` and
 * `[3, 6)` is `[0, 2)` and `[6, 10)`.
 */
export function uncovered(window: Period, covered: readonly Period[]): Period[] {
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
