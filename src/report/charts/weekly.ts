/** Plans the price chart: dollars per million tokens by week, self-hosted and hosted. */

import { compare, type Exact } from '../../domain/exact.ts';
import type { AuditDetail } from '../../verdict/audit.ts';
import { counted, dayOfMonth } from '../format.ts';
import { shownName } from '../displayText.ts';
import { type PriceComparison, comparePrices, priceText } from '../sections/mainFigures.ts';
import { type ChartPlan, chartNames } from './chart.ts';
import { weeklySpec } from './weeklySpec.ts';
import { type WeekPrices, type WeeklyPrices, computeWeeklyPrices } from './weeklyPrices.ts';
import type { Reader } from '../locale.ts';

const NAMES = chartNames('weekly-price');

export function planWeeklyChart(detail: AuditDetail, reader: Reader): ChartPlan {
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
