/** Computes the GPUs of a replica, the paid replicas, and how many replicas a load needs. */

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

export interface NeedTerms {
  readonly tokensPerSecond: Exact;
  /** Maximum load of a replica as a share of its capacity. */
  readonly headroom: Exact;
  /** Factor on all tokens. */
  readonly scale: Exact;
}

/** Farther than this from an integer (as a share), a double determines on which side it is. */
const TOO_NEAR = 1e-9;
const MOST_COUNTED = 2 ** 50;

/**
 * The fewest replicas for the tokens of an interval: tokens / (length x capacity x headroom),
 * rounded up. At 3,000 tokens/s and 0.8, 8,640,000 tokens in an hour need 1, one more token 2.
 */
export function replicaNeed(terms: NeedTerms): (tokens: number, lengthMs: number) => number {
  const loaded = multiply(terms.tokensPerSecond, terms.headroom);
  const perToken = divide(multiply(terms.scale, exact(1000n)), loaded);
  const guess = toApproximateNumber(perToken);
  return (tokens, lengthMs) => {
    if (tokens === 0) return 0;
    const needed = (tokens / lengthMs) * guess;
    if (!(needed < MOST_COUNTED)) return needed;
    const whole = Math.round(needed);
    if (Math.abs(needed - whole) > TOO_NEAR * Math.max(1, needed)) return Math.ceil(needed);
    const held = BigInt(whole) * BigInt(lengthMs) * perToken.den;
    return BigInt(tokens) * perToken.num > held ? whole + 1 : whole;
  };
}

/** A double can represent numbers of this many bits, and slightly more. */
const BITS_KEPT = 1000;
const BITS_IN_HEX = 4;

/** Within a few parts in 10^16, for a non-negative number of any length. */
export function toApproximateNumber({ num, den }: Exact): number {
  const bits = Math.max(num.toString(16).length, den.toString(16).length) * BITS_IN_HEX;
  const dropped = BigInt(Math.max(0, bits - BITS_KEPT));
  return Number(num >> dropped) / Number(den >> dropped);
}
