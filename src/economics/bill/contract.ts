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
import type { Spend } from '../result.ts';
import type { StackCommitment, Contract } from '../stackParts.ts';

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
