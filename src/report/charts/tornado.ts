/** Plans the tornado chart: the effect of each single input on the saving, largest first. */

import {
  compare,
  type Exact,
  isZero,
  larger,
  negate,
  smaller,
  toNumber,
  ZERO,
  decimal,
} from '../../domain/exact.ts';
import { effectLabel, effectRange } from '../copy/inputs.ts';
import type { AuditReading } from '../sections/auditReading.ts';
import type { AuditSensitivity } from '../../verdict/auditDecision.ts';
import { capital } from '../displayText.ts';
import { counted, dollars } from '../format.ts';
import { chartNames, type ChartPlan } from './chart.ts';
import type { Reader } from '../locale.ts';
import { fitChartText, fontTextWidth, replaceMissingGlyphs } from './fonts.ts';
import {
  buildSheet,
  type ChartHeading,
  plotWidth,
  type Sheet,
  type Bar,
  type Label,
  legendAt,
  pixelOf,
  toRect,
  widest,
  withStyle,
  rowLabels,
  rowMiddle,
  DASHED,
  SOLID,
  linesLayer,
} from './sheet.ts';
import { closeScale, labeledAxis, moneyLabel, type Scale } from './scale.ts';
import { COLORS, LABEL, SMALL, type VegaPart } from './theme.ts';

const NAMES = chartNames('tornado');

/** Maximum number of inputs. Further ones barely change the saving. */
const MOST_INPUTS = 7;

/**
 * Effects on the plan's saving. If the plan keeps everything, on that of the cheapest change, whose
 * own saving the audit does not state.
 */
export function planTornadoChart(audit: AuditReading, reader: Reader): ChartPlan {
  const effects = audit.sensitivity.slice(0, MOST_INPUTS).map((each) => effectOf(each, reader));
  const [widest] = effects;
  if (widest === undefined) {
    const title = 'No single input is known to change the saving';
    return { ...NAMES, title, alt: `${title}.` };
  }
  const isKept = audit.stack.bestPlan.every(({ option }) => option === 'keep');
  const now = isKept ? undefined : audit.stack.savingUsd.base;
  const title = isKept ? keptTitle(effects, reader) : changedTitle(effects, widest, reader);
  const subtitle = subtitleOf(audit, { isKept, now }, reader);
  const alt =
    `${title}. ${subtitle.join(' ')} ` +
    `${effects.map((each) => inWords(each, reader)).join('; ')}.`;
  const named = effects.map((effect) => ({ ...effect, name: capital(effect.name) }));
  const spec = tornadoSpec({ effects: named, now }, { title, subtitle }, reader);
  return { ...NAMES, title, alt, spec };
}

function effectOf(sensitivity: AuditSensitivity, reader: Reader): TornadoEffect {
  const atLow = decimal(sensitivity.savingAtLowUsd);
  const atHigh = decimal(sensitivity.savingAtHighUsd);
  return { name: effectLabel(sensitivity), ...effectRange(sensitivity, reader), atLow, atHigh };
}

const leastOf = ({ atLow, atHigh }: TornadoEffect) => smaller(atLow, atHigh);
const mostOf = ({ atLow, atHigh }: TornadoEffect) => larger(atLow, atHigh);

/** Title for a planned change: whether a single input could turn the saving into a loss. */
function changedTitle(
  effects: readonly TornadoEffect[],
  widest: TornadoEffect,
  reader: Reader,
): string {
  const losing = effects.filter((effect) => leastOf(effect).num < 0n);
  const worst = losing.toSorted((a, b) => compare(leastOf(a), leastOf(b)))[0];
  if (worst === undefined) {
    const range = `${dollars(leastOf(widest), reader)} to ${dollars(mostOf(widest), reader)}`;
    return `No single input removes the saving. Largest effect: ${widest.name}, ${range}`;
  }
  const loss = `a loss of ${dollars(negate(leastOf(worst)), reader)}`;
  if (losing.length === 1) return `${capital(worst.name)} alone could turn the saving into ${loss}`;
  const several = `${losing.length} of ${counted(effects.length, 'input', reader)} alone`;
  return `${several} could turn the saving into a loss. Largest: ${worst.name}, ${loss}`;
}

