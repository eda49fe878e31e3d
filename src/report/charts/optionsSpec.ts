/** Knows how the chart of options is drawn: a bar a way, its interval over it, figures beside. */

import { toNumber } from '../../domain/exact.ts';
import { dollars } from '../format.ts';
import type { ChartPlan } from './chart.ts';
import { fitted, type Lettering, textWidth } from './fonts.ts';
import type { Heading } from './heading.ts';
import { type Bar, barsLayer, type Label, labelsLayer, pixelOf, ruleLayer } from './marks.ts';
import { type Scale, scaleOf } from './scale.ts';
import { type Drawn, pixels, plotWidth, type Sheet, sheetOf } from './sheet.ts';
import { COLORS, SMALL, STRONG } from './theme.ts';
import type { Way } from './ways.ts';

export interface ToldWay {
  readonly way: Way;
  /** What stands beside the cost: `saves $12,603`. */
  readonly saving: string;
}

const ROW = 32;
const BAR = 20;
const MOST_NAME = 170;
const GAP = 14;

export function optionsSpec(
  rows: readonly ToldWay[],
  heading: Heading,
): NonNullable<ChartPlan['spec']> {
  const costs = rows.map(({ way }) => dollars(way.cost));
  const savings = rows.map(({ saving }) => saving);
  const [costWidth, savingWidth] = [widest(costs, STRONG), widest(savings, SMALL)];
  const names = rows.map(({ way }) => fitted(way.name, MOST_NAME, STRONG));
  const left = widest(names, STRONG) + GAP;
  const right = costWidth + savingWidth + 2 * GAP;
  const sheet: Sheet = { heading, left, right, height: rows.length * ROW };
  const width = plotWidth(sheet);
  const scale = scaleOf(rows.flatMap(reachOf));
  const column = (x: number, texts: readonly string[], fill: string = COLORS.ink): Label[] =>
    texts.map((words, index) => ({ x, y: middleOf(index), words, fill }));
  const named = column(-left, names);
  const isPlan = (_: Label, index: number) => rows[index]?.way.isPlan === true;
  return sheetOf(sheet, [
    barsLayer(rows.map(barOf), scale, null),
    ...keepRule(rows, sheet.height),
    whiskers(rows, scale, width),
    labelsLayer(named.filter(isPlan), { lettering: STRONG }),
    labelsLayer(named.filter((label, index) => !isPlan(label, index))),
    labelsLayer(column(width + GAP + costWidth, costs), { lettering: STRONG, align: 'right' }),
    labelsLayer(column(width + 2 * GAP + costWidth, savings, COLORS.muted), { lettering: SMALL }),
  ]);
}

function reachOf({ way }: ToldWay): number[] {
  return [way.cost, ...(way.interval ?? [])].map(toNumber);
}

/** The plan stands out; keeping is what all is compared with. */
function barOf({ way }: ToldWay, index: number): Bar {
  const fill = way.isPlan ? COLORS.good : COLORS.unknown;
  const y = middleOf(index) - BAR / 2;
  return { from: 0, to: toNumber(way.cost), y, y2: y + BAR, fill };
}

/** A dashed line down from what keeping costs: what ends left of it saves. */
function keepRule(rows: readonly ToldWay[], height: number): Drawn[] {
  const keep = rows.find(({ way }) => way.isKeep);
  if (keep === undefined) return [];
  return [ruleLayer(toNumber(keep.way.cost), height, { strokeDash: [5, 4], strokeWidth: 1.2 })];
}

interface Line {
  readonly x: number;
  readonly x2: number;
  readonly y: number;
  readonly y2: number;
}

/** From end to end of an interval, with a short stroke across at both. */
function whiskers(rows: readonly ToldWay[], scale: Scale, width: number): Drawn {
  const lines = rows.flatMap(({ way: { interval } }, index): Line[] => {
    if (interval === undefined) return [];
    const [x, x2] = interval.map((end) => pixelOf(toNumber(end), scale, width));
    if (x === undefined || x2 === undefined) return [];
    const y = middleOf(index);
    const across = (at: number) => ({ x: at, x2: at, y: y - 5, y2: y + 5 });
    return [{ x, x2, y, y2: y }, across(x), across(x2)];
  });
  return {
    data: { values: lines },
    mark: { type: 'rule', color: COLORS.ink, strokeWidth: 1.6 },
    encoding: { ...pixels('x', 'y'), x2: { field: 'x2' }, y2: { field: 'y2' } },
  };
}

function middleOf(index: number): number {
  return index * ROW + ROW / 2;
}

function widest(texts: readonly string[], lettering: Lettering): number {
  return Math.max(0, ...texts.map((text) => textWidth(lettering, text)));
}
