/** Knows how the tornado is drawn: a bar an input, from one end of its effect to the other. */

import { compare, type Exact, isZero, larger, smaller, toNumber } from '../../domain/exact.ts';
import { dollars } from '../format.ts';
import type { ChartPlan } from './chart.ts';
import { fitted, type Lettering, textWidth, writable } from './fonts.ts';
import type { Heading } from './heading.ts';
import {
  type Bar,
  barsLayer,
  haloedLabels,
  keyLayers,
  type Label,
  labelsLayer,
  pixelOf,
  ruleLayer,
} from './marks.ts';
import { axisOf, closeScale, moneyLabel, type Scale } from './scale.ts';
import { type Drawn, plotWidth, type Sheet, sheetOf } from './sheet.ts';
import { COLORS, LABEL, SMALL } from './theme.ts';

export interface Effect {
  readonly name: string;
  /** The ends of the input's range, in words. */
  readonly low: string;
  readonly high: string;
  /** The saving there. */
  readonly atLow: Exact;
  readonly atHigh: Exact;
}

export interface Told {
  readonly effects: readonly Effect[];
  /** The saving with every input as it is; absent where it is not known. */
  readonly now?: Exact;
}

const ROW = 42;
const BAR = 22;
const KEY = 30;
const MOST_NAME = 170;

export function tornadoSpec(told: Told, heading: Heading): NonNullable<ChartPlan['spec']> {
  const { effects, now } = told;
  const names = effects.map(({ name }) => fitted(writable(name), MOST_NAME, LABEL));
  const ranges = effects.map(({ low, high }) =>
    fitted(writable(`${low} to ${high}`), MOST_NAME, SMALL),
  );
  const left = Math.max(widest(names, LABEL), widest(ranges, SMALL)) + 14;
  const sheet: Sheet = { heading, left, right: 4, above: KEY, height: effects.length * ROW };
  const width = plotWidth(sheet);
  const scale = roomy(told, width);
  const key = [
    { words: 'Low end', fill: COLORS.low },
    { words: 'High end', fill: COLORS.high },
  ];
  return sheetOf(sheet, [
    barsLayer(
      effects.flatMap((effect, index) => barsOf({ effect, index, now }, capOf(scale, width))),
      scale,
      {
        ...axisOf(scale, moneyLabel(scale.ticks)),
        grid: true,
      },
    ),
    ...keyLayers(key, { x: -left, y: 8 - KEY }),
    ...rules(scale, now, sheet.height),
    labelsLayer(names.map((words, index) => ({ x: -left, y: middleOf(index) - 8, words }))),
    labelsLayer(
      ranges.map((words, index) => ({ x: -left, y: middleOf(index) + 9, words, ...MUTED })),
      { lettering: SMALL },
    ),
    ...endLabels(told, scale, width),
  ]);
}

const MUTED = { fill: COLORS.muted };

/** With room for the figures at both ends of the widest bar. */
function roomy({ effects, now }: Told, width: number): Scale {
  const ends = effects.flatMap(({ atLow, atHigh }) => [atLow, atHigh]);
  const values = [...ends, ...(now === undefined ? [] : [now])].map(toNumber);
  const label = Math.max(...ends.map((end) => textWidth(LABEL, dollars(end)))) + 12;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const perPixel = (Math.max(high, 0) - Math.min(low, 0)) / Math.max(1, width - 2 * label) || 1;
  return closeScale(low - label * perPixel, high + label * perPixel);
}

interface Placed {
  readonly effect: Effect;
  readonly index: number;
  readonly now: Exact | undefined;
}

/** From where it stands now to each end, the longer below the shorter. */
function barsOf({ effect, index, now }: Placed, cap: number): Bar[] {
  const y = middleOf(index) - BAR / 2;
  const place = { y, y2: y + BAR };
  const [low, high] = [toNumber(effect.atLow), toNumber(effect.atHigh)];
  if (now === undefined) return capped({ low, high, cap }, place);
  const middle = toNumber(now);
  return [
    { from: middle, to: low, ...place, fill: COLORS.low },
    { from: middle, to: high, ...place, fill: COLORS.high },
  ].sort((a, b) => Math.abs(b.to - b.from) - Math.abs(a.to - a.from));
}

/** Where it stands now is not known: gray from end to end, and only the ends in their colors. */
function capped(
  { low, high, cap }: { low: number; high: number; cap: number },
  place: Pick<Bar, 'y' | 'y2'>,
): Bar[] {
  const inwards = low <= high ? Math.min(cap, (high - low) / 2) : -Math.min(cap, (low - high) / 2);
  return [
    { from: low, to: high, ...place, fill: COLORS.unknown },
    { from: low, to: low + inwards, ...place, fill: COLORS.low },
    { from: high - inwards, to: high, ...place, fill: COLORS.high },
  ];
}

/** Eight pixels, in values of the scale. */
function capOf({ domain: [low, high] }: Scale, width: number): number {
  return (8 * (high - low)) / width;
}

/** Where the saving stands now; and dashed, where it is nothing. */
function rules({ domain }: Scale, now: Exact | undefined, height: number): Drawn[] {
  const crosses = domain[0] <= 0 && domain[1] >= 0;
  const zero = crosses ? [ruleLayer(0, height, { strokeDash: [5, 4], strokeWidth: 1.2 })] : [];
  return now === undefined || isZero(now) ? zero : [...zero, ruleLayer(toNumber(now), height)];
}

/** The saving at each end that lies beyond what it is now, outside of the bar. */
function endLabels({ effects, now }: Told, scale: Scale, width: number): Drawn[] {
  const label = (end: Exact, index: number, aside: number): Label => ({
    x: pixelOf(toNumber(end), scale, width) + aside,
    y: middleOf(index),
    words: dollars(end),
  });
  const below = effects.flatMap((effect, index) => {
    const least = smaller(effect.atLow, effect.atHigh);
    return now === undefined || compare(least, now) < 0 ? [label(least, index, -6)] : [];
  });
  const above = effects.flatMap((effect, index) => {
    const most = larger(effect.atLow, effect.atHigh);
    return now === undefined || compare(most, now) > 0 ? [label(most, index, 6)] : [];
  });
  return [...haloedLabels(below, { align: 'right' }), ...haloedLabels(above)];
}

function middleOf(index: number): number {
  return index * ROW + ROW / 2;
}

function widest(texts: readonly string[], lettering: Lettering): number {
  return Math.max(0, ...texts.map((text) => textWidth(lettering, text)));
}
