/**
 * Formats figures. The only place where numbers of a report are rounded (half to even) and written
 * in the reader's format.
 */

import { dollarDigits, significant, trimmed } from '../domain/digits.ts';
import {
  compare,
  decimal,
  type Exact,
  exact,
  exactInteger,
  isZero,
  multiply,
  negate,
  ONE,
  toDecimal,
} from '../domain/exact.ts';
import { DAY_MS } from '../domain/period.ts';
import type { Writing } from './locale.ts';

const HUNDRED = exact(100n);

/** Text for an unknown figure, instead of a zero or an empty cell. */
export const UNKNOWN = 'unknown';

/**
 * Dollars: whole from $100 up, cents below, and two significant digits under a cent. 41200.4 is
 * `$41,200`, 6.374175 is `$6.37`, 0.000004 is `$0.000004`, -5 is `-$5.00`, 0 is `$0`.
 */
export function dollars(usd: Exact, writing: Writing): string {
  if (usd.num < 0n) return `-${dollars(negate(usd), writing)}`;
  return writing.usd(dollarDigits(usd));
}

/** Dollars with fixed decimals, for figures in a column: 0.5 with 2 is `$0.50`. */
export function dollarsTo(usd: Exact, places: number, writing: Writing): string {
  if (usd.num < 0n) return `-${dollarsTo(negate(usd), places, writing)}`;
  return writing.usd(toDecimal(usd, places));
}

/**
 * Dollars per million tokens with three significant digits: 0.384615 is `$0.385`, 1234 is `$1,230`.
 */
export function usdPerMtok(price: Exact, writing: Writing): string {
  if (isZero(price)) return writing.usd('0');
  if (price.num < 0n) return `-${usdPerMtok(negate(price), writing)}`;
  return writing.usd(significant(price, 3));
}

/**
 * A share: whole percents from 10 up, one decimal below. Above 0 it never reads 0%, and below 1
 * never 100%: 0.361111 is `36%`, 0.0361 is `3.6%`, 0.0001 is `<0.1%`, 0.9996 is `>99.9%`.
 */
export function percent(share: Exact, writing: Writing): string {
  if (share.num < 0n) return `-${percent(negate(share), writing)}`;
  const value = multiply(share, HUNDRED);
  if (isZero(value)) return writing.percent('0');
  if (compare(value, decimal('0.05')) < 0) return `<${writing.percent('0.1')}`;
  if (compare(value, decimal('9.95')) < 0) return writing.percent(trimmed(toDecimal(value, 1)));
  const whole = toDecimal(value, 0);
  if (whole !== '100' || compare(share, ONE) >= 0) return writing.percent(whole);
  const fine = toDecimal(value, 1);
  return fine === '100.0' ? `>${writing.percent('99.9')}` : writing.percent(fine);
}

/** A factor with two significant digits: 2.8224 is `2.8×`, 13.2 is `13×`. */
export function times(factor: Exact, writing: Writing): string {
  return `${writing.number(significant(factor, 2))}×`;
}

/**
 * A number with three significant digits, without trailing zeros: 0.361111 is `0.361`, 2400 is
 * `2,400`.
 */
export function plainNumber(value: Exact, writing: Writing): string {
  if (isZero(value)) return '0';
  if (value.num < 0n) return `-${plainNumber(negate(value), writing)}`;
  return writing.number(trimmed(significant(value, 3)));
}

const SCALES = [
  { zeros: 12, letter: 'T' },
  { zeros: 9, letter: 'B' },
  { zeros: 6, letter: 'M' },
  { zeros: 3, letter: 'K' },
] as const;

/**
 * A count of tokens with three significant digits: 15,600,000 is `15.6M`, 999,999 is `1M`, 950 is
 * `950`.
 */
export function tokenCount(count: number, writing: Writing): string {
  const rounded = count === 0 ? '0' : significant(exactInteger(Math.round(count)), 3);
  const value = decimal(rounded);
  const scale = SCALES.find(({ zeros }) => compare(value, exact(10n ** BigInt(zeros))) >= 0);
  if (scale === undefined) return writing.number(trimmed(rounded));
  const scaled = trimmed(toDecimal(multiply(value, decimal(`1e-${scale.zeros}`)), 2));
  return `${writing.number(scaled)}${scale.letter}`;
}

/** A whole number with thousands separators: `1,234`. */
export function wholeNumber(count: number, writing: Writing): string {
  return writing.number(String(count));
}

/** `1 deployment`, `1,200 rows`. */
export function counted(count: number, noun: string, writing: Writing): string {
  return `${wholeNumber(count, writing)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `Jul 1, 2026`, in UTC. */
export function dateText(instantMs: number, writing: Writing): string {
  return writing.date(instantMs);
}

/** `Jul 1`, for an obvious year. */
export function dayOfMonth(instantMs: number, writing: Writing): string {
  return writing.dayOfMonth(instantMs);
}

/** `Jul 2026`. */
export function monthText(instantMs: number, writing: Writing): string {
  return writing.monthOfYear(instantMs);
}

/** `Jul 1, 2026 04:00 UTC`. */
export function momentText(instantMs: number, writing: Writing): string {
  return `${dateText(instantMs, writing)} ${timeText(instantMs)}`;
}

/** `04:00 UTC`. */
export function timeText(instantMs: number): string {
  return `${new Date(instantMs).toISOString().slice(11, 16)} UTC`;
}

/** A duration in days and hours: `92 days`, `1 day 4 hours`, `45 minutes`. */
export function spanText(lengthMs: number, writing: Writing): string {
  const minutes = Math.round(lengthMs / 60_000);
  const days = Math.floor(lengthMs / DAY_MS);
  const hours = Math.floor((minutes % 1440) / 60);
  if (days === 0 && hours === 0) return counted(minutes, 'minute', writing);
  return [
    days > 0 ? counted(days, 'day', writing) : '',
    hours > 0 ? counted(hours, 'hour', writing) : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}
