/** What a contract fixes of a deployment's GPU dollars, and what a change of the GPU rate moves. */

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
import type { Commitment, Contract } from '../stackParts.ts';

/**
 * Fixed is what is owed over the next window, at most what is paid now, less the commitment's own
 * charges; and reserved capacity that no commitment names. $6,000 owed, $9,000 of GPUs and $1,000
 * of commitment charges: $5,000 are fixed, $4,000 move.
 */
export function contractOf(
  spend: Spend,
  commitments: readonly Commitment[],
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

/** Its part of all that is left: of $30,000 until the end a third, as of the next window. */
function remainingOf({ months, owedUsd, shares }: Commitment, deployment: string): Exact {
  const whole = sum(months.map(({ usd }) => usd));
  const share = shares.get(deployment) ?? ZERO;
  return isZero(owedUsd) ? ZERO : multiply(whole, divide(share, owedUsd));
}

/**
 * GPU dollars at another rate: those that a contract fixes come first and stay, the rest is
 * multiplied. $9,000 of which $5,000 are fixed, at 0.7: $5,000 + $4,000 x 0.7 = $7,800.
 */
export function movedGpuUsd(gpuUsd: Exact, fixedGpuUsd: Exact, factor: Exact): Exact {
  const fixed = larger(ZERO, smaller(gpuUsd, fixedGpuUsd));
  return add(fixed, multiply(subtract(gpuUsd, fixed), factor));
}

/** The end of the last of several contracts; `undefined` where one does not tell its end. */
export function lastEnd(contracts: readonly Contract[]): number | undefined {
  const ends = contracts.map(({ untilMs }) => untilMs ?? Infinity);
  const last = Math.max(...ends);
  return Number.isFinite(last) ? last : undefined;
}
