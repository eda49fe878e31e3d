/** How many replicas are worth reserving for a load that varies within a day. */

import { compare, divide, type Exact, exact } from '../../domain/exact.ts';

/**
 * A pod is reserved where it is needed for more of the day than reserved costs of on demand. Of
 * three pods at $1.80 instead of $2.50 (72%) the one that always runs is; two that are needed for
 * 6 of 24 hours are not.
 *
 * @param podsByHour pods that each hour of the day needs
 * @param reservedShare what a reserved hour costs of one on demand
 */
export function reservedBase(podsByHour: readonly number[], reservedShare: Exact): number {
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

/** What a reserved hour costs of one on demand: $1.80 of $2.50 is 0.72. */
export function shareOfOnDemand(
  reserved: { readonly usdPerGpuHour: Exact },
  onDemand: { readonly usdPerGpuHour: Exact },
): Exact {
  return divide(reserved.usdPerGpuHour, onDemand.usdPerGpuHour);
}
