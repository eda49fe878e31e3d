/** Plans the price chart: dollars per million tokens by week, as one line for each side. */

import { compare, type Exact, toNumber } from '../../domain/exact.ts';
import type { DetailReading } from '../sections/storedAmounts.ts';
import { counted, dateText, dayOfMonth } from '../format.ts';
import { shownName } from '../displayText.ts';
import { type PriceComparison, comparePrices, priceText } from '../sections/mainFigures.ts';
import { type ChartPlan, chartNames } from './chart.ts';
import { fontTextWidth } from './fonts.ts';
import { buildSheet, type ChartHeading, type Label, plotWidth, type Sheet } from './sheet.ts';
import { labeledAxis, moneyLabel, placesOn, type Scale, niceScale } from './scale.ts';
import { COLORS, LABEL, STRONG, type VegaPart } from './theme.ts';
import { type WeekPrices, type WeeklyPrices, computeWeeklyPrices } from './weeklyPrices.ts';
import type { Reader } from '../locale.ts';

const NAMES = chartNames('weekly-price');

export function planWeeklyChart(detail: DetailReading, reader: Reader): ChartPlan {
  const found = computeWeeklyPrices(detail);
  const priced = found.weeks.filter(({ selfHosted }) => selfHosted !== undefined);
  if (priced.length === 0) {
    const title = 'No week has a price, because no tokens are known to have been served';
    return { ...NAMES, title, alt: `${title}.` };
  }
  const title = titleOf(found, reader);
  const notes = notesOf(found, reader);
  const alt = [`${title}.`, UNIT, ...notes, inWords(found.weeks, reader)].join(' ');
  const cut = found.weeks.some(({ isCut }) => isCut) ? ['Hollow points: part of a week.'] : [];
  const subtitle = [UNIT, ...notes, ...cut];
  return { ...NAMES, title, alt, spec: weeklySpec(found.weeks, { title, subtitle }, reader) };
}

function titleOf({ total }: WeeklyPrices, reader: Reader): string {
  if (total === undefined) return 'Self-hosted tokens have a known price, but hosted tokens do not';
  const { kind, by } = comparePrices(total.selfHosted, total.hosted, reader);
  return `Self-hosted tokens cost ${FINDINGS[kind](by)}: ${prices(total, reader)} per million`;
}

function prices(
  { selfHosted, hosted }: { readonly selfHosted: Exact; readonly hosted: Exact },
  reader: Reader,
): string {
  return `${priceText(selfHosted, reader)} against ${priceText(hosted, reader)}`;
}

const FINDINGS: Readonly<Record<PriceComparison['kind'], (by: string) => string>> = {
  more: (by) => `${by} the hosted price`,
  less: (by) => `${by} less than hosted`,
  same: () => 'about the same as hosted',
  free: () => 'more than hosted, which are free',
};

const UNIT =
  'Dollars per million tokens by week (from Monday, UTC), for the same traffic on both sides.';

function notesOf({ weeks, withoutHost }: WeeklyPrices, reader: Reader): string[] {
  const empty = weeks.filter(({ selfHosted }) => selfHosted === undefined).length;
  const notes = [
    comparedWeeks(weeks),
    withoutHost.length === 0
      ? ''
      : `Left out, without a known hosted price: ${listed(withoutHost, reader)}.`,
    empty === 0
      ? ''
      : `${counted(empty, 'week', reader)} without ` +
        `tokens ${empty === 1 ? 'has' : 'have'} no price.`,
  ];
  return notes.filter((note) => note !== '');
}

/**
 * `Self-hosting was more expensive in 5 of 14 weeks.` Empty for a single week, which the title
 * covers.
 */
function comparedWeeks(weeks: readonly WeekPrices[]): string {
  const signs = weeks.flatMap(({ selfHosted, hosted }) =>
    selfHosted === undefined || hosted === undefined ? [] : [compare(selfHosted, hosted)],
  );
  const all = signs.length;
  if (all < 2) return '';
  if (signs.every((sign) => sign < 0)) return `Self-hosting was cheaper in all ${all} weeks.`;
  const more = signs.filter((sign) => sign > 0).length;
  if (more === 0) return `Self-hosting was never more expensive in ${all} weeks.`;
  return `Self-hosting was more expensive in ${more === all ? 'all' : `${more} of`} ${all} weeks.`;
}

