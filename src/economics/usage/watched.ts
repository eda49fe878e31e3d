/** Lays the replica time that was seen beside the replica time that was paid for meanwhile. */

import { compare, type Exact, exact, multiply } from '../../domain/exact.ts';
import type { PaidPieces } from '../bill/paidPieces.ts';
import { gpusOfReplica, type ReplicaGpu, replicasOnGpu } from '../replicaGpus.ts';
import type { WatchedTime } from '../result.ts';
import { paidWithin } from './coverage.ts';
import type { UsageTally } from './usageTally.ts';

/**
 * Over the intervals that tell their replica time, and no others: a gap in usage is no
 * disagreement. Two replicas seen for an hour that the bill has one replica in are 2 h seen and
 * 1 h paid. Absent where nothing was paid meanwhile, and where a resource is shared: what was seen
 * decides there who paid for it.
 */
export function watchedTime(
  pieces: PaidPieces,
  { told, observedMs }: Pick<UsageTally, 'told' | 'observedMs'>,
  gpu: ReplicaGpu,
): WatchedTime | undefined {
  if (pieces.anyShared) return undefined;
  let paidNs = 0n;
  for (const piece of pieces) paidNs += paidWithin(piece, told);
  if (paidNs === 0n) return undefined;
  const seenMs = observedMs.reduce((sum, ms) => sum + Math.round(ms), 0);
  const gpus = gpusOfReplica(gpu);
  return { paidNs, seenNs: BigInt(seenMs) * 1_000_000n, gpus, onGpu: replicasOnGpu(gpu.share) };
}

/**
 * True where either is more than `times` the other: 2 h and 1 h are not more than twice apart. Who
 * has a quarter of a GPU may pay for all four.
 */
export function isApart({ seenNs, paidNs, onGpu }: WatchedTime, times: Exact): boolean {
  const [seen, paid] = [exact(seenNs), exact(paidNs)];
  return (
    compare(seen, multiply(paid, times)) > 0 ||
    compare(paid, multiply(multiply(seen, exact(onGpu)), times)) > 0
  );
}
