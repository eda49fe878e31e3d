/** Computes the replica time each deployment paid for, piece by piece. */

import { apportion } from '../../domain/apportion.ts';
import { type Exact, ONE } from '../../domain/exact.ts';
import { divideRounded } from '../../domain/rounding.ts';
import { sumWhole } from '../../domain/whole.ts';
import type { BilledRow, ChargeBook } from '../chargeBook.ts';
import { cutByDay, type DayGrid } from './days.ts';
import { type OpenPieces, paidPieces, type PaidPieces } from './paidPieces.ts';
import type { SharingWeights } from './sharing.ts';

export interface ReplicaTerms {
  readonly grid: DayGrid;
  readonly share: SharingWeights;
}

/**
 * By deployment. Compute charges that are not credits pay for replica time, spread evenly over
 * their period. 8 GPU-Hours for replicas of two GPUs are four replica-hours; so is one GPU-Hour for
 * replicas of a quarter of a GPU.
 */
export function replicaTime(
  { time, deployments }: ChargeBook,
  { grid, share }: ReplicaTerms,
): PaidPieces[] {
  const pieces = deployments.map(paidPieces);
  const gpus = deployments.map((each) => each.gpus);
  for (const row of time) addPieces(pieces, row, { grid, share, gpus });
  return pieces;
}

function addPieces(
  pieces: readonly OpenPieces[],
  row: BilledRow,
  { grid, share, gpus }: ReplicaTerms & { readonly gpus: readonly Exact[] },
): void {
  const parts = cutByDay(row, grid);
  const weights = parts.map(({ startMs, endMs }) => BigInt(endMs - startMs));
  const split = parts.length === 1 ? [row.ns] : apportion(row.ns, weights);
  for (const [index, { day, startMs, endMs }] of parts.entries()) {
    if (day < 0) continue;
    const { of } = share(row.sharers, day);
    const [whole, isShared] = [sumWhole(of), row.sharers.length > 1];
    for (const [at, deployment] of row.sharers.entries()) {
      const { num, den } = (row.of === 'gpu' ? gpus[deployment] : undefined) ?? ONE;
      const own = (split[index] ?? 0n) * (of[at] ?? 0n) * den;
      const ns = divideRounded(own, whole * num, 'half-even');
      pieces[deployment]?.add({ day, startMs, endMs, ns, isShared });
    }
  }
}
