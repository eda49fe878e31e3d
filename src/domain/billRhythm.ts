/** On which days a source usually bills, learned from its own days. */

import { DAY_MS } from './period.ts';

const SAMPLES = 8;
/** Of days on the same weekday, and of months. */
export const FEWEST_SAMPLES = 2;
/** After so many weeks without it, while others come, a weekday is no longer part of the rhythm. */
const WEEKS_TO_FORGET = 4;

interface Judging {
  readonly lastMs: number;
  readonly isExcused: (dayMs: number) => boolean;
}

/** A missing day is no sample of the rhythm, so that a source that stopped stays missing. */
export function missingDays(
  days: ReadonlyMap<number, bigint>,
  { lastMs, isExcused }: Judging,
): number[] {
  const missing: number[] = [];
  const weekdays = Array.from({ length: 7 }, () => ({ samples: [] as boolean[], missed: 0 }));
  const firstMs = Math.min(...days.keys());
  for (let dayMs = firstMs; dayMs <= lastMs; dayMs += DAY_MS) {
    const weekday = weekdays[(dayMs / DAY_MS) % 7];
    if (weekday === undefined) continue;
    if (days.has(dayMs)) {
      weekday.samples.push(true);
      weekday.missed = 0;
      continue;
    }
    if (isExcused(dayMs)) continue;
    const isLost = isExpected(weekday.samples) && weekday.missed < WEEKS_TO_FORGET;
    if (isLost) missing.push(dayMs);
    else weekday.samples.push(false);
    if (isLost && isAlive(days, dayMs)) weekday.missed += 1;
  }
  return missing;
}

function isExpected(samples: readonly boolean[]): boolean {
  const recent = samples.slice(-SAMPLES);
  const present = recent.filter((isThere) => isThere).length;
  return recent.length >= FEWEST_SAMPLES && present * 4 >= recent.length * 3;
}

/** Whether anything came within three days before or after. */
function isAlive(days: ReadonlyMap<number, bigint>, dayMs: number): boolean {
  return [-3, -2, -1, 1, 2, 3].some((offset) => days.has(dayMs + offset * DAY_MS));
}

/** The lower one of two in the middle: 1, 2 and 9 are 2. */
export function median(amounts: readonly bigint[]): bigint {
  const sorted = amounts.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0n;
}
