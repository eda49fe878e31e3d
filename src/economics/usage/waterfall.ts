/** Splits the covered spend: cost at full capacity, under-filled batches, and idle. */

import { compare, type Exact, multiply, ONE, subtract, ZERO } from '../../domain/exact.ts';
import type { Waterfall } from '../result.ts';

export interface WaterfallTerms {
  readonly coveredUsd: Exact;
  readonly utilization: Exact | undefined;
  readonly busyFraction: Exact | undefined;
}

/**
 * The parts sum to the covered spend. $6.00 at a utilization of 0.361111 and a busy fraction of
 * 0.541667 is $2.166667 at full capacity, $1.083333 under-filled and $2.75 idle.
 */
export function waterfall({ coveredUsd, utilization, busyFraction }: WaterfallTerms): Waterfall {
  const fullUsd = utilization && multiply(coveredUsd, utilization);
  if (busyFraction === undefined) return fullUsd === undefined ? {} : { fullUsd };
  const idleUsd = multiply(coveredUsd, subtract(ONE, busyFraction));
  if (utilization === undefined || fullUsd === undefined) return { idleUsd };
  if (compare(utilization, busyFraction) <= 0) {
    return { fullUsd, idleUsd, underfilledUsd: subtract(subtract(coveredUsd, fullUsd), idleUsd) };
  }
  return { fullUsd, idleUsd: subtract(coveredUsd, fullUsd), underfilledUsd: ZERO };
}
