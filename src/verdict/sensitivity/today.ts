/** Today's values of the inputs that have a break-even. */

import { divide, type Exact, exact, exactInteger, multiply, sum } from '../../domain/exact.ts';
import { DAY_MS, durationMs } from '../../domain/period.ts';
import { gpuRentOf, gpuUsdPerHour } from '../../economics/gpuRate.ts';
import type { DeploymentEconomics, StackEconomics } from '../../economics/result.ts';
import { hostedPriceOf } from '../../economics/whatIf.ts';
import type { Contest } from './contest.ts';

/** Absent where unknown, or where nothing of it is there to change. */
export interface Today {
  readonly tokensPerDay: Exact;
  readonly utilization: Exact | undefined;
  readonly hostedUsdPerMtok: Exact | undefined;
  readonly gpuUsdPerHour: Exact | undefined;
  readonly opsHours: Exact | undefined;
  readonly cacheShare: Exact | undefined;
}

/**
 * Dollars, tokens and hours are summed before they are divided. In the worked example 93,600,000
 * tokens a day, 0.361111, $0.136271 a million, $1.50 an hour, 3 hours and 0.5.
 */
export function todayOf({ deployments, selfHosted }: Contest, economics: StackEconomics): Today {
  const { window, laborUsdPerHour } = economics;
  const tokens = exactInteger(total(deployments));
  const days = exact(BigInt(durationMs(window)), BigInt(DAY_MS));
  return {
    tokensPerDay: divide(tokens, days),
    utilization: utilizationOf(deployments),
    hostedUsdPerMtok: hostedPriceOf(deployments),
    gpuUsdPerHour: gpuUsdPerHour(gpuRentOf(deployments)),
    opsHours: ratio(sum(selfHosted.map(({ base }) => base)), laborUsdPerHour),
    cacheShare: deployments[0]?.cacheRealization.base,
  };
}

/** Tokens over what all machines could have done; unknown where one capacity is. */
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
