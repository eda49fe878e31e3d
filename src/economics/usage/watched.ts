/** Compares observed replica time with the replica time paid for in the same intervals. */

import { compare, type Exact, exact, multiply } from '../../domain/exact.ts';
import type { PaidPieces } from '../bill/paidPieces.ts';
import { gpusPerReplica, type ReplicaGpu, replicasPerGpu } from '../replicaGpus.ts';
import type { ObservedTime } from '../result.ts';
import { paidWithin } from './coverage.ts';
import type { UsageTally } from './usageTally.ts';

/**
 * Over intervals that state their replica time only, because a gap in usage is not a disagreement.
 * Two replicas observed for an hour with one billed replica are 2 h observed and 1 h paid.
 * `undefined` if nothing was paid meanwhile, or if a resource is shared: usage itself determines
 * the paid shares there.
 */
export function observedTime(
  pieces: PaidPieces,
  { withReplicaTime, observedMs }: Pick<UsageTally, 'withReplicaTime' | 'observedMs'>,
  gpu: ReplicaGpu,
): ObservedTime | undefined {
  if (pieces.anyShared) return undefined;
  let paidNs = 0n;
  for (const piece of pieces) paidNs += paidWithin(piece, withReplicaTime);
  if (paidNs === 0n) return undefined;
  const seenMs = observedMs.reduce((sum, ms) => sum + Math.round(ms), 0);
  const gpus = gpusPerReplica(gpu);
  return { paidNs, seenNs: BigInt(seenMs) * 1_000_000n, gpus, onGpu: replicasPerGpu(gpu.share) };
}

/**
 * Whether either is more than `times` the other: 2 h and 1 h are not more than twice apart. A
 * deployment with a quarter of a GPU may pay for all four.
 */
export function differsBy({ seenNs, paidNs, onGpu }: ObservedTime, times: Exact): boolean {
  const [seen, paid] = [exact(seenNs), exact(paidNs)];
  return (
    compare(seen, multiply(paid, times)) > 0 ||
    compare(paid, multiply(multiply(seen, exact(onGpu)), times)) > 0
  );
}