function listed(ids: readonly string[], reader: Reader): string {
  const [first = '', ...others] = ids.map(shownName);
  return others.length === 0 ? first : `${first} and ${counted(others.length, 'other', reader)}`;
}

const MOST_WORDS = 16;

/** Prices by week as text. Weeks without tokens are left out. */
function inWords(weeks: readonly WeekPrices[], reader: Reader): string {
  const texts = weeks.flatMap(({ mondayMs, selfHosted, hosted }) =>
    selfHosted === undefined
      ? []
      : [
          onOneLine(
            `${dayOfMonth(mondayMs, reader)}: ` +
              `${priceText(selfHosted, reader)} vs ${priceText(hosted, reader)}`,
          ),
        ],
  );
  const left = texts.length - MOST_WORDS;
  const more = left > 0 ? `; and ${counted(left, 'more week', reader)}` : '';
  return `Weeks from (self-hosted vs hosted): ${texts.slice(0, MOST_WORDS).join('; ')}${more}.`;
}

/** Keeps the words on one line of the plain text. */
function onOneLine(words: string): string {
  return words.replaceAll(' ', '\u00a0');
}

const SIDES = [
  { side: 'Self-hosted', color: COLORS.selfHosted },
  { side: 'Hosted', color: COLORS.hosted },
] as const;

interface Point {
  /** Index of the week, from 0. */
  readonly week: number;
  readonly side: 'Self-hosted' | 'Hosted';
  readonly price: number | null;
  readonly isCut: boolean;
  readonly says: string;
}

function pointsOf(weeks: readonly WeekPrices[], reader: Reader): Point[] {
  return weeks.flatMap(({ mondayMs, selfHosted, hosted, isCut }, week) => {
    const says = (side: string, price: Exact | undefined) =>
      `Week from ${dayOfMonth(mondayMs, reader)}, ${side}: ` +
      `${priceText(price, reader)} per million tokens`;
    return [
      {
        week,
        side: 'Self-hosted' as const,
        price: priceNumber(selfHosted),
        isCut,
        says: says('self-hosted', selfHosted),
      },
      {
        week,
        side: 'Hosted' as const,
        price: priceNumber(hosted),
        isCut,
        says: says('hosted', hosted),
      },
    ];
  });
}

function priceNumber(price: Exact | undefined): number | null {
  return price === undefined ? null : toNumber(price);
}

const HEIGHT = 240;

/** Lines, scale and labels. Weeks without a price are gaps. */
function weeklySpec(
  weeks: readonly WeekPrices[],
  heading: ChartHeading,
  reader: Reader,
): NonNullable<ChartPlan['spec']> {
  const points = pointsOf(weeks, reader);
  const scale = priceScale(points, reader);
  const note = scale.isLog ? ['Each grid line is ten times the one below.'] : [];
  const labels = scale.ticks.map((tick) => fontTextWidth(LABEL, scale.label(tick)));
  const sheet: Sheet = {
    heading: { ...heading, subtitle: [...heading.subtitle, ...note] },
    left: Math.max(...labels) + 10,
    right: 92,
    height: HEIGHT,
  };
  const y = {
    field: 'price',
    type: 'quantitative',
    axis: labeledAxis(scale, scale.label),
    scale: { domain: scale.domain, type: typeOf(scale) },
  };
  const x = weekAxis(weeks, plotWidth(sheet), reader);
  return buildSheet(sheet, {
    layers: [linesLayer(points, x, y), dotsLayer(points, x, y)],
    labels: names(points, scale, plotWidth(sheet)),
  });
}

function typeOf({ isLog }: PriceScale) {
  return isLog ? 'log' : 'linear';
}

interface PriceScale extends Scale {
  readonly isLog: boolean;
  readonly label: (tick: number) => string;
}

/**
 * Uses a logarithmic scale if needed. A week with 1% of the usual traffic costs 100 times the usual
 * price, which would flatten all others on a linear axis.
 */
