/** Computes how many replicas are worth reserving for a load that varies within a day. */

import { compare, divide, type Exact, exact } from '../../domain/exact.ts';

/**
 * A replica is reserved if it is needed for a larger share of the day than the reserved rate is of
 * the on-demand rate. Of three pods at $1.80 instead of $2.50 (72%), the always-on one is reserved;
 * the two needed for 6 of 24 hours are not.
 * @param podsByHour replicas needed in each hour of the day
 * @param reservedShare reserved rate over on-demand rate
 */
export function countReservedPods(podsByHour: readonly number[], reservedShare: Exact): number {
  const hours = BigInt(podsByHour.length);
  const most = podsByHour.reduce((a, b) => Math.max(a, b), 0);
  let base = 0;
  while (base < most) {
    const needed = podsByHour.filter((pods) => pods > base).length;
    if (compare(exact(BigInt(needed), hours), reservedShare) <= 0) return base;
    base += 1;
  }
  return base;
}

/** Reserved rate over on-demand rate: $1.80 of $2.50 is 0.72. */
export function shareOfOnDemand(
  reserved: { readonly usdPerGpuHour: Exact },
  onDemand: { readonly usdPerGpuHour: Exact },
): Exact {
  return divide(reserved.usdPerGpuHour, onDemand.usdPerGpuHour);
}
