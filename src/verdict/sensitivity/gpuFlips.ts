/** Computes the break-even GPU rate of a change, and whether a contract allows it. */

import { add, divide, type Exact, isZero, sum, ZERO } from '../../domain/exact.ts';
import { latestContractEnd } from '../../economics/bill/contract.ts';
import type { FixedRate } from '../../economics/breakEven/breakEvenPoints.ts';
import { gpuFactorAt, sumGpuSpend, leastUsdPerHour } from '../../economics/gpuRate.ts';
import { BASE_ASSUMPTIONS, type Assumptions } from '../../economics/options.ts';
import type { PlanComparison } from './contest.ts';
import type { SolvedBreakEven } from './flip.ts';
import { solveBreakEven } from './line.ts';
import type { CurrentInputs } from './today.ts';

const CODE = 'gpu-rate';

/**
 * Break-even of our own GPU rate, with market rates unchanged. With $3.00 of $6.00 for 4 hours
 * fixed by a contract, $1.20 an hour is a factor of 0.6 on the rest. A break-even below the fixed
 * $0.75 is out of reach, and so is one that needs a fixed price to change. It is then computed for
 * the time after the contract.
 */
export function findGpuBreakEvens(
  contest: PlanComparison,
  { gpuUsdPerHour: today }: CurrentInputs,
): SolvedBreakEven[] {
  if (today === undefined || isZero(today)) return [];
  const rent = sumGpuSpend(contest.deployments);
  const worldAt = (value: Exact): Assumptions => {
    const ownGpu = gpuFactorAt(rent, value);
    return ownGpu === undefined ? BASE_ASSUMPTIONS : { ...BASE_ASSUMPTIONS, ownGpu };
  };
  const found = solveBreakEven(contest, { code: CODE, today, worldAt });
  const contracts = contest.deployments.flatMap(({ contract }) => contract ?? []);
  if (contracts.length === 0) return found;
  const isReached = found.some(({ flipsAt }) => isReachable(gpuFactorAt(rent, flipsAt)));
  const untilMs = latestContractEnd(contracts);
  const contract: FixedRate = {
    leastUsdPerHour: leastUsdPerHour(rent) ?? ZERO,
    ...(untilMs === undefined ? {} : { untilMs }),
    isBeyond: !isReached,
  };
  const flips = isReached
    ? found
    : solveBreakEven(contest, { code: CODE, today, ...afterwards(contest) });
  return flips.map((flip) => ({ ...flip, contract }));
}

function isReachable(factor: Exact | undefined): boolean {
  return factor !== undefined && factor.num >= 0n;
}

/** After the contracts end, their charges count as GPU spend too. */
function afterwards({ deployments }: PlanComparison) {
  const { hours, usd } = sumGpuSpend(deployments);
  const charges = sum(deployments.flatMap(({ contract }) => contract?.chargesUsd ?? []));
  const rateThen = divide(add(usd, charges), hours);
  return {
    worldAt: (value: Exact): Assumptions => {
      const ownGpu = isZero(rateThen) ? value : divide(value, rateThen);
      return { ...BASE_ASSUMPTIONS, ownGpu, contracts: 'over' };
    },
  };
}
