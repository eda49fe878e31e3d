/**
 * Computes how much of the paid replica time usage covers, by UTC day, and divides the spend
 * accordingly.
 */

import { apportion } from '../../domain/apportion.ts';
import { type Exact, exact, subtract, sum, sumWhole } from '../../domain/exact.ts';
import { firstWhere } from '../../domain/search.ts';
import type { DeploymentBill } from '../bill/bill.ts';
import { mostReplicas, type PaidPiece, paidSpan } from '../bill/replicaTime.ts';
import type { UsageTally } from './usageTally.ts';
import { nanoUsd, sumNano, usd } from '../../domain/money.ts';
import type { SideLack } from '../lack.ts';
import type { PaidTime, Spend } from '../result.ts';

export interface CoveredDay extends Omit<Spend, 'total' | 'billed' | 'compute' | 'uncoveredUsd'> {
  readonly paidNs: bigint;
  readonly coveredNs: bigint;
}

/** Dollars are split to 10^-18, far below anything printed; the parts sum to the whole exactly. */
const ATTO_IN_NANO = 1_000_000_000n;
const ATTO_IN_USD = 1_000_000_000_000_000_000n;

/**
 * Covered time is the smaller of paid and observed time; a day without paid time is covered. $24 on
 * a day with 24 paid and 18 observed hours is $18 covered.
 */
export function coverDays(bill: DeploymentBill, tally: UsageTally): CoveredDay[] {
  const paid = bill.spend.map(() => 0n);
  const seen = bill.spend.map(
    (_, day) => BigInt(Math.round(tally.observedMs[day] ?? 0)) * 1_000_000n,
  );
  for (const piece of bill.pieces) {
    paid[piece.day] = (paid[piece.day] ?? 0n) + piece.ns;
    seen[piece.day] = (seen[piece.day] ?? 0n) + paidWithin(piece, tally.withoutReplicaTime);
  }
  return bill.spend.map((spend, day) => {
    const paidNs = paid[day] ?? 0n;
    const coveredNs = smaller(paidNs, seen[day] ?? 0n);
    const coveredUsdOf = (nanoUsd = 0n) => coveredPart(nanoUsd, { coveredNs, paidNs });
    return {
      paidNs,
      coveredNs,
      coveredUsd: coveredUsdOf(spend),
      coveredComputeUsd: coveredUsdOf(bill.compute[day]),
      coveredStorageUsd: coveredUsdOf(bill.storage[day]),
      coveredCommitmentUsd: coveredUsdOf(bill.commitment[day]),
      coveredReservedUsd: coveredUsdOf(bill.reserved[day]),
    };
  });
}

/** The part of a day's nano-USD in covered time. */
export function coveredPart(
  nanoUsd: bigint,
  { coveredNs, paidNs }: Pick<CoveredDay, 'coveredNs' | 'paidNs'>,
): Exact {
  const atto = nanoUsd * ATTO_IN_NANO;
  if (coveredNs === paidNs) return exact(atto, ATTO_IN_USD);
  const [part = 0n] = apportion(atto, [coveredNs, paidNs - coveredNs]);
  return exact(part, ATTO_IN_USD);
}

/** Time stretches in order, without overlap. */
export interface TimeStretches {
  readonly startMs: readonly number[];
  readonly endMs: readonly number[];
}

/**
 * The paid time of a piece inside the stretches. Intervals without replica time cover everything
 * paid in them.
 */
export function paidWithin(piece: PaidPiece, within: TimeStretches): bigint {
  let sharedMs = 0;
  const first = firstWhere(within.endMs, (endMs) => endMs > piece.startMs);
  for (let at = first; at < within.endMs.length; at += 1) {
    const startMs = Math.max(within.startMs[at] ?? 0, piece.startMs);
    const endMs = Math.min(within.endMs[at] ?? 0, piece.endMs);
    if (startMs >= endMs) break;
    sharedMs += endMs - startMs;
  }
  if (sharedMs === 0) return 0n;
  return (piece.ns * BigInt(sharedMs)) / BigInt(piece.endMs - piece.startMs);
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

export function computeSpend(bill: DeploymentBill, days: readonly CoveredDay[]): Spend {
  const total = sumNano(bill.spend);
  const coveredUsd = sum(days.map((day) => day.coveredUsd));
  return {
    total,
    billed: nanoUsd(total + sumNano(bill.notInTime)),
    compute: sumNano(bill.compute),
    coveredUsd,
    coveredComputeUsd: sum(days.map((day) => day.coveredComputeUsd)),
    coveredStorageUsd: sum(days.map((day) => day.coveredStorageUsd)),
    coveredCommitmentUsd: sum(days.map((day) => day.coveredCommitmentUsd)),
    coveredReservedUsd: sum(days.map((day) => day.coveredReservedUsd)),
    uncoveredUsd: subtract(usd(total), coveredUsd),
  };
}

/** The spend outside GPUs, which stays the same wherever the GPUs are rented. */
export function nonGpuSpend({ coveredUsd, coveredComputeUsd, coveredStorageUsd }: Spend) {
  const notGpu = subtract(coveredUsd, coveredComputeUsd);
  return { storageUsd: coveredStorageUsd, otherUsd: subtract(notGpu, coveredStorageUsd) };
}

/** The reason if there are no paid hours in use. */
export const NO_PAID_HOURS: SideLack = { code: 'no-paid-hours-in-use' };

export function computePaidTime(bill: DeploymentBill, days: readonly CoveredDay[]): PaidTime {
  const paidNs = sumWhole(days.map((day) => day.paidNs));
  const coveredNs = sumWhole(days.map((day) => day.coveredNs));
  const span = paidSpan(bill.pieces);
  return {
    paidNs,
    coveredNs,
    ...(paidNs === 0n ? {} : { coverage: exact(coveredNs, paidNs) }),
    mostReplicas: mostReplicas(bill.pieces),
    ...(span === undefined ? {} : { span }),
  };
}
