/** Sum and greatest common divisor of integers of any size. */

export function sumWhole(values: Iterable<bigint>): bigint {
  let total = 0n;
  for (const value of values) total += value;
  return total;
}

/** Greatest common divisor of non-negative integers: 6 for 12 and 18, 1 for 0 and 0. */
export function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y > LARGEST_NUMBER || x > LARGEST_NUMBER) {
    if (y === 0n) return x;
    [x, y] = [y, x % y];
  }
  return BigInt(divisorOfNumbers(Number(x), Number(y)));
}

const LARGEST_NUMBER = BigInt(Number.MAX_SAFE_INTEGER);

/** The same for numbers that a double represents exactly, which is many times faster. */
function divisorOfNumbers(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return x === 0 ? 1 : x;
}
