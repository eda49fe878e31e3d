/** Knows how many paid hours a bucket's amount stands for, where a rate says so. */

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
  readonly aboveRate: boolean;
}

const NO_HOURS: Hours = { quantity: exact(0n), aboveRate: false };

/**
 * A pod cannot run longer than its bucket; up to this much more is the rounding of rates and
 * amounts.
 */
const ROUNDING = decimal('1.001');

/**
 * The amount of the part that the rate explains, divided by the rate: $1.11 at $0.44/h is 111/44
 * hours. Pods stay within their bucket: a bill above it means that the rate has changed since, and
 * hours are not told. Serverless workers are many, so their hours have no such bound.
 */
export function hoursOf(
  amounts: readonly { readonly part: Part; readonly usd: Exact }[],
  span: Period,
  holding: Holding,
): Hours {
  const { rate } = holding;
  if (rate === undefined) return NO_HOURS;
  const paid = amounts.find(({ part, usd }) => part.name === rate.part && usd.num > 0n);
  if (paid === undefined) return NO_HOURS;
  const quantity = divide(paid.usd, rate.usdPerHour);
  if (rate.manyAtOnce) return { part: rate.part, quantity, aboveRate: false };
  const longest = divide(exactInteger(durationMs(span)), exactInteger(HOUR_MS));
  if (compare(quantity, longest) <= 0) return { part: rate.part, quantity, aboveRate: false };
  const isRounding = compare(quantity, multiply(longest, ROUNDING)) <= 0;
  return isRounding
    ? { part: rate.part, quantity: longest, aboveRate: false }
    : { ...NO_HOURS, aboveRate: true };
}
