/** Formats money and other figures with as many digits as are useful. */

import {
  compare,
  decimal,
  type Exact,
  exact,
  isZero,
  negate,
  type RoundingMode,
  toDecimal,
  toSignificantDigits,
  trimZeros,
} from './exact.ts';
import { usd, usdText } from './money.ts';

const HUNDRED = exact(100n);
const CENT = exact(1n, 100n);

/**
 * Digits of a dollar amount from 0 on: whole dollars from $100 up, cents below, two significant
 * digits under a cent. 41200.4 is `41200`, 6.374175 is `6.37`, 0.000004 is `0.000004`, 0 is `0`.
 */
export function dollarDigits(usd: Exact): string {
  if (isZero(usd)) return '0';
  const cents = toDecimal(usd, 2);
  if (compare(decimal(cents), HUNDRED) >= 0) return toDecimal(usd, 0);
  return compare(usd, CENT) >= 0 ? cents : trimZeros(toSignificantDigits(usd, 2));
}

/** Dollars for a sentence: 41200.4 is `$41,200`, 8 is `$8.00`, -5 is `-$5.00`. */
export function dollarText(usd: Exact): string {
  return usd.num < 0n ? `-${dollarText(negate(usd))}` : `$${grouped(dollarDigits(usd))}`;
}

/**
 * Dollars with all digits, at least cents, for comparing amounts: 12200.36 is `$12,200.36`, 43.5 is
 * `$43.50`, 0.135 is `$0.135`.
 */
export function exactDollarText(usd: Exact): string {
  if (usd.num < 0n) return `-${exactDollarText(negate(usd))}`;
  const [whole = '', fraction = ''] = trimZeros(toDecimal(usd, 9)).split('.');
  return `$${grouped(`${whole}.${fraction.padEnd(2, '0')}`)}`;
}

/** Dollars to the nano-dollar as a plain decimal: `43.5`, `0.000000001`. */
export function usdDigits(usd: Exact): string {
  return trimZeros(toDecimal(usd, 9));
}

function grouped(digits: string): string {
  const [whole = '', fraction] = digits.split('.');
  const marked = whole.replace(/\B(?=(?:\d{3})+$)/g, ',');
  return fraction === undefined ? marked : `${marked}.${fraction}`;
}

/** A decimal with two to six places: `0.1` becomes `0.10`, `0.09375` stays. */
export function formatDecimal(value: string): string {
  return toDecimal(decimal(value), 6).replace(/(\.\d{2}\d*?)0+$/, '$1');
}

/** Dollars with six decimals, `"6.000000"`. */
export type UsdText = string;
/** A ratio with six decimals, `"0.361111"`. */
export type RatioText = string;

export function nanoUsdText(nano: bigint): UsdText {
  return usdText(usd(nano));
}

/** Use floor or ceiling where rounding must not reach a threshold that the ratio did not reach. */
export function sixPlaces(ratio: Exact, mode: RoundingMode = 'half-even'): RatioText {
  return toDecimal(ratio, 6, mode);
}

/** `1 day`, `2 days`, `1,000 tokens`. */
export function formatCount(count: number, noun: string): string {
  return `${groupThousands(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A number with thousands separators: `2,317`. A fraction has at most three decimals. */
export function groupThousands(count: number): string {
  // The first call of `toLocaleString` loads all of ICU: 20 ms at the start of every command.
  if (!Number.isSafeInteger(count)) return count.toLocaleString('en-US');
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}
