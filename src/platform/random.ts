/** Reproducible random numbers: the same seed gives the same numbers on every machine. */

import { createHash } from 'node:crypto';
import { invariant } from '../domain/failure.ts';

export interface Random {
  /** An integer from 0 to 2^32 - 1. */
  uint32(): number;
  /** A fraction from 0 (inclusive) to 1 (exclusive), in steps of 2^-32. */
  next(): number;
  /** An integer from `low` to `high`, both inclusive. */
  integer(low: number, high: number): number;
}

/**
 * Chris Doty-Humphrey's sfc32: 128 bits of state, 32-bit integer arithmetic. The state is the first
 * 16 bytes of the seed's SHA-256. For jitter, demos and sampling, never for keys.
 */
export function seededRandom(seed: string): Random {
  const uint32 = sfc32(createHash('sha256').update(seed).digest());
  return {
    uint32,
    next: () => uint32() / 2 ** 32,
    integer(low, high) {
      invariant(Number.isSafeInteger(low) && low <= high, `no integers from ${low} to ${high}`);
      return low + Math.floor((uint32() / 2 ** 32) * (high - low + 1));
    },
  };
}

function sfc32(digest: Buffer): () => number {
  let [a, b, c, counter] = [0, 4, 8, 12].map((at) => digest.readInt32LE(at)) as [
    number,
    number,
    number,
    number,
  ];
  return () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  };
}