/** Title for keeping everything: whether a single input could make a change save money. */
function keptTitle(effects: readonly TornadoEffect[], reader: Reader): string {
  const best = effects.toSorted((a, b) => compare(mostOf(b), mostOf(a)))[0];
  const most = best === undefined ? ZERO : mostOf(best);
  if (best !== undefined && most.num > 0n) {
    const name = capital(best.name);
    return `${name} alone could make a change pay, with a saving of up to ${dollars(most, reader)}`;
  }
  const still = most.num === 0n ? 'as much as' : `${dollars(negate(most), reader)} more than`;
  return `No single input makes a change pay. At best, a change costs ${still} keeping`;
}

interface Standing {
  readonly isKept: boolean;
  readonly now: Exact | undefined;
}

function subtitleOf(audit: AuditReading, { isKept, now }: Standing, reader: Reader): string[] {
  const period = audit.perPeriod;
  const today = now === undefined ? '' : `, now ${dollars(now, reader)},`;
  const plan = audit.isPlanMade ? 'the plan saves' : 'the best plan would save';
  const what = isKept
    ? `What the cheapest change would save ${period}`
    : `What ${plan} ${period}${today}`;
  const left = audit.sensitivity.length - MOST_INPUTS;
  return [
    `${what} with one input at an end of its range.`,
    ...(left > 0 ? [`The ${MOST_INPUTS} of ${MOST_INPUTS + left} inputs that move it most.`] : []),
  ];
}

/** `GPU rate −30% to +40%: $11,791 to $29,333`. */
function inWords({ name, low, high, atLow, atHigh }: TornadoEffect, reader: Reader): string {
  return (
    `${capital(name)} ${low} to ${high}: ` +
    `${dollars(atLow, reader)} to ${dollars(atHigh, reader)}`
  );
}

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
  readonly now: Exact | undefined;
}

const ROWS = { height: 42 } as const;
const BAR = 22;
const KEY = 30;
const MOST_NAME = 170;

function tornadoSpec(
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
  const sheet: Sheet = {
    heading,
    left,
    right: 4,
    above: KEY,
    height: effects.length * ROWS.height,
  };
  const width = plotWidth(sheet);
  const scale = roomy(rows, width, reader);
  const key = legendAt({ x: -left, y: 8 - KEY }, KEY_ITEMS);
  const bars = effects.flatMap((effect, index) =>
    barsOf({ effect, index, now }, capOf(scale, width), reader),
  );
  return buildSheet(sheet, {
    rects: [...key.rects, ...bars.map((bar) => toRect(bar, scale, width))],
    layers: [rulesLayer(scale, now, reader)],
    labels: [
      ...key.labels,
      ...rowLabels(names, -left, { ...ROWS, top: -8 }),
      ...rowLabels(ranges, -left, { ...ROWS, top: 9 }, { lettering: SMALL, fill: COLORS.muted }),
      ...withStyle(endLabels(rows, scale, width, reader), { isHaloed: true }),
    ],
  });
}

const KEY_ITEMS = [
  { text: 'Low end', fill: COLORS.low },
  { text: 'High end', fill: COLORS.high },
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

interface Placed extends Pick<TornadoRows, 'now'> {
  readonly effect: TornadoEffect;
  readonly index: number;
}

/** Bars from the current saving to each end, the longer one below. */
function barsOf({ effect, index, now }: Placed, cap: number, reader: Reader): Bar[] {
  const y = rowMiddle(index, ROWS) - BAR / 2;
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
  const zero = { at: 0, dash: DASHED };
  const isElsewhere = now !== undefined && !isZero(now);
  const x = {
    field: 'at',
    type: 'quantitative',
    scale: { domain: scale.domain, nice: false, zero: false },
    axis: { ...labeledAxis(scale, moneyLabel(scale.ticks, reader)), grid: true },
  };
  const lines = isElsewhere ? [zero, { at: toNumber(now), dash: SOLID }] : [zero];
  return linesLayer(lines, { x });
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
    y: rowMiddle(index, ROWS),
    text: dollars(end, reader),
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
