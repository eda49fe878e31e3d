/**
 * Exact rational numbers and whole numbers of any size: dollars, rates and ratios stay exact until
 * they are printed.
 */

import { invariant } from './failure.ts';

/** `num / den`, always reduced, `den` always positive. Build it with {@link exact} only. */
export interface Exact {
  readonly num: bigint;
  readonly den: bigint;
}

export const ZERO: Exact = Object.freeze({ num: 0n, den: 1n });
export const ONE: Exact = Object.freeze({ num: 1n, den: 1n });
const TEN: Exact = Object.freeze({ num: 10n, den: 1n });

/** `num / den` in lowest terms. `exact(6n, -4n)` is -3/2. A zero `den` is a bug. */
export function exact(num: bigint, den: bigint = 1n): Exact {
  invariant(den !== 0n, 'an exact number has no zero denominator');
  if (den === 1n) return { num, den };
  const divisor = greatestCommonDivisor(num < 0n ? -num : num, den < 0n ? -den : den);
  const sign = den < 0n ? -1n : 1n;
  return { num: (sign * num) / divisor, den: (sign * den) / divisor };
}

/** The exact value of a whole JavaScript number (a count, milliseconds). */
export function exactInteger(value: number): Exact {
  invariant(Number.isSafeInteger(value), `not a safe integer: ${value}`);
  return { num: BigInt(value), den: 1n };
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * Reads a decimal as it is written: `'1.50'`, `'-0.25'`, `'7.5e-08'`. Anything else is `undefined`.
 * JSON numbers come here as source text, so `0.1` is one tenth and not the nearest double.
 */
export function parseExact(text: string): Exact | undefined {
  const match = DECIMAL.exec(text.trim());
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  if (whole.length + fraction.length === 0) return undefined;
  const digits = BigInt(`${whole}${fraction}`) * (sign === '-' ? -1n : 1n);
  const scale = Number(exponent) - fraction.length;
  return scale >= 0 ? exact(digits * 10n ** BigInt(scale)) : exact(digits, 10n ** BigInt(-scale));
}

/** {@link parseExact} for constants and for config values already checked by a schema. */
export function decimal(text: string): Exact {
  const value = parseExact(text);
  invariant(value !== undefined, `not a decimal number: ${text}`);
  return value;
}

export function add(a: Exact, b: Exact): Exact {
  if (a.den === b.den) return exact(a.num + b.num, a.den);
  return exact(a.num * b.den + b.num * a.den, a.den * b.den);
}

export function negate(a: Exact): Exact {
  return { num: -a.num, den: a.den };
}

export function subtract(a: Exact, b: Exact): Exact {
  return add(a, negate(b));
}

export function multiply(a: Exact, b: Exact): Exact {
  return exact(a.num * b.num, a.den * b.den);
}

/**
 * `a / b`. Dividing by zero is a bug: check {@link isZero} first and treat the result as unknown.
 */
export function divide(a: Exact, b: Exact): Exact {
  return exact(a.num * b.den, a.den * b.num);
}

/** The sum, reduced once at the end because reducing is the slow part. */
export function sum(values: Iterable<Exact>): Exact {
  let [num, den] = [0n, 1n];
  for (const value of values) {
    if (value.den !== den && den % value.den !== 0n) {
      const factor = value.den / greatestCommonDivisor(den, value.den);
      [num, den] = [num * factor, den * factor];
    }
    num += value.den === den ? value.num : value.num * (den / value.den);
  }
  return exact(num, den);
}

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`. */
export function compare(a: Exact, b: Exact): -1 | 0 | 1 {
  const difference = a.num * b.den - b.num * a.den;
  if (difference === 0n) return 0;
  return difference < 0n ? -1 : 1;
}

export function smaller(a: Exact, b: Exact): Exact {
  return compare(a, b) <= 0 ? a : b;
}

export function larger(a: Exact, b: Exact): Exact {
  return compare(a, b) >= 0 ? a : b;
}

export function isZero(a: Exact): boolean {
  return a.num === 0n;
}

/** The nearest integer by a named rounding mode. */
export function toInteger(a: Exact, mode: RoundingMode = 'half-even'): bigint {
  return divideRounded(a.num, a.den, mode);
}

/**
 * The value with a fixed number of decimals, half to even by default. `toDecimal(exact(5n, 13n),
 * 6)` is `'0.384615'`.
 */
export function toDecimal(a: Exact, places: number, mode: RoundingMode = 'half-even'): string {
  const scaled = divideRounded(a.num * 10n ** BigInt(places), a.den, mode);
  return scaledDecimal(scaled, places);
}

/** An integer count of 10^-places units as a decimal: `decimalText(1500n, 3)` is `'1.500'`. */
export function scaledDecimal(scaled: bigint, places: number): string {
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(places + 1, '0');
  const sign = scaled < 0n ? '-' : '';
  if (places === 0) return `${sign}${digits}`;
  return `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/**
 * The nearest double, for charts and probabilities only: never for money that is summed or printed.
 */
export function toNumber(a: Exact): number {
  return Number(toDecimal(a, 12));
}

/** `digits` significant digits of a positive number, as a plain decimal. */
export function toSignificantDigits(value: Exact, digits: number): string {
  let rounded = toDecimal(value, places(value, digits));
  // Rounding up may have added a digit: 9.996 with three is 10.0, not 10.00.
  rounded = toDecimal(decimal(rounded), places(decimal(rounded), digits));
  const surplus = Math.max(0, wholeDigits(value) - digits);
  if (surplus === 0) return rounded;
  const step = 10n ** BigInt(surplus);
  return `${toDecimal(exact(value.num, value.den * step), 0)}${'0'.repeat(surplus)}`;
}

function places(value: Exact, digits: number): number {
  const whole = wholeDigits(value);
  if (whole > 0) return Math.max(0, digits - whole);
  let leadingZeros = 0;
  for (let scaled = multiply(value, TEN); compare(scaled, ONE) < 0; leadingZeros += 1) {
    scaled = multiply(scaled, TEN);
  }
  return leadingZeros + digits;
}

/** Digits before the decimal point; 0 for values below 1. */
function wholeDigits(value: Exact): number {
  const whole = toDecimal(value, 0, 'floor');
  return whole === '0' ? 0 : whole.length;
}

/** Removes trailing zeros of a fraction. */
export function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

export function sumWhole(values: Iterable<bigint>): bigint {
  let total = 0n;
  for (const value of values) total += value;
  return total;
}

/** Sorts the largest first: `amounts.sort(largestFirst)`. */
export function largestFirst(a: bigint, b: bigint): number {
  return a === b ? 0 : a > b ? -1 : 1;
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

export type RoundingMode = 'half-even' | 'half-away' | 'toward-zero' | 'floor' | 'ceiling';

/**
 * `num / den` as one integer. Exact halves are rounded by `mode`. `den` must be positive.
 *
 * Worked numbers: `divideRounded(5n, 2n, 'half-even')` is 2, `(7n, 2n)` is 4, `(-5n, 2n, 'floor')`
 * is -3.
 */
export function divideRounded(num: bigint, den: bigint, mode: RoundingMode): bigint {
  invariant(den > 0n, `a divisor must be positive, got ${den}`);
  const quotient = num / den;
  const remainder = num % den;
  if (remainder === 0n) return quotient;
  return quotient + stepAwayFromZero({ quotient, remainder, den }, mode);
}

interface Truncated {
  readonly quotient: bigint;
  readonly remainder: bigint;
  readonly den: bigint;
}

function stepAwayFromZero({ quotient, remainder, den }: Truncated, mode: RoundingMode): bigint {
  const away = remainder < 0n ? -1n : 1n;
  switch (mode) {
    case 'toward-zero':
      return 0n;
    case 'floor':
      return away < 0n ? -1n : 0n;
    case 'ceiling':
      return away > 0n ? 1n : 0n;
    case 'half-away':
      return twice(remainder) >= den ? away : 0n;
    case 'half-even':
      return twice(remainder) > den || (twice(remainder) === den && quotient % 2n !== 0n)
        ? away
        : 0n;
  }
}

function twice(remainder: bigint): bigint {
  return remainder < 0n ? -2n * remainder : 2n * remainder;
}
