/** How much GPU one replica has, and how much is paid for where a GPU is let go of as a whole. */

import {
  divide,
  type Exact,
  exact,
  exactInteger,
  multiply,
  ONE,
  smaller,
} from '../domain/exact.ts';

/** GPUs of one replica: `count` of them, and of each the `share`, all of it unless told. */
export interface ReplicaGpu {
  readonly type: string;
  readonly count: number;
  /** Above 0, at most 1. */
  readonly share?: Exact;
}

/** A quarter of one GPU is 0.25, a half of each of two is 1. */
export function gpusOfReplica({ count, share = ONE }: Omit<ReplicaGpu, 'type'>): Exact {
  return multiply(exactInteger(Math.max(1, count)), share);
}

/** How many replicas one GPU holds: 4 at 0.25, 3 at 0.3, 1 at 0.6. */
export function replicasOnGpu(share: Exact = ONE): bigint {
  return share.den / share.num;
}

/**
 * The replicas whose GPU time is paid for where `replicas` run, since a GPU that is cut up is let
 * go of as a whole. At 0.25, 5 replicas keep two GPUs: 8 are paid for. No more than `most` for no
 * more replicas than that: so many were paid for at once, and the rest of their GPU was not ours.
 * The same number where a replica has whole GPUs.
 */
export function paidReplicas(share: Exact | undefined, most = 0): (replicas: number) => Exact {
  if (share === undefined) return exactInteger;
  const onGpu = replicasOnGpu(share);
  return (replicas) => {
    const gpus = (BigInt(Math.ceil(replicas)) + onGpu - 1n) / onGpu;
    const paid = divide(exact(gpus), share);
    return replicas <= most ? smaller(paid, exactInteger(most)) : paid;
  };
}
