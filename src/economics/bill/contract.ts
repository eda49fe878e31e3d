/**
 * Computes the part of GPU spend that contracts fix, and the effect of another GPU rate on the
 * rest.
 */

import {
  add,
  divide,
  type Exact,
  isZero,
  larger,
  multiply,
  smaller,
  subtract,
  sum,
  ZERO,
} from '../../domain/exact.ts';
import type { DeploymentEconomics, Spend } from '../result.ts';
import type { Contract, StackCommitment } from '../stackParts.ts';

/**
 * The fixed part is the commitment of the next period, at most the current spend, minus the
 * commitment's own charges; plus reserved capacity without a stated commitment. $6,000 committed,
 * $9,000 of GPUs and $1,000 of commitment charges: $5,000 are fixed, $4,000 vary.
 */
export function findContract(
  spend: Spend,
  commitments: readonly StackCommitment[],
  deployment: string,
): Contract | undefined {
  const own = commitments.filter(({ shares }) => (shares.get(deployment) ?? ZERO).num > 0n);
  const reservedUsd = larger(ZERO, spend.coveredReservedUsd);
  if (own.length === 0 && reservedUsd.num === 0n) return undefined;
  const committedUsd = sum(own.map(({ shares }) => shares.get(deployment) ?? ZERO));
  const chargesUsd = own.length === 0 ? ZERO : spend.coveredCommitmentUsd;
  const owedUsd = larger(ZERO, subtract(smaller(committedUsd, spend.coveredUsd), chargesUsd));
  const gpuUsd = larger(ZERO, spend.coveredComputeUsd);
  const fixedGpuUsd = smaller(gpuUsd, add(owedUsd, reservedUsd));
  const ends = own.map(({ untilMs }) => untilMs);
  const isEndKnown = reservedUsd.num === 0n;
  const remainingUsd = sum(own.map((commitment) => remainingOf(commitment, deployment)));
  const end = isEndKnown ? { untilMs: Math.max(...ends) } : {};
  return { fixedGpuUsd, chargesUsd, remainingUsd, ...end };
}

/**
 * A deployment's part of the whole remaining commitment, in its proportion of the next period: of
 * $30,000 until the end, a third.
 */
function remainingOf({ months, owedUsd, shares }: StackCommitment, deployment: string): Exact {
  const whole = sum(months.map(({ usd }) => usd));
  const share = shares.get(deployment) ?? ZERO;
  return isZero(owedUsd) ? ZERO : multiply(whole, divide(share, owedUsd));
}

/**
 * GPU spend at another rate: the fixed part stays, the rest is multiplied. $9,000 with $5,000
 * fixed, at 0.7: $5,000 + $4,000 x 0.7 = $7,800.
 */
export function repriceGpuUsd(gpuUsd: Exact, fixedGpuUsd: Exact, factor: Exact): Exact {
  const fixed = larger(ZERO, smaller(gpuUsd, fixedGpuUsd));
  return add(fixed, multiply(subtract(gpuUsd, fixed), factor));
}

/** The latest end of several contracts; `undefined` if an end is unknown. */
export function latestContractEnd(contracts: readonly Contract[]): number | undefined {
  const ends = contracts.map(({ untilMs }) => untilMs ?? Infinity);
  const last = Math.max(...ends);
  return Number.isFinite(last) ? last : undefined;
}

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
