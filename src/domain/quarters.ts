/** How long a window is in quarters, so that what is stated a quarter can be scaled to it. */

import { add, type Exact, exact, subtract } from './exact.ts';
import { durationMs, type Period, quarterAt, quarterPeriod } from './period.ts';

/**
 * Quarters that a window lasts, each day by the length of its own quarter: a whole quarter is 1
 * whatever its days, half a year is 2, and 7 of the 92 days of July to September are 7/92.
 */
export function quartersIn({ startMs, endMs }: Period, startMonth: number): Exact {
  return subtract(quartersUntil(endMs, startMonth), quartersUntil(startMs, startMonth));
}

/** From the year 0 on, whole ones and the part of the one that holds the instant. */
function quartersUntil(instantMs: number, startMonth: number): Exact {
  const quarter = quarterAt(instantMs, startMonth);
  const own = quarterPeriod(quarter, startMonth);
  const passed = exact(BigInt(instantMs - own.startMs), BigInt(durationMs(own)));
  return add(exact(BigInt(quarter.year * 4 + quarter.number)), passed);
}