function priceScale(points: readonly Point[], reader: Reader): PriceScale {
  const prices = points.flatMap(({ price }) => (price === null ? [] : [price]));
  const sorted = prices.toSorted((a, b) => a - b);
  const [lowest = 0, highest = 0] = [sorted[0], sorted.at(-1)];
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const isLog = lowest > 0 && highest > 30 * median;
  const scale = isLog ? decades(lowest, highest) : niceScale(prices);
  return { ...scale, isLog, label: moneyLabel(scale.ticks, reader) };
}

/** Powers of ten around both values: 0.02 and 7 lie within 0.01, 0.1, 1, 10. */
function decades(lowest: number, highest: number): Scale {
  const powers = Array.from({ length: 61 }, (_, at) => Number(`1e${at - 30}`));
  const first = powers.findLastIndex((power) => power <= lowest);
  const last = powers.findIndex((power) => power >= highest);
  const ticks = powers.slice(Math.max(0, first), last < 0 ? undefined : last + 1);
  return { domain: [ticks[0] ?? 1, ticks.at(-1) ?? 10], ticks };
}

/** Margin before the first and after the last week, in weeks. */
const MARGIN = 0.4;

/** An axis with as many week labels as fit. */
function weekAxis(weeks: readonly WeekPrices[], width: number, reader: Reader): VegaPart {
  const show = weeks.length > 52 ? dateText : dayOfMonth;
  const labels = weeks.map(({ mondayMs }) => show(mondayMs, reader));
  const room = Math.max(...labels.map((label) => fontTextWidth(LABEL, label))) + 16;
  const stride = Math.max(1, Math.ceil((weeks.length * room) / width));
  const values = weeks.flatMap((_, week) => (week % stride === 0 ? [week] : []));
  return {
    field: 'week',
    type: 'quantitative',
    axis: { values, labelExpr: `${JSON.stringify(labels)}[datum.value]`, title: null, grid: false },
    scale: { domain: [-MARGIN, weeks.length - 1 + MARGIN], nice: false },
  };
}

const SIDE_COLORS = {
  field: 'side',
  type: 'nominal',
  legend: null,
  scale: { domain: SIDES.map(({ side }) => side), range: SIDES.map(({ color }) => color) },
};

function linesLayer(points: readonly Point[], x: VegaPart, y: VegaPart): VegaPart {
  return {
    data: { values: points },
    mark: { type: 'line', strokeWidth: 2.5 },
    encoding: { x, y, color: SIDE_COLORS },
  };
}

/** Dots, which also show weeks between two gaps. */
function dotsLayer(points: readonly Point[], x: VegaPart, y: VegaPart): VegaPart {
  const fill = {
    condition: { test: 'datum.isCut', value: COLORS.white },
    field: 'side',
    type: 'nominal',
    legend: null,
    scale: SIDE_COLORS.scale,
  };
  return {
    data: { values: points.filter(({ price }) => price !== null) },
    mark: { type: 'point', size: 46, opacity: 1, strokeWidth: 2 },
    encoding: { x, y, stroke: SIDE_COLORS, fill },
  };
}

/** Minimum distance of two labels, in pixels. */
const APART = 18;

/** Labels at the ends of the lines, moved apart if they would touch. */
function names(points: readonly Point[], scale: PriceScale, width: number): Label[] {
  const heightOf = placesOn(scale, { type: typeOf(scale), from: HEIGHT, to: 0 });
  const weeks = Math.max(...points.map(({ week }) => week)) + 1;
  const ends = SIDES.flatMap(({ side, color }) => {
    const end = points.findLast((point) => point.side === side && point.price !== null);
    if (end === undefined) return [];
    const x = ((end.week + MARGIN) / (weeks - 1 + 2 * MARGIN)) * width + 10;
    return [{ x, y: heightOf(end.price ?? 0), text: side, fill: color }];
  }).toSorted((a, b) => a.y - b.y);
  const [upper, lower] = ends;
  const missing = upper && lower ? Math.max(0, APART - (lower.y - upper.y)) / 2 : 0;
  return ends.map((end) => ({
    ...end,
    y: end === upper ? end.y - missing : end.y + missing,
    lettering: STRONG,
  }));
}
