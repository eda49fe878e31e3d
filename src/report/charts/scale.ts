/** The numbers along an axis: round ones, with labels in the report's own hand. */

import * as vega from 'vega';
import { type Exact, parseExact, toDecimal, ZERO } from '../../domain/exact.ts';
import { dollarsTo } from '../format.ts';
import type { Drawn } from './layer.ts';
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

/** As vega has them; its types do not tell what a scale can do. */
function continuous(type: 'linear' | 'log'): Continuous {
  return (vega.scale(type) as unknown as () => Continuous)();
}

/** From the least to the most of the values and zero, out to round numbers. */
export function scaleOf(values: readonly number[], count = 4): Scale {
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const ends = low === high ? [0, 1] : [low, high];
  const nice = continuous('linear').domain(ends).nice(count);
  const [from = 0, to = 1] = nice.domain();
  return { domain: [from, to], ticks: nice.ticks(count) };
}

/** From end to end, and zero, with round numbers between: for bars with figures at their ends. */
export function closeScale(from: number, to: number): Scale {
  const { ticks } = scaleOf([from, to]);
  const [low, high] = [Math.min(0, from), Math.max(0, to)];
  if (low === high) return scaleOf([]);
  return { domain: [low, high], ticks: ticks.filter((tick) => tick >= low && tick <= high) };
}

export interface Extent {
  readonly type: 'linear' | 'log';
  /** Pixels of the ends of the domain. */
  readonly from: number;
  readonly to: number;
}

/** Where values stand, in pixels, as vega will place them. */
export function placesOn({ domain }: Scale, { type, from, to }: Extent): (value: number) => number {
  return continuous(type).domain(domain).range([from, to]);
}

/** An axis whose labels are made here, where it is known how the report writes numbers. */
export function axisOf({ ticks }: Pick<Scale, 'ticks'>, label: (tick: number) => string): Drawn {
  const labels = Object.fromEntries(ticks.map((tick) => [String(tick), label(tick)]));
  return { values: [...ticks], labelExpr: `(${JSON.stringify(labels)})[datum.value]`, title: null };
}

/**
 * Dollars with as many places as the finest tick needs, for all alike: 0, 0.5, 1 are `$0.00`,
 * `$0.50`, `$1.00`; 0, 20000 are `$0`, `$20,000`.
 */
export function moneyLabel(ticks: readonly number[], reader: Reader): (tick: number) => string {
  const most = Math.max(0, ...ticks.map(placesOf));
  const places = most === 1 ? 2 : most;
  return (tick) => dollarsTo(exactTick(tick), places, reader);
}

function placesOf(tick: number): number {
  return toDecimal(exactTick(tick), 15).replace(/0+$/, '').split('.')[1]?.length ?? 0;
}

/** A double holds a round tick with dust behind it: 0.30000000000000004 is 0.3. */
function exactTick(tick: number): Exact {
  return parseExact(String(Number(tick.toPrecision(12)))) ?? ZERO;
}
