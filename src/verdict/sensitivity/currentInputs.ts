/** Computes today's values of the inputs that have a break-even. */

import { divide, type Exact, exact, exactInteger, multiply, sum } from '../../domain/exact.ts';
import { DAY_MS, durationMs } from '../../domain/period.ts';
import { gpuUsdPerHour, sumGpuSpend } from '../../economics/bill/contract.ts';
import type { DeploymentEconomics, StackEconomics } from '../../economics/result.ts';
import { meanHostedPrice } from '../../economics/whatIf/whatIf.ts';
import type { PlanComparison } from './planComparison.ts';

/** `undefined` if unknown, or if there is nothing to change. */
export interface CurrentInputs {
  readonly tokensPerDay: Exact;
  readonly utilization: Exact | undefined;
  readonly hostedUsdPerMtok: Exact | undefined;
  readonly gpuUsdPerHour: Exact | undefined;
  readonly opsHours: Exact | undefined;
  readonly cacheShare: Exact | undefined;
}

/**
 * Ratios divide sums of dollars, tokens and hours. The worked example has 93,600,000 tokens a day,
 * a utilization of 0.361111 and a hosted price of $0.136271 per million tokens. Its GPU rate is
 * $1.50 an hour, with 3 hours of labor and a cache share of 0.5.
 */
export function computeCurrentInputs(
  { deployments, selfHosted }: PlanComparison,
  economics: StackEconomics,
): CurrentInputs {
  const { window, laborUsdPerHour } = economics;
  const tokens = exactInteger(total(deployments));
  const days = exact(BigInt(durationMs(window)), BigInt(DAY_MS));
  return {
    tokensPerDay: divide(tokens, days),
    utilization: utilizationOf(deployments),
    hostedUsdPerMtok: meanHostedPrice(deployments),
    gpuUsdPerHour: gpuUsdPerHour(sumGpuSpend(deployments)),
    opsHours: ratio(sum(selfHosted.map(({ base }) => base)), laborUsdPerHour),
    cacheShare: deployments[0]?.cacheRealization.base,
  };
}

/** Tokens over the capacity of all replicas. `undefined` if one capacity is unknown. */
function utilizationOf(deployments: readonly DeploymentEconomics[]): Exact | undefined {
  const [only, ...others] = deployments;
  if (others.length === 0) return only?.utilization;
  if (deployments.some(({ capacity }) => capacity === undefined)) return undefined;
  const capacities = deployments.flatMap(({ capacity, time }) =>
    capacity === undefined
      ? []
      : [multiply(capacity.tokensPerSecond, exact(time.coveredNs, NS_IN_SECOND))],
  );
  return ratio(exactInteger(total(deployments)), sum(capacities));
}

const NS_IN_SECOND = 1_000_000_000n;
function total(deployments: readonly DeploymentEconomics[]): number {
  return deployments.reduce((all, { served }) => all + served.tokens, 0);
}

function ratio(part: Exact, whole: Exact): Exact | undefined {
  return whole.num <= 0n ? undefined : divide(part, whole);
}
