/** Computes the GPUs of a replica, and the paid replicas if a GPU is released only as a whole. */

import {
  divide,
  type Exact,
  exact,
  exactInteger,
  multiply,
  ONE,
  smaller,
} from '../domain/exact.ts';

/** GPUs of one replica: `count`, with `share` of each; the whole GPU by default. */
export interface ReplicaGpu {
  readonly type: string;
  readonly count: number;
  /** Above 0, at most 1. */
  readonly share?: Exact;
}

/** A quarter of one GPU is 0.25; half of each of two is 1. */
export function gpusPerReplica({ count, share = ONE }: Omit<ReplicaGpu, 'type'>): Exact {
  return multiply(exactInteger(Math.max(1, count)), share);
}

/** Replicas that fit on one GPU: 4 at 0.25, 3 at 0.3, 1 at 0.6. */
export function replicasPerGpu(share: Exact = ONE): bigint {
  return share.den / share.num;
}

/**
 * The replicas whose GPU time is paid for when `replicas` run, because a divided GPU is released as
 * a whole. At 0.25, 5 replicas need two GPUs: 8 are paid for. For up to `most` replicas it is at
 * most `most`: that many were paid for at one time, and the rest of their GPU was not ours. Equal
 * to `replicas` for whole GPUs.
 */
export function paidReplicas(share: Exact | undefined, most = 0): (replicas: number) => Exact {
  if (share === undefined) return exactInteger;
  const onGpu = replicasPerGpu(share);
  return (replicas) => {
    const gpus = (BigInt(Math.ceil(replicas)) + onGpu - 1n) / onGpu;
    const paid = divide(exact(gpus), share);
    return replicas <= most ? smaller(paid, exactInteger(most)) : paid;
  };
}
