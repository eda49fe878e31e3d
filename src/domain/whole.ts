/** Knows whole numbers of any size: their sum, and what divides two of them. */

export function sumWhole(values: Iterable<bigint>): bigint {
  let total = 0n;
  for (const value of values) total += value;
  return total;
}

/** Of numbers that are not negative; 12 and 18 have 6, 0 and 0 have 1. */
export function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x === 0n ? 1n : x;
}
