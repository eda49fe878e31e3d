/** Rounds the parts of a printed total so they add up to it. */

import { dollarDigits } from '../../domain/figures.ts';
import { compare, type Exact, exact, negate, subtract, toInteger } from '../../domain/exact.ts';
import { dollarsTo } from '../format.ts';
import type { Reader } from '../locale.ts';

/**
 * Parts in dollars with the total's decimals, by largest remainder: $100.40, $200.40 and $300.20
 * sum to $601, so they print as $101, $200 and $300. Parts that do not sum to the total are rounded
 * one by one.
 */
export function summedDollars(parts: readonly Exact[], total: Exact, reader: Reader): string[] {
  const places = countDecimals(total);
  return summedParts(parts, total, places).map((part) => dollarsTo(part, places, reader));
}

/** Decimals of a printed total. Parts of a total in whole dollars are whole dollars too. */
export function countDecimals(total: Exact): number {
  if (total.num === 0n) return 2;
  const size = total.num < 0n ? negate(total) : total;
  return dollarDigits(size).split('.')[1]?.length ?? 0;
}

/** The rounded parts as numbers. */
export function summedParts(
  parts: readonly Exact[],
  total: Exact,
  places = countDecimals(total),
): Exact[] {
  const unit = 10n ** BigInt(places);
  const scaled = parts.map((part) => exact(part.num * unit, part.den));
  const floors = scaled.map((part) => toInteger(part, 'floor'));
  const left = toInteger(exact(total.num * unit, total.den)) - sumOf(floors);
  if (left < 0n || left > BigInt(parts.length)) {
    return scaled.map((part) => exact(toInteger(part), unit));
  }
  const byRemainder = scaled
    .map((part, at) => ({ at, rest: subtract(part, exact(floors[at] ?? 0n)) }))
    .toSorted((a, b) => compare(b.rest, a.rest))
    .slice(0, Number(left));
  const raised = new Set(byRemainder.map(({ at }) => at));
  return floors.map((floor, at) => exact(floor + (raised.has(at) ? 1n : 0n), unit));
}

function sumOf(values: readonly bigint[]): bigint {
  return values.reduce((all, value) => all + value, 0n);
}
