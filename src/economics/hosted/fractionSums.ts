/** Sums many fractions to 2^-96 in plain numbers, so intervals need no allocation. */

const DIGIT_BITS = 16;
const BASE = 2 ** DIGIT_BITS;
const DIGITS = 6;
/** Above this divisor a double no longer gives exact digits. */
const LARGEST_PLAIN = 2 ** 36;

/** Sums are scaled by 2^96: divide by this. */
export const FRACTION_SCALE = 1n << BigInt(DIGIT_BITS * DIGITS);

/**
 * Sums of `weight x part / whole` by slot. Each quotient is cut below 2^-96; 300 x 1/3 is 100 less
 * 4 x 10^-27. Weights are integers and sum to less than 2^37: four years of milliseconds.
 */
export class FractionSums {
  readonly #sums: Float64Array;
  readonly #digits = new Float64Array(DIGITS + 1);

  constructor(slots: number) {
    this.#sums = new Float64Array(slots * (DIGITS + 1));
  }

  /** Sets the fraction that {@link add} adds: `part / whole`, with 0 <= part <= whole. */
  divide(part: number, whole: number): void {
    if (whole > LARGEST_PLAIN) {
      this.#divideLarge(BigInt(part), BigInt(whole));
      return;
    }
    let rest = part;
    for (let at = 0; at <= DIGITS; at += 1) {
      const digit = Math.floor(rest / whole);
      this.#digits[at] = digit;
      rest = (rest - digit * whole) * BASE;
    }
  }

  #divideLarge(part: bigint, whole: bigint): void {
    let rest = part;
    for (let at = 0; at <= DIGITS; at += 1) {
      this.#digits[at] = Number(rest / whole);
      rest = (rest % whole) * BigInt(BASE);
    }
  }

  add(slot: number, weight: number): void {
    const from = slot * (DIGITS + 1);
    for (let at = 0; at <= DIGITS; at += 1) {
      this.#sums[from + at] = (this.#sums[from + at] ?? 0) + (this.#digits[at] ?? 0) * weight;
    }
  }

  /** The slot's sum times {@link FRACTION_SCALE}. */
  scaled(slot: number): bigint {
    let whole = 0n;
    for (let at = 0; at <= DIGITS; at += 1) {
      const digit = BigInt(this.#sums[slot * (DIGITS + 1) + at] ?? 0);
      whole = whole * BigInt(BASE) + digit;
    }
    return whole;
  }
}
