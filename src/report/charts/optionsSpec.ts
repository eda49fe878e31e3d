/** Builds the spec of the options chart: a bar per option with its interval and figures. */

import { toNumber } from '../../domain/exact.ts';
import { dollars } from '../format.ts';
import type { ChartPlan } from './chart.ts';
import { fitChartText } from './fonts.ts';
import type { ChartHeading } from './heading.ts';
import { type Bar, type Label, pixelOf, toRect, withStyle, widest } from './marks.ts';
import { type Scale, niceScale } from './scale.ts';
import { type VegaPart, pixels } from './layer.ts';
import { plotWidth, type Sheet, buildSheet } from './sheet.ts';
import { COLORS, SMALL, STRONG } from './theme.ts';
import type { StackOption } from './ways.ts';
import type { Reader } from '../locale.ts';

export interface OptionBar {
  readonly way: StackOption;
  /** Text beside the cost: `saves $12,603`. */
  readonly saving: string;
}

const ROW = 32;
const BAR = 20;
const MOST_NAME = 170;
const GAP = 14;

export function optionsSpec(
  rows: readonly OptionBar[],
  heading: ChartHeading,
  reader: Reader,
): NonNullable<ChartPlan['spec']> {
  const costs = rows.map(({ way }) => dollars(way.cost, reader));
  const savings = rows.map(({ saving }) => saving);
  const [costWidth, savingWidth] = [widest(costs, STRONG), widest(savings, SMALL)];
  const names = rows.map(({ way }) => fitChartText(way.name, MOST_NAME, STRONG));
  const left = widest(names, STRONG) + GAP;
  const right = costWidth + savingWidth + 2 * GAP;
  const sheet: Sheet = { heading, left, right, height: rows.length * ROW };
  const width = plotWidth(sheet);
  const scale = niceScale(rows.flatMap(reachOf));
  const column = (x: number, texts: readonly string[]): Label[] =>
    texts.map((words, index) => ({ x, y: middleOf(index), words }));
  const named = column(-left, names).map((label, index) =>
    rows[index]?.way.isPlan === true ? { ...label, lettering: STRONG } : label,
  );
  const beside = width + GAP + costWidth;
  return buildSheet(sheet, {
    rects: rows
      .map((row, index) => barOf(row, index, reader))
      .map((bar) => toRect(bar, scale, width)),
    layers: [linesLayer([...keepLine(rows, scale, sheet), ...whiskers(rows, scale, width)])],
    labels: [
      ...named,
      ...withStyle(column(beside, costs), { lettering: STRONG, align: 'right' }),
      ...withStyle(column(beside + GAP, savings), { lettering: SMALL, fill: COLORS.muted }),
    ],
  });
}

function reachOf({ way }: OptionBar): number[] {
  return [way.cost, ...(way.interval ?? [])].map(toNumber);
}

/** The plan is highlighted. */
function barOf({ way, saving }: OptionBar, index: number, reader: Reader): Bar {
  const fill = way.isPlan ? COLORS.good : COLORS.unknown;
  const y = middleOf(index) - BAR / 2;
  const range = way.interval?.map((each) => dollars(each, reader)).join(' to ');
  const says = [
    `${way.name}: ${dollars(way.cost, reader)}`,
    ...(range === undefined ? [] : [`90% range ${range}`]),
    ...(saving === '' ? [] : [saving]),
  ].join(', ');
  return { from: 0, to: toNumber(way.cost), y, y2: y + BAR, fill, says };
}

interface Line {
  readonly x: number;
  readonly x2: number;
  readonly y: number;
  readonly y2: number;
  readonly dash: readonly number[];
}

/** A dashed line at the cost of keeping. Bars that end left of it save money. */
function keepLine(rows: readonly OptionBar[], scale: Scale, sheet: Sheet): Line[] {
  const keep = rows.find(({ way }) => way.isKeep);
  if (keep === undefined) return [];
  const x = pixelOf(toNumber(keep.way.cost), scale, plotWidth(sheet));
  return [{ x, x2: x, y: 0, y2: sheet.height, dash: [5, 4] }];
}

/** A line from end to end of each interval, with a short stroke across at both ends. */
function whiskers(rows: readonly OptionBar[], scale: Scale, width: number): Line[] {
  return rows.flatMap(({ way: { interval } }, index) => {
    if (interval === undefined) return [];
    const [x, x2] = interval.map((end) => pixelOf(toNumber(end), scale, width));
    if (x === undefined || x2 === undefined) return [];
    const y = middleOf(index);
    const across = (at: number) => ({ x: at, x2: at, y: y - 5, y2: y + 5, dash: SOLID });
    return [{ x, x2, y, y2: y, dash: SOLID }, across(x), across(x2)];
  });
}

const SOLID = [1, 0];

function linesLayer(lines: readonly Line[]): VegaPart {
  const strokeDash = { field: 'dash', type: 'nominal', scale: null };
  return {
    data: { values: lines },
    mark: { type: 'rule', color: COLORS.ink, strokeWidth: 1.5 },
    encoding: { ...pixels('x', 'y'), x2: { field: 'x2' }, y2: { field: 'y2' }, strokeDash },
  };
}

function middleOf(index: number): number {
  return index * ROW + ROW / 2;
}
