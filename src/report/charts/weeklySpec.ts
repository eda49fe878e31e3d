/** Knows how the chart of prices is drawn: two lines over the weeks, named at their ends. */

import { type Exact, exact, toNumber } from '../../domain/exact.ts';
import { dateText, dayOfMonth } from '../format.ts';
import { priceText } from '../words/figures.ts';
import type { ChartPlan } from './chart.ts';
import { type Heading, headingOf } from './heading.ts';
import { CHART_WIDTH, COLORS } from './theme.ts';
import type { Week } from './weeks.ts';

interface Point {
  readonly week: string;
  readonly series: 'Owned' | 'Hosted';
  readonly price: number | null;
}

function pointsOf(weeks: readonly Week[]): Point[] {
  return weeks.flatMap(({ mondayMs, owned, hosted }) => {
    const week = weeks.length > 52 ? dateText(mondayMs) : dayOfMonth(mondayMs);
    return [
      { week, series: 'Owned' as const, price: priceNumber(owned) },
      { week, series: 'Hosted' as const, price: priceNumber(hosted) },
    ];
  });
}

function priceNumber(price: Exact | undefined): number | null {
  return price === undefined ? null : toNumber(price);
}

/**
 * A week with a hundredth of the usual traffic costs a hundred times the usual price: then a
 * linear axis shows it alone.
 */
function needsLogScale(points: readonly Point[]): boolean {
  const prices = points
    .flatMap(({ price }) => (price === null ? [] : [price]))
    .sort((a, b) => a - b);
  const lowest = prices[0] ?? 0;
  const median = prices[Math.floor(prices.length / 2)] ?? 0;
  return lowest > 0 && (prices.at(-1) ?? 0) > 30 * median;
}

/** The lines, their scale and their labels; weeks without a price are gaps. */
export function weeklySpec(
  weeks: readonly Week[],
  { title, subtitle }: Heading,
): NonNullable<ChartPlan['spec']> {
  const points = pointsOf(weeks);
  const log = needsLogScale(points);
  const note = log ? ['Each grid line upwards is a multiple of the one below.'] : [];
  return {
    title: headingOf({ title, subtitle: [...subtitle, ...note] }),
    width: CHART_WIDTH,
    height: 330,
    autosize: { type: 'fit', contains: 'padding' },
    data: { values: points },
    encoding: { x: WEEK, y: priceOf(points, log), color: SERIES },
    layer: [LINES, POINTS, ...endLabels(points)],
  } as NonNullable<ChartPlan['spec']>;
}

const WEEK = {
  field: 'week',
  type: 'ordinal',
  sort: null,
  axis: { title: 'Week from', labelAngle: 0, labelOverlap: 'parity', labelSeparation: 10 },
  scale: { type: 'point', padding: 0.3 },
};

const SERIES = {
  field: 'series',
  type: 'nominal',
  legend: null,
  scale: { domain: ['Owned', 'Hosted'], range: [COLORS.owned, COLORS.hosted] },
};

const LINES = { mark: { type: 'line', strokeWidth: 2.5 } };

/** A week between two gaps has no line; its point shows it. */
const POINTS = {
  mark: { type: 'point', filled: true, size: 42, opacity: 1 },
  transform: [{ filter: 'isValid(datum.price)' }],
};

function priceOf(points: readonly Point[], log: boolean): object {
  return {
    field: 'price',
    type: 'quantitative',
    axis: {
      title: '$ per million tokens',
      tickCount: 5,
      format: log ? '$,~r' : axisFormat(points),
    },
    scale: log ? { type: 'log', nice: true } : { zero: true, nice: true },
  };
}

function axisFormat(points: readonly Point[]): string {
  const highest = Math.max(...points.map(({ price }) => price ?? 0));
  if (highest >= 20) return '$,.0f';
  return highest >= 0.1 ? '$,.2f' : '$,.2~r';
}

/** Each line's name and newest price at its end, moved apart where the lines nearly meet. */
function endLabels(points: readonly Point[]): object[] {
  const ends = (['Owned', 'Hosted'] as const).flatMap((series) => {
    const end = points.findLast((point) => point.series === series && point.price !== null);
    return end === undefined ? [] : [end];
  });
  const highest = Math.max(...points.map(({ price }) => price ?? 0));
  const [owned, hosted] = [ends[0]?.price ?? 0, ends[1]?.price ?? 0];
  const meets = ends.length === 2 && Math.abs(owned - hosted) < highest * 0.08;
  return ends.map((end) => {
    const above = (end.series === 'Owned') === owned >= hosted;
    return {
      data: { values: [{ ...end, label: `${end.series} ${shortPrice(end.price ?? 0)}` }] },
      mark: {
        type: 'text',
        align: 'left',
        dx: 9,
        dy: meets ? (above ? -9 : 9) : 0,
        fontSize: 12.5,
        fontWeight: 600,
      },
      encoding: { text: { field: 'label', type: 'nominal' } },
    };
  });
}

function shortPrice(price: number): string {
  return priceText(exact(BigInt(Math.round(price * 1e9)), 1_000_000_000n));
}
