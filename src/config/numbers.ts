/** The numbers of a config file: shares, amounts, counts, durations, exact as written. */

import { compare, type Exact, exact, multiply, ONE, toDecimal, ZERO } from '../domain/exact.ts';
import { exactOf, unquote, valueOf } from './value.ts';

interface NumberRule {
  readonly expected: string;
  readonly json: Readonly<Record<string, unknown>>;
  readonly fits: (value: Exact) => boolean;
  readonly remedy?: (value: Exact) => string | undefined;
}

/** A number kept as the decimal that was written, never as a double. */
function exactNumber({ expected, json, fits, remedy }: NumberRule) {
  return valueOf<Exact>({
    expected,
    json: { type: 'number', ...json },
    read(value) {
      const number = exactOf(value);
      return number !== undefined && fits(number) ? number : undefined;
    },
    remedy(value) {
      const number = exactOf(value);
      return number === undefined ? unquote(value) : remedy?.(number);
    },
  });
}

/** More than any amount, rate or count of hours that a company has: what is above is a slip. */
const MOST = 1_000_000_000;
/** Finer than any price; without an end, sums would drag hundreds of digits along. */
const MOST_DECIMALS = 30n;

const UP_TO = `at most ${MOST.toLocaleString('en-US')}`;

function isInReach(number: Exact): boolean {
  return compare(number, exact(BigInt(MOST))) <= 0 && 10n ** MOST_DECIMALS % number.den === 0n;
}

/** 0 or more: `notNegative('hours')`. */
export function notNegative(what: string) {
  return exactNumber({
    expected: `${what}, 0 or more, ${UP_TO}`,
    json: { minimum: 0, maximum: MOST },
    fits: (number) => compare(number, ZERO) >= 0 && isInReach(number),
  });
}

/** Above 0: `positive('US dollars an hour')`. */
export function positive(what: string) {
  return exactNumber({
    expected: `${what}, above 0, ${UP_TO}`,
    json: { exclusiveMinimum: 0, maximum: MOST },
    fits: (number) => compare(number, ZERO) > 0 && isInReach(number),
  });
}

/** 0 to 1. Whoever wrote 99 meant 0.99, and is told so. */
export function share() {
  return exactNumber({
    expected: 'a share between 0 and 1',
    json: { minimum: 0, maximum: 1 },
    fits: (number) => compare(number, ZERO) >= 0 && compare(number, ONE) <= 0,
    remedy: percentRemedy,
  });
}

/** A share that something is divided by: nothing at all is none. */
export function shareAboveZero() {
  return exactNumber({
    expected: 'a share above 0, at most 1',
    json: { exclusiveMinimum: 0, maximum: 1 },
    fits: (number) => compare(number, ZERO) > 0 && compare(number, ONE) <= 0,
    remedy: percentRemedy,
  });
}

/** Smaller parts of a GPU than a thousandth serve nothing. */
const LEAST_SHARE = exact(1n, 1000n);
const FRACTION = /^([1-9]\d{0,2}) ?\/ ?([1-9]\d{0,2})$/;

/** A part of a GPU: `0.25`, or as makers cut it, `1/7`. */
export function gpuShare() {
  return valueOf<Exact>({
    expected: 'a share of a GPU from 0.001 to 1, such as 0.25 or 1/7',
    json: {
      anyOf: [
        { type: 'number', minimum: 0.001, maximum: 1 },
        { type: 'string', pattern: FRACTION.source },
      ],
    },
    read(value) {
      const [, num, den] = FRACTION.exec(typeof value === 'string' ? value : '') ?? [];
      const told = num && den ? exact(BigInt(num), BigInt(den)) : exactOf(value);
      if (told === undefined) return undefined;
      return compare(told, LEAST_SHARE) >= 0 && compare(told, ONE) <= 0 ? told : undefined;
    },
    remedy(value) {
      const number = exactOf(value);
      return number === undefined ? unquote(value) : percentRemedy(number);
    },
  });
}

function percentRemedy(number: Exact): string | undefined {
  if (compare(number, ONE) <= 0 || compare(number, exact(100n)) > 0) return undefined;
  return `write ${trimmed(number)}% as ${trimmed(multiply(number, exact(1n, 100n)))}`;
}

function trimmed(number: Exact): string {
  return toDecimal(number, 6).replace(/\.?0+$/, '');
}

/** No worker takes a day to start or to be let go. */
const MOST_SECONDS = 86_400;

/** A duration in seconds as written, milliseconds once read: `0.5` is 500. */
export function seconds() {
  return valueOf<number>({
    expected: `seconds from 0 to ${MOST_SECONDS.toLocaleString('en-US')}, at most three decimals`,
    json: { type: 'number', minimum: 0, maximum: MOST_SECONDS },
    read(value) {
      const number = exactOf(value);
      const ms = number === undefined ? undefined : multiply(number, exact(1000n));
      const isInDay = ms !== undefined && ms.num >= 0n && ms.num <= BigInt(MOST_SECONDS) * 1000n;
      return isInDay && ms.den === 1n ? Number(ms.num) : undefined;
    },
    remedy: unquote,
  });
}

/** A count from `minimum` to `maximum`. */
export function whole(minimum: number, maximum: number) {
  return valueOf<number>({
    expected: `a whole number from ${minimum} to ${maximum}`,
    json: { type: 'integer', minimum, maximum },
    read(value) {
      const number = exactOf(value);
      const count = number?.den === 1n ? safe(number.num) : undefined;
      return count !== undefined && count >= minimum && count <= maximum ? count : undefined;
    },
    remedy: unquote,
  });
}

function safe(value: bigint): number | undefined {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : undefined;
}
