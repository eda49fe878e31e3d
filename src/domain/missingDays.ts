/** Finds the days on which a source usually bills and did not. */

import { DAY_MS } from './period.ts';

const SAMPLES = 8;
/** Fewest samples: days on the same weekday, or months. */
export const FEWEST_SAMPLES = 2;
/**
 * After this many weeks without charges, while other days have some, a weekday no longer counts as
 * usual.
 */
const WEEKS_TO_FORGET = 4;

interface MissingDayOptions {
  readonly lastMs: number;
  readonly isExcused: (dayMs: number) => boolean;
}

/**
 * Days on which charges were expected and are missing. A missing day is not a sample, so a source
 * that stopped stays missing.
 */
export function missingDays(
  days: ReadonlyMap<number, bigint>,
  { lastMs, isExcused }: MissingDayOptions,
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
    const isMissing = isExpected(weekday.samples) && weekday.missed < WEEKS_TO_FORGET;
    if (isMissing) missing.push(dayMs);
    else weekday.samples.push(false);
    if (isMissing && isAlive(days, dayMs)) weekday.missed += 1;
  }
  return missing;
}

function isExpected(samples: readonly boolean[]): boolean {
  const recent = samples.slice(-SAMPLES);
  const present = recent.filter((isThere) => isThere).length;
  return recent.length >= FEWEST_SAMPLES && present * 4 >= recent.length * 3;
}

/** Whether any charge exists within three days before or after. */
function isAlive(days: ReadonlyMap<number, bigint>, dayMs: number): boolean {
  return [-3, -2, -1, 1, 2, 3].some((offset) => days.has(dayMs + offset * DAY_MS));
}

/** The median; of an even number, the lower of the two middle ones. Of 1, 2 and 9 it is 2. */
export function median(amounts: readonly bigint[]): bigint {
  const sorted = amounts.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0n;
}
