/** Computes axis scales with round ticks, labeled in the report's number format. */

import * as vega from 'vega';
import { type Exact, parseExact, toDecimal, ZERO } from '../../domain/exact.ts';
import { dollarsTo } from '../format.ts';
import type { VegaPart } from './theme.ts';
import type { Reader } from '../locale.ts';

export interface Scale {
  readonly domain: readonly [low: number, high: number];
  readonly ticks: readonly number[];
}

interface Continuous {
  (value: number): number;
  domain(ends: readonly number[]): Continuous;
  domain(): readonly number[];
  range(ends: readonly number[]): Continuous;
  nice(count: number): Continuous;
  ticks(count: number): number[];
}

/** A vega scale. Vega's types lack its methods. */
function continuous(type: 'linear' | 'log'): Continuous {
  return (vega.scale(type) as unknown as () => Continuous)();
}

/** A scale from the smallest to the largest value, including 0, extended to round numbers. */
export function niceScale(values: readonly number[], count = 4): Scale {
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const ends = low === high ? [0, 1] : [low, high];
  const nice = continuous('linear').domain(ends).nice(count);
  const [from = 0, to = 1] = nice.domain();
  return { domain: [from, to], ticks: nice.ticks(count) };
}

/**
 * A scale exactly from end to end, including 0, with round ticks in between. For bars with labels
 * at their ends.
 */
export function closeScale(from: number, to: number): Scale {
  const { ticks } = niceScale([from, to]);
  const [low, high] = [Math.min(0, from), Math.max(0, to)];
  if (low === high) return niceScale([]);
  return { domain: [low, high], ticks: ticks.filter((tick) => tick >= low && tick <= high) };
}

export interface Extent {
  readonly type: 'linear' | 'log';
  /** Positions of the domain's ends, in pixels. */
  readonly from: number;
  readonly to: number;
}

/** Returns a function from values to pixels, like vega's own placement. */
export function placesOn({ domain }: Scale, { type, from, to }: Extent): (value: number) => number {
  return continuous(type).domain(domain).range([from, to]);
}

/** An axis with labels in the report's number format. */
export function labeledAxis(
  { ticks }: Pick<Scale, 'ticks'>,
  label: (tick: number) => string,
): VegaPart {
  const labels = Object.fromEntries(ticks.map((tick) => [String(tick), label(tick)]));
  return { values: [...ticks], labelExpr: `(${JSON.stringify(labels)})[datum.value]`, title: null };
}

/**
 * Formats ticks in dollars, all with as many decimals as the finest tick needs: 0, 0.5, 1 are
 * `$0.00`, `$0.50`, `$1.00`, and 0, 20000 are `$0`, `$20,000`.
 */
export function moneyLabel(ticks: readonly number[], reader: Reader): (tick: number) => string {
  const most = Math.max(0, ...ticks.map(placesOf));
  const places = most === 1 ? 2 : most;
  return (tick) => dollarsTo(exactTick(tick), places, reader);
}

function placesOf(tick: number): number {
  return toDecimal(exactTick(tick), 15).replace(/0+$/, '').split('.')[1]?.length ?? 0;
}

/** Removes the rounding error of a double: 0.30000000000000004 is 0.3. */
function exactTick(tick: number): Exact {
  return parseExact(String(Number(tick.toPrecision(12)))) ?? ZERO;
}
