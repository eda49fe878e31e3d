/**
 * Schemas of numbers in the config file: shares, amounts, counts and durations, exact as written.
 */

import { z } from 'zod';
import {
  compare,
  type Exact,
  exact,
  multiply,
  ONE,
  parseExact,
  toDecimal,
  ZERO,
} from '../domain/exact.ts';
import { groupThousands } from '../domain/figures.ts';
import { JsonNumber } from '../platform/json.ts';
import { isSection } from './paths.ts';
import { acrossKeys, type Given, valueSchema } from './rules.ts';

/** Returns the number as written; `undefined` if the value is not a number. */
function toExactNumber(value: unknown): Exact | undefined {
  return value instanceof JsonNumber ? parseExact(value.text) : undefined;
}

/** Returns advice for a number in quotes. */
function unquoteAdvice(value: unknown): string | undefined {
  const isNumber = typeof value === 'string' && parseExact(value) !== undefined;
  return isNumber ? 'write the number without quotes' : undefined;
}

interface NumberRule {
  readonly expected: string;
  readonly json: Readonly<Record<string, unknown>>;
  readonly fits: (value: Exact) => boolean;
  readonly remedy?: (value: Exact) => string | undefined;
}

/** A number kept as the decimal that was written, never as a double. */
function exactNumber({ expected, json, fits, remedy }: NumberRule) {
  return valueSchema<Exact>({
    expected,
    json: { type: 'number', ...json },
    read(value) {
      const number = toExactNumber(value);
      return number !== undefined && fits(number) ? number : undefined;
    },
    remedy(value) {
      const number = toExactNumber(value);
      return number === undefined ? unquoteAdvice(value) : remedy?.(number);
    },
  });
}

/** Larger than any real amount, rate or number of hours; a larger number is a typo. */
const MAX_NUMBER = 1_000_000_000;
/** More decimals than any price has. Without a limit, sums would carry hundreds of digits. */
const MAX_DECIMALS = 30n;

const UP_TO = `at most ${groupThousands(MAX_NUMBER)}`;

function isInRange(number: Exact): boolean {
  return compare(number, exact(BigInt(MAX_NUMBER))) <= 0 && 10n ** MAX_DECIMALS % number.den === 0n;
}

/** 0 or more: `notNegative('hours')`. */
export function nonNegativeSchema(what: string) {
  return exactNumber({
    expected: `${what}, 0 or more, ${UP_TO}`,
    json: { minimum: 0, maximum: MAX_NUMBER },
    fits: (number) => compare(number, ZERO) >= 0 && isInRange(number),
  });
}

/** Above 0: `positive('US dollars an hour')`. */
export function positiveSchema(what: string) {
  return exactNumber({
    expected: `${what}, above 0, ${UP_TO}`,
    json: { exclusiveMinimum: 0, maximum: MAX_NUMBER },
    fits: (number) => compare(number, ZERO) > 0 && isInRange(number),
  });
}

/** From 0 to 1. A number like 99 is rejected with the advice to write 0.99. */
export function shareSchema() {
  return exactNumber({
    expected: 'a share between 0 and 1',
    json: { minimum: 0, maximum: 1 },
    fits: (number) => compare(number, ZERO) >= 0 && compare(number, ONE) <= 0,
    remedy: percentRemedy,
  });
}

/** A share above 0, for values that something is divided by. */
export function positiveShareSchema() {
  return exactNumber({
    expected: 'a share above 0, at most 1',
    json: { exclusiveMinimum: 0, maximum: 1 },
    fits: (number) => compare(number, ZERO) > 0 && compare(number, ONE) <= 0,
    remedy: percentRemedy,
  });
}

/** Less than a thousandth of a GPU cannot serve a model. */
const MIN_GPU_SHARE = exact(1n, 1000n);
const FRACTION = /^([1-9]\d{0,2}) ?\/ ?([1-9]\d{0,2})$/;

/** A share of a GPU: `0.25`, or `1/7` as makers slice it. */
export function gpuShareSchema() {
  return valueSchema<Exact>({
    expected: 'a share of a GPU from 0.001 to 1, such as 0.25 or 1/7',
    json: {
      anyOf: [
        { type: 'number', minimum: 0.001, maximum: 1 },
        { type: 'string', pattern: FRACTION.source },
      ],
    },
    read(value) {
      const [, num, den] = FRACTION.exec(typeof value === 'string' ? value : '') ?? [];
      const parsed = num && den ? exact(BigInt(num), BigInt(den)) : toExactNumber(value);
      if (parsed === undefined) return undefined;
      return compare(parsed, MIN_GPU_SHARE) >= 0 && compare(parsed, ONE) <= 0 ? parsed : undefined;
    },
    remedy(value) {
      const number = toExactNumber(value);
      return number === undefined ? unquoteAdvice(value) : percentRemedy(number);
    },
  });
}

function percentRemedy(number: Exact): string | undefined {
  if (compare(number, ONE) <= 0 || compare(number, exact(100n)) > 0) return undefined;
  return `write ${trimmed(number, 6)}% as ${trimmed(multiply(number, exact(1n, 100n)), 6)}`;
}

function trimmed(number: Exact, places: number): string {
  return toDecimal(number, places).replace(/\.?0+$/, '');
}

/** An estimate with its lowest and highest value. */
export function rangeSchema(bound: () => ReturnType<typeof exactNumber>) {
  return z
    .strictObject({ low: bound(), base: bound(), high: bound() })
    .check(acrossKeys(rangeOutOfOrder));
}

function rangeOutOfOrder(range: Given<'low' | 'base' | 'high'>) {
  const [low, base, high] = [range.low, range.base, range.high].map((value) =>
    isExact(value) ? value : toExactNumber(value),
  );
  if (low === undefined || base === undefined || high === undefined) return [];
  if (compare(low, base) <= 0 && compare(base, high) <= 0) return [];
  const text = (value: Exact) => trimmed(value, Number(MAX_DECIMALS));
  const found = `found low ${text(low)}, base ${text(base)}, high ${text(high)}`;
  return [{ path: [], problem: `${found}, expected low ≤ base ≤ high; reorder them` }];
}

function isExact(value: unknown): value is Exact {
  return isSection(value) && typeof value['num'] === 'bigint';
}

/** No worker takes a day to start or to stop. */
const MAX_SECONDS = 86_400;

/** A duration written in seconds and returned in milliseconds: `0.5` is 500. */
export function secondsSchema() {
  return valueSchema<number>({
    expected: `seconds from 0 to ${groupThousands(MAX_SECONDS)}, at most three decimals`,
    json: { type: 'number', minimum: 0, maximum: MAX_SECONDS },
    read(value) {
      const number = toExactNumber(value);
      const ms = number === undefined ? undefined : multiply(number, exact(1000n));
      const isInDay = ms !== undefined && ms.num >= 0n && ms.num <= BigInt(MAX_SECONDS) * 1000n;
      return isInDay && ms.den === 1n ? Number(ms.num) : undefined;
    },
    remedy: unquoteAdvice,
  });
}

/** A count from `minimum` to `maximum`. */
export function wholeNumberSchema(minimum: number, maximum: number) {
  return valueSchema<number>({
    expected: `a whole number from ${minimum} to ${maximum}`,
    json: { type: 'integer', minimum, maximum },
    read(value) {
      const number = toExactNumber(value);
      const count = number?.den === 1n ? toSafeInteger(number.num) : undefined;
      return count !== undefined && count >= minimum && count <= maximum ? count : undefined;
    },
    remedy: unquoteAdvice,
  });
}

function toSafeInteger(value: bigint): number | undefined {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : undefined;
}
