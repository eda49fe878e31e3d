/** Measures periods in quarters, to scale amounts stated per quarter. */

import { add, type Exact, exact, subtract } from './exact.ts';
import { durationMs, type Period, quarterAt, quarterPeriod } from './period.ts';

/**
 * Length of a period in quarters, each day by the length of its own quarter: a whole quarter is 1
 * whatever its days, half a year is 2, and 7 of the 92 days of July to September are 7/92.
 */
export function quartersIn({ startMs, endMs }: Period, startMonth: number): Exact {
  return subtract(quartersUntil(endMs, startMonth), quartersUntil(startMs, startMonth));
}

/** Quarters since the year 0: whole ones, and the elapsed part of the current one. */
function quartersUntil(instantMs: number, startMonth: number): Exact {
  const quarter = quarterAt(instantMs, startMonth);
  const own = quarterPeriod(quarter, startMonth);
  const passed = exact(BigInt(instantMs - own.startMs), BigInt(durationMs(own)));
  return add(exact(BigInt(quarter.year * 4 + quarter.number)), passed);
}
