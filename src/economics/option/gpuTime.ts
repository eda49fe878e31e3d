/** Computes paid and covered GPU time by day, split at price changes. */

import { apportion } from '../../domain/apportion.ts';
import { divideRounded } from '../../domain/rounding.ts';
import { firstWhere } from '../../domain/search.ts';
import type { PaidPiece } from '../bill/paidPieces.ts';
import { gpusPerReplica } from '../replicaGpus.ts';
import type { OptionFacts } from './optionFacts.ts';

/** Covered GPU time within one day and between two changes. */
export interface GpuTime {
  readonly day: number;
  /** Its first paid instant; prices are constant from here to its last one. */
  readonly startMs: number;
  readonly gpuNs: bigint;
}

/**
 * Covered replica time of each day x GPUs per replica, spread over the day's paid time and split at
 * each change. The parts sum to it and are in time order. Two replicas of 4 GPUs for an hour split
 * in half are 4 and 4 GPU-hours.
 */
export function gpuTimes(
  { bill, covered, input }: Pick<OptionFacts, 'bill' | 'covered' | 'input'>,
  changesMs: readonly number[],
): GpuTime[] {
  const { num, den } = gpusPerReplica(input.gpu);
  const paid = paidParts(bill.pieces, changesMs).sort((a, b) => a.startMs - b.startMs);
  return [...Map.groupBy(paid, ({ day }) => day)].flatMap(([day, parts]) => {
    const replicaNs = covered[day]?.coveredNs ?? 0n;
    const coveredNs = divideRounded(replicaNs * num, den, 'half-even');
    if (coveredNs === 0n) return [];
    const weights = parts.map(({ gpuNs }) => gpuNs);
    return apportion(coveredNs, weights).flatMap((gpuNs, at) => {
      const { startMs } = parts[at] ?? {};
      return startMs === undefined || gpuNs === 0n ? [] : { day, startMs, gpuNs };
    });
  });
}

/** Paid replica time by day and span between changes. */
function paidParts(pieces: Iterable<PaidPiece>, changesMs: readonly number[]): GpuTime[] {
  const cuts = [...new Set(changesMs)].sort((a, b) => a - b);
  const parts = new Map<number, GpuTime>();
  for (const piece of pieces) {
    let [startMs, assigned] = [piece.startMs, 0n];
    for (let cut = firstWhere(cuts, (at) => at > startMs); startMs < piece.endMs; cut += 1) {
      const endMs = Math.min(cuts[cut] ?? piece.endMs, piece.endMs);
      const upTo = paidUntil(piece, endMs);
      addPart(parts, piece.day * (cuts.length + 1) + cut, {
        day: piece.day,
        startMs,
        gpuNs: upTo - assigned,
      });
      [startMs, assigned] = [endMs, upTo];
    }
  }
  return [...parts.values()];
}

function addPart(parts: Map<number, GpuTime>, key: number, part: GpuTime): void {
  if (part.gpuNs === 0n) return;
  const known = parts.get(key);
  parts.set(key, {
    day: part.day,
    startMs: Math.min(part.startMs, known?.startMs ?? part.startMs),
    gpuNs: part.gpuNs + (known?.gpuNs ?? 0n),
  });
}

/** Nanoseconds that a piece paid for before an instant, spread evenly over it. */
function paidUntil({ startMs, endMs, ns }: PaidPiece, instantMs: number): bigint {
  return (ns * BigInt(instantMs - startMs)) / BigInt(endMs - startMs);
}
