/** Knows which replica time each deployment's bills paid for, piece by piece. */

import { apportion } from '../../domain/apportion.ts';
import { divideRounded } from '../../domain/rounding.ts';
import { sumWhole } from '../../domain/whole.ts';
import { cutByDay, type DayGrid, type Piece } from './days.ts';
import { type Inventory, resourceKey } from './inventory.ts';
import type { Line } from './line.ts';
import { type BilledTime, type Bucket, billedTimes } from './paidTime.ts';
import type { Sharing } from './sharing.ts';

const NS_IN_MS = 1_000_000n;

/** Replica time that one deployment paid for in a part of a day. */
export interface PaidPiece extends Piece {
  readonly deployment: number;
  readonly ns: bigint;
  /** True where others have a part of the same time, by what was seen of each. */
  readonly isShared: boolean;
}

export interface ReplicaTime {
  readonly pieces: readonly PaidPiece[];
  /** What had to be guessed, with the resource and the deployments it serves. */
  readonly guesses: readonly {
    readonly kind: NonNullable<BilledTime['guess']>;
    readonly resourceId: string;
    readonly sharers: readonly number[];
  }[];
}

interface SharedBucket extends Bucket {
  readonly resourceId: string;
  readonly sharers: readonly number[];
}

export interface ReplicaTerms {
  readonly grid: DayGrid;
  readonly share: Sharing;
  readonly inventory: Inventory;
  /** GPUs of one replica of each deployment. */
  readonly gpus: readonly bigint[];
}

/**
 * Compute lines that are no credits pay for replica time, spread evenly over their period.
 * 8 GPU-Hours for replicas of two GPUs are four replica-hours.
 */
export function replicaTime(lines: readonly Line[], terms: ReplicaTerms): ReplicaTime {
  const buckets = bucketsOf(lines, terms.inventory);
  const times = billedTimes(buckets);
  const pieces: PaidPiece[] = [];
  const guesses: ReplicaTime['guesses'][number][] = [];
  for (const [index, bucket] of buckets.entries()) {
    const time = times[index];
    if (time === undefined) continue;
    addPieces(pieces, { bucket, time }, terms);
    const { resourceId, sharers } = bucket;
    if (time.guess !== undefined) guesses.push({ kind: time.guess, resourceId, sharers });
  }
  return { pieces, guesses };
}

function bucketsOf(lines: readonly Line[], inventory: Inventory): SharedBucket[] {
  const buckets = new Map<string, SharedBucket>();
  for (const { charge, sharers } of lines) {
    if (charge.category !== 'compute' || charge.billed < 0n) continue;
    const { sourceId, resourceId, period } = charge;
    const resource = resourceKey(sourceId, resourceId);
    const key = `${resource}\u0000${period.startMs}\u0000${period.endMs}\u0000${sharers.join()}`;
    const known = inventory.get(resource);
    const bucket = buckets.get(key) ?? {
      resource,
      resourceId,
      period,
      charges: [],
      known,
      sharers,
    };
    bucket.charges.push(charge);
    buckets.set(key, bucket);
  }
  return [...buckets.values()];
}

function addPieces(
  pieces: PaidPiece[],
  { bucket, time }: { bucket: SharedBucket; time: BilledTime },
  { grid, share, gpus }: ReplicaTerms,
): void {
  const ns = divideRounded(time.ms.num * NS_IN_MS, time.ms.den, 'half-even');
  if (ns === 0n) return;
  const parts = cutByDay(bucket.period, grid);
  const weights = parts.map(({ startMs, endMs }) => BigInt(endMs - startMs));
  const split = parts.length === 1 ? [ns] : apportion(ns, weights);
  for (const [index, part] of parts.entries()) {
    if (part.day < 0) continue;
    const { of } = share(bucket.sharers, part.day);
    const [whole, isShared] = [sumWhole(of), bucket.sharers.length > 1];
    for (const [at, deployment] of bucket.sharers.entries()) {
      const perReplica = time.of === 'gpu' ? (gpus[deployment] ?? 1n) : 1n;
      const own = (split[index] ?? 0n) * (of[at] ?? 0n);
      const each = divideRounded(own, whole * perReplica, 'half-even');
      pieces.push({ ...part, deployment, ns: each, isShared });
    }
  }
}
