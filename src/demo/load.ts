/** The load of each kind of deployment over the day and the week, in fully loaded replicas. */

import { DAY_MS, HOUR_MS } from '../domain/period.ts';
import type { Random } from '../platform/random.ts';
import { isWeekend } from './calendar.ts';

export type LoadPattern = 'steady' | 'office' | 'bursty' | 'triage';

/** The load of a deployment in one interval: 1.5 is one and a half replicas at full capacity. */
export function loadAt(pattern: LoadPattern, atMs: number, random: Random): number {
  const moment = { hour: (atMs % DAY_MS) / HOUR_MS, weekend: isWeekend(atMs) };
  return PATTERNS[pattern](moment, random);
}

/** Whether the nightly benchmark, which fills idle capacity from 20:00 to 08:00 UTC, runs. */
export function isBenchmarked(atMs: number): boolean {
  const hour = (atMs % DAY_MS) / HOUR_MS;
  return hour >= 20 || hour < 8;
}

/** A random factor near 1: `around(random, 0.05)` is between 0.95 and 1.05. */
export function jitter(random: Random, spread: number): number {
  return 1 + spread * (2 * random.next() - 1);
}

interface Moment {
  readonly hour: number;
  readonly weekend: boolean;
}

const PATTERNS: Readonly<Record<LoadPattern, (moment: Moment, random: Random) => number>> = {
  /** Customers worldwide: always between one and two replicas, with the peak at 15:00. */
  steady: ({ hour, weekend }, random) =>
    (1.46 + 0.3 * Math.cos((2 * Math.PI * (hour - 15)) / 24)) *
    (weekend ? 0.96 : 1) *
    jitter(random, 0.04),
  /** Occasional batches in office hours; idle at night and on weekends. */
  office: ({ hour, weekend }, random) => {
    const quiet = random.next() < 0.4;
    if (weekend || hour < 8 || hour >= 18 || quiet) return 0;
    return 0.25 * jitter(random, 0.5);
  },
  /** Nightly scans all week, and a peak of pull requests on weekday afternoons. */
  bursty: ({ hour, weekend }, random) => {
    if (weekend) return 0.5 * jitter(random, 0.06);
    if (hour >= 13 && hour < 16) return 3.3 * jitter(random, 0.05);
    if (hour >= 9 && hour < 18) return 1.15 * jitter(random, 0.1);
    return 0.58 * jitter(random, 0.06);
  },
  /** Claims on weekdays during the day; a few retries at other times. */
  triage: ({ hour, weekend }, random) =>
    (!weekend && hour >= 7 && hour < 19 ? 0.22 : 0.05) * jitter(random, 0.2),
};
