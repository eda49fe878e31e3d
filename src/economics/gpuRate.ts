/**
 * Computes the price of a GPU-hour, and the factor on the part without contract that gives another
 * price.
 */

import { divide, type Exact, multiply, subtract, sum, ZERO } from '../domain/exact.ts';
import type { DeploymentEconomics } from './result.ts';

export interface GpuSpend {
  readonly hours: Exact;
  readonly usd: Exact;
  /** The part of `usd` that a contract fixes. */
  readonly fixedUsd: Exact;
}

/** Covered GPU-hours and their cost, of deployments that have any. */
export function sumGpuSpend(deployments: readonly DeploymentEconomics[]): GpuSpend {
  const timed = deployments.filter(({ breakEven }) => breakEven.gpuHours !== undefined);
  return {
    hours: sum(timed.flatMap(({ breakEven }) => breakEven.gpuHours ?? [])),
    usd: sum(timed.map(({ spend }) => spend.coveredComputeUsd)),
    fixedUsd: sum(timed.map(({ contract }) => contract?.fixedGpuUsd ?? ZERO)),
  };
}

/** Dollars per GPU-hour; `undefined` without GPU-hours. $6.00 for 4 is $1.50. */
export function gpuUsdPerHour({ hours, usd }: GpuSpend): Exact | undefined {
  return hours.num <= 0n ? undefined : divide(usd, hours);
}

/** The lowest price of a GPU-hour before the contracts end: $3.00 fixed for 4 hours is $0.75. */
export function leastUsdPerHour({ hours, fixedUsd }: GpuSpend): Exact | undefined {
  return hours.num <= 0n ? undefined : divide(fixedUsd, hours);
}

/**
 * (rate x hours - fixed) / (dollars - fixed): $4.80 of $6.00 is 0.8, with $3.00 of it fixed 0.6.
 * Below 0 if a contract fixes more than that; `undefined` if it fixes everything.
 */
export function gpuFactorAt({ hours, usd, fixedUsd }: GpuSpend, usdPerHour: Exact) {
  const movingUsd = subtract(usd, fixedUsd);
  if (movingUsd.num <= 0n) return undefined;
  return divide(subtract(multiply(usdPerHour, hours), fixedUsd), movingUsd);
}
