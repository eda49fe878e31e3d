/** Whole numbers of any size: their sum, and what divides two of them. */

export function sumWhole(values: Iterable<bigint>): bigint {
  let total = 0n;
  for (const value of values) total += value;
  return total;
}

/** Of numbers that are not negative; 12 and 18 have 6, 0 and 0 have 1. */
export function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y > LARGEST_NUMBER || x > LARGEST_NUMBER) {
    if (y === 0n) return x;
    [x, y] = [y, x % y];
  }
  return BigInt(divisorOf(Number(x), Number(y)));
}

const LARGEST_NUMBER = BigInt(Number.MAX_SAFE_INTEGER);

/** The same of numbers that a double holds exactly, which is many times as fast. */
function divisorOf(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return x === 0 ? 1 : x;
}
