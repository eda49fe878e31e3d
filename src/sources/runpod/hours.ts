/** How many paid hours a bucket's amount stands for, where a rate says so. */

import {
  compare,
  decimal,
  divide,
  type Exact,
  exact,
  exactInteger,
  multiply,
} from '../../domain/exact.ts';
import { durationMs, HOUR_MS, type Period } from '../../domain/period.ts';
import type { Part } from './family.ts';
import type { Holding } from './inventory.ts';

export interface Hours {
  /** Name of the part whose quantity is known; absent where none is. */
  readonly part?: string;
  readonly quantity: Exact;
  /** The bill is more than the present rate allows. */
  readonly aboveRate?: boolean;
  /** The resource ran all the time, and the bill is less than its rate asks. */
  readonly belowRate?: boolean;
}

const NO_HOURS: Hours = { quantity: exact(0n) };

/**
 * A pod cannot run longer than its bucket; up to this much more is the rounding of rates and
 * amounts.
 */
const ROUNDING = decimal('1.001');
/** Less than this share of the rate is no rounding. */
const PAID_IN_FULL = decimal('0.99');

/**
 * The amount of the part that the rate explains, divided by the rate: $1.11 at $0.44/h is 111/44
 * hours. Pods stay within their bucket: a bill above it means that the rate has changed since, and
 * hours are not told. A pod that ran all the time was paid for all of it, even where the bill is
 * below its rate, as with prepaid hours. Serverless workers are many, so their hours have no bound.
 */
export function hoursOf(
  amounts: readonly { readonly part: Part; readonly usd: Exact }[],
  span: Period,
  holding: Holding,
): Hours {
  const { rate, ran } = holding;
  if (rate === undefined) return NO_HOURS;
  const longest = divide(exactInteger(durationMs(span)), exactInteger(HOUR_MS));
  const ranAll = ran !== undefined && ran.startMs <= span.startMs && ran.endMs >= span.endMs;
  const paid = amounts.find(({ part, usd }) => part.name === rate.part && usd.num > 0n);
  if (paid === undefined) return { ...NO_HOURS, belowRate: ranAll && !rate.manyAtOnce };
  const quantity = divide(paid.usd, rate.usdPerHour);
  if (rate.manyAtOnce) return { part: rate.part, quantity };
  if (ranAll && compare(quantity, multiply(longest, PAID_IN_FULL)) < 0) {
    return { part: rate.part, quantity: longest, belowRate: true };
  }
  if (compare(quantity, longest) <= 0) return { part: rate.part, quantity };
  const isRounding = compare(quantity, multiply(longest, ROUNDING)) <= 0;
  return isRounding ? { part: rate.part, quantity: longest } : { ...NO_HOURS, aboveRate: true };
}
