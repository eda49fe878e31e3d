/** Knows the chart of prices: what a million tokens cost in each week, owned against hosted. */

import { compare, exact, type Exact, toNumber } from '../../domain/exact.ts';
import type { AuditDetail } from '../../verdict/audit.ts';
import { comparison, priceText } from '../words/figures.ts';
import { counted, dateText } from '../format.ts';
import { shownName } from '../label.ts';
import type { ChartPlan } from './chart.ts';
import { writable } from './fonts.ts';
import { nothingToDraw } from './nothing.ts';
import { CHART_WIDTH, COLORS } from './theme.ts';
import { type Week, type Weeks, weeksOf } from './weeks.ts';

const NAMES = { id: 'weekly-price@rentcheck', filename: 'weekly-price.png' };

export function weeklyPlan(detail: AuditDetail): ChartPlan {
  const told = weeksOf(detail);
  const priced = told.weeks.filter(({ owned }) => owned !== undefined);
  if (priced.length === 0) {
    const title = 'No week has a price: no tokens are known to have been served';
    return { ...NAMES, title, alt: `${title}.`, spec: nothingToDraw(title) };
  }
  const title = titleOf(told);
  const subtitle = subtitleOf(told);
  const alt = `${title}. ${subtitle.join(' ')} ${inWords(told.weeks)}`;
  return { ...NAMES, title, alt, spec: specOf(told.weeks, { title, subtitle }) };
}

function titleOf({ weeks, total }: Weeks): string {
  const both = weeks.filter(({ owned, hosted }) => owned !== undefined && hosted !== undefined);
  if (both.length === 0) return 'Owned tokens have a price, hosted ones none that is known';
  const dearer = both.filter(({ owned, hosted }) => owned && hosted && compare(owned, hosted) > 0);
  const often = `dearer in ${dearer.length} of ${counted(both.length, 'week')}`;
  const finding = `Owned tokens cost ${comparison(total.owned, total.hosted)}`;
  const than = finding.endsWith('as much')
    ? finding.replace(' as much', ' hosted')
    : finding.endsWith('less')
      ? `${finding} than hosted`
      : finding.endsWith('same')
        ? `${finding} as hosted`
        : finding;
  return both.length === 1 ? than : `${than}, ${often}`;
}

function subtitleOf({ weeks, withoutHost }: Weeks): string[] {
  const empty = weeks.filter(({ owned }) => owned === undefined).length;
  const notes = [
    withoutHost.length === 0 ? '' : `Without ${listed(withoutHost)}: no hosted price is known.`,
    empty === 0
      ? ''
      : `${counted(empty, 'week')} without tokens ${empty === 1 ? 'has' : 'have'} no price.`,
  ].filter((note) => note !== '');
  return [
    'Dollars for a million tokens, by week from Monday (UTC), same traffic on both sides.',
    ...notes,
  ];
}

function listed(ids: readonly string[]): string {
  const [first = '', ...others] = ids.map(shownName);
  return others.length === 0 ? first : `${first} and ${counted(others.length, 'other')}`;
}

const MOST_WORDS = 16;

function inWords(weeks: readonly Week[]): string {
  const shown = weeks
    .slice(0, MOST_WORDS)
    .map(
      ({ mondayMs, owned, hosted }) =>
        `${dayLabel(mondayMs)} ${owned === undefined ? 'no tokens' : `${priceText(owned)} vs ${priceText(hosted)}`}`,
    );
  const left = weeks.length - shown.length;
  const more = left > 0 ? `; and ${counted(left, 'more week')}` : '';
  return `Weeks from (owned vs hosted): ${shown.join('; ')}${more}.`;
}

/** `29 Jun`. */
function dayLabel(instantMs: number): string {
  return dateText(instantMs).split(' ').slice(0, 2).join(' ');
}

interface Point {
  readonly week: string;
  readonly series: 'Owned' | 'Hosted';
  readonly price: number | null;
}

function pointsOf(weeks: readonly Week[]): Point[] {
  return weeks.flatMap(({ mondayMs, owned, hosted }) => {
    const week = weeks.length > 52 ? dateText(mondayMs) : dayLabel(mondayMs);
    return [
      { week, series: 'Owned' as const, price: priceNumber(owned) },
      { week, series: 'Hosted' as const, price: priceNumber(hosted) },
    ];
  });
}

function priceNumber(price: Exact | undefined): number | null {
  return price === undefined ? null : toNumber(price);
}

/** A week with a hundredth of the usual traffic costs a hundred times the usual price: then a linear axis shows it alone. */
function needsLogScale(points: readonly Point[]): boolean {
  const prices = points
    .flatMap(({ price }) => (price === null ? [] : [price]))
    .sort((a, b) => a - b);
  const lowest = prices[0] ?? 0;
  const median = prices[Math.floor(prices.length / 2)] ?? 0;
  return lowest > 0 && (prices.at(-1) ?? 0) > 30 * median;
}

function specOf(
  weeks: readonly Week[],
  title: { title: string; subtitle: string[] },
): ChartPlan['spec'] {
  const points = pointsOf(weeks);
  const log = needsLogScale(points);
  const note = log ? ['Each grid line upwards is a multiple of the one below.'] : [];
  return {
    title: { text: writable(title.title), subtitle: [...title.subtitle, ...note].map(writable) },
    width: CHART_WIDTH,
    height: 330,
    autosize: { type: 'fit', contains: 'padding' },
    data: { values: points },
    encoding: {
      x: {
        field: 'week',
        type: 'ordinal',
        sort: null,
        axis: { title: 'Week from', labelAngle: 0, labelOverlap: 'parity', labelSeparation: 10 },
        scale: { type: 'point', padding: 0.3 },
      },
      y: {
        field: 'price',
        type: 'quantitative',
        axis: {
          title: '$ per million tokens',
          tickCount: 5,
          format: log ? '$,~r' : axisFormat(points),
        },
        scale: log ? { type: 'log', nice: true } : { zero: true, nice: true },
      },
      color: {
        field: 'series',
        type: 'nominal',
        legend: null,
        scale: { domain: ['Owned', 'Hosted'], range: [COLORS.owned, COLORS.hosted] },
      },
    },
    layer: [
      { mark: { type: 'line', strokeWidth: 2.5, interpolate: 'linear' } },
      {
        mark: { type: 'point', filled: true, size: 42, opacity: 1 },
        transform: [{ filter: 'isValid(datum.price)' }],
      },
      ...endLabels(points),
    ],
  } as ChartPlan['spec'];
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
