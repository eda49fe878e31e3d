/**
 * Builds the spec of the tornado chart: a bar per input, from one end of its effect to the other.
 */

import { compare, type Exact, isZero, larger, smaller, toNumber } from '../../domain/exact.ts';
import { dollars } from '../format.ts';
import type { ChartPlan } from './chart.ts';
import { fitChartText, fontTextWidth, replaceMissingGlyphs } from './fonts.ts';
import type { ChartHeading } from './heading.ts';
import { type Bar, legendAt, type Label, pixelOf, toRect, withStyle, widest } from './marks.ts';
import { labeledAxis, closeScale, moneyLabel, type Scale } from './scale.ts';
import type { VegaPart } from './layer.ts';
import { plotWidth, type Sheet, buildSheet } from './sheet.ts';
import { COLORS, LABEL, SMALL } from './theme.ts';
import type { Reader } from '../locale.ts';

export interface TornadoEffect {
  readonly name: string;
  /** Ends of the input's range, as text. */
  readonly low: string;
  readonly high: string;
  /** Saving at the ends. */
  readonly atLow: Exact;
  readonly atHigh: Exact;
}

export interface TornadoRows {
  readonly effects: readonly TornadoEffect[];
  /** Saving with all inputs unchanged. Absent if unknown. */
  readonly now?: Exact;
}

const ROW = 42;
const BAR = 22;
const KEY = 30;
const MOST_NAME = 170;

export function tornadoSpec(
  rows: TornadoRows,
  heading: ChartHeading,
  reader: Reader,
): NonNullable<ChartPlan['spec']> {
  const { effects, now } = rows;
  const names = effects.map(({ name }) =>
    fitChartText(replaceMissingGlyphs(name), MOST_NAME, LABEL),
  );
  const ranges = effects.map(({ low, high }) =>
    fitChartText(replaceMissingGlyphs(`${low} to ${high}`), MOST_NAME, SMALL),
  );
  const left = Math.max(widest(names, LABEL), widest(ranges, SMALL)) + 14;
  const sheet: Sheet = { heading, left, right: 4, above: KEY, height: effects.length * ROW };
  const width = plotWidth(sheet);
  const scale = roomy(rows, width, reader);
  const key = legendAt({ x: -left, y: 8 - KEY }, KEY_ITEMS);
  const bars = effects.flatMap((effect, index) =>
    barsOf({ effect, index, now }, capOf(scale, width), reader),
  );
  const rangeLabels = ranges.map((words, index) => ({ x: -left, y: middleOf(index) + 9, words }));
  return buildSheet(sheet, {
    rects: [...key.rects, ...bars.map((bar) => toRect(bar, scale, width))],
    layers: [rulesLayer(scale, now, reader)],
    labels: [
      ...key.labels,
      ...names.map((words, index) => ({ x: -left, y: middleOf(index) - 8, words })),
      ...withStyle(rangeLabels, { lettering: SMALL, fill: COLORS.muted }),
      ...withStyle(endLabels(rows, scale, width, reader), { isHaloed: true }),
    ],
  });
}

const KEY_ITEMS = [
  { words: 'Low end', fill: COLORS.low },
  { words: 'High end', fill: COLORS.high },
];

/** A scale with space for labels at both ends of the widest bar. */
function roomy({ effects, now }: TornadoRows, width: number, reader: Reader): Scale {
  const ends = effects.flatMap(({ atLow, atHigh }) => [atLow, atHigh]);
  const values = [...ends, ...(now === undefined ? [] : [now])].map(toNumber);
  const label = Math.max(...ends.map((end) => fontTextWidth(LABEL, dollars(end, reader)))) + 12;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const perPixel = (Math.max(high, 0) - Math.min(low, 0)) / Math.max(1, width - 2 * label) || 1;
  return closeScale(low - label * perPixel, high + label * perPixel);
}

interface Placed {
  readonly effect: TornadoEffect;
  readonly index: number;
  readonly now: Exact | undefined;
}

/** Bars from the current saving to each end, the longer one below. */
function barsOf({ effect, index, now }: Placed, cap: number, reader: Reader): Bar[] {
  const y = middleOf(index) - BAR / 2;
  const place = { y, y2: y + BAR };
  const [low, high] = [toNumber(effect.atLow), toNumber(effect.atHigh)];
  const says = {
    low: `${effect.name} at ${effect.low}: saving ${dollars(effect.atLow, reader)}`,
    high: `${effect.name} at ${effect.high}: saving ${dollars(effect.atHigh, reader)}`,
  };
  if (now === undefined) return capped({ low, high, cap }, { place, says });
  const middle = toNumber(now);
  return [
    { from: middle, to: low, ...place, fill: COLORS.low, says: says.low },
    { from: middle, to: high, ...place, fill: COLORS.high, says: says.high },
  ].sort((a, b) => Math.abs(b.to - b.from) - Math.abs(a.to - a.from));
}

interface CappedBar {
  readonly place: Pick<Bar, 'y' | 'y2'>;
  readonly says: { readonly low: string; readonly high: string };
}

/** Bars without a known current saving: gray from end to end, with only the ends in color. */
function capped(
  { low, high, cap }: { low: number; high: number; cap: number },
  { place, says }: CappedBar,
): Bar[] {
  const inwards = low <= high ? Math.min(cap, (high - low) / 2) : -Math.min(cap, (low - high) / 2);
  return [
    { from: low, to: high, ...place, fill: COLORS.unknown },
    { from: low, to: low + inwards, ...place, fill: COLORS.low, says: says.low },
    { from: high - inwards, to: high, ...place, fill: COLORS.high, says: says.high },
  ];
}

/** Eight pixels, in units of the scale. */
function capOf({ domain: [low, high] }: Scale, width: number): number {
  return (8 * (high - low)) / width;
}

/** A line at the current saving, and a dashed one at 0. This layer has the axis. */
function rulesLayer(scale: Scale, now: Exact | undefined, reader: Reader): VegaPart {
  const zero = { at: 0, dash: [5, 4] };
  const isElsewhere = now !== undefined && !isZero(now);
  const x = {
    field: 'at',
    type: 'quantitative',
    scale: { domain: scale.domain, nice: false, zero: false },
    axis: { ...labeledAxis(scale, moneyLabel(scale.ticks, reader)), grid: true },
  };
  return {
    data: { values: isElsewhere ? [zero, { at: toNumber(now), dash: [1, 0] }] : [zero] },
    mark: { type: 'rule', color: COLORS.ink, strokeWidth: 1.5 },
    encoding: { x, strokeDash: { field: 'dash', type: 'nominal', scale: null } },
  };
}

/** Labels outside the bars, for each end beyond the current saving. */
function endLabels(
  { effects, now }: TornadoRows,
  scale: Scale,
  width: number,
  reader: Reader,
): Label[] {
  const label = (end: Exact, index: number, aside: number): Label => ({
    x: pixelOf(toNumber(end), scale, width) + aside,
    y: middleOf(index),
    words: dollars(end, reader),
  });
  const below = effects.flatMap((effect, index) => {
    const least = smaller(effect.atLow, effect.atHigh);
    return now === undefined || compare(least, now) < 0 ? [label(least, index, -6)] : [];
  });
  const above = effects.flatMap((effect, index) => {
    const most = larger(effect.atLow, effect.atHigh);
    return now === undefined || compare(most, now) > 0 ? [label(most, index, 6)] : [];
  });
  return [...withStyle(below, { align: 'right' }), ...above];
}

function middleOf(index: number): number {
  return index * ROW + ROW / 2;
}
