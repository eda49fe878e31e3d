/**
 * Knows how figures are printed: the one place where a number of the report is rounded, half to
 * even, and written as its reader's place does.
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

/** Said wherever a figure is not known: never a zero, never an empty cell. */
export const UNKNOWN = 'unknown';

/**
 * Dollars with as many digits as help: whole from $100 up, cents below, and under a cent two
 * significant digits.
 * 41200.4 is `$41,200`, 6.374175 is `$6.37`, 0.000004 is `$0.000004`, -5 is `-$5.00`, 0 is `$0`.
 */
export function dollars(usd: Exact, writing: Writing): string {
  if (usd.num < 0n) return `-${dollars(negate(usd), writing)}`;
  return writing.usd(dollarDigits(usd));
}

/** Dollars with so many places, for figures that stand in a column: 0.5 with two is `$0.50`. */
export function dollarsTo(usd: Exact, places: number, writing: Writing): string {
  if (usd.num < 0n) return `-${dollarsTo(negate(usd), places, writing)}`;
  return writing.usd(toDecimal(usd, places));
}

/**
 * Dollars for a million tokens, three significant digits: 0.384615 is `$0.385`, 1234 is `$1,230`.
 */
export function usdPerMtok(price: Exact, writing: Writing): string {
  if (isZero(price)) return writing.usd('0');
  if (price.num < 0n) return `-${usdPerMtok(negate(price), writing)}`;
  return writing.usd(significant(price, 3));
}

/**
 * A share: whole percents from 10 up, one decimal below. What is not nothing never reads 0%,
 * and what is not
 * everything never 100%: 0.361111 is `36%`, 0.0361 is `3.6%`, 0.0001 is `<0.1%`, 0.9996 is
 * `>99.9%`.
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

/** How many times as much, two significant digits: 2.8224 is `2.8×`, 13.2 is `13×`. */
export function times(factor: Exact, writing: Writing): string {
  return `${writing.number(significant(factor, 2))}×`;
}

/**
 * A plain number, three significant digits, trailing zeros cut: 0.361111 is `0.361`, 2400 is
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
 * A count of tokens, three significant digits: 15,600,000 is `15.6M`, 999,999 is `1M`, 950 is
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

/** A whole number with thousands marked: `1,234`. */
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

/** `Jul 1`, where the year goes without saying. */
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

/** A span of days and hours, the larger first: `92 days`, `1 day 4 hours`, `45 minutes`. */
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
