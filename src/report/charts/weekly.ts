/** Knows the chart of prices: what a million tokens cost in each week, owned against hosted. */

import { compare } from '../../domain/exact.ts';
import type { AuditDetail } from '../../verdict/auditDetail.ts';
import { counted, dayOfMonth } from '../format.ts';
import { shownName } from '../label.ts';
import { type Compared, compared, priceText } from '../words/figures.ts';
import { type ChartPlan, namesOf } from './chart.ts';
import { weeklySpec } from './weeklySpec.ts';
import { type Week, type Weeks, weeksOf } from './weeks.ts';

const NAMES = namesOf('weekly-price');

export function weeklyPlan(detail: AuditDetail): ChartPlan {
  const told = weeksOf(detail);
  const priced = told.weeks.filter(({ owned }) => owned !== undefined);
  if (priced.length === 0) {
    const title = 'No week has a price: no tokens are known to have been served';
    return { ...NAMES, title, alt: `${title}.` };
  }
  const title = titleOf(told);
  const subtitle = subtitleOf(told);
  const alt = `${title}. ${subtitle.join(' ')} ${inWords(told.weeks)}`;
  return { ...NAMES, title, alt, spec: weeklySpec(told.weeks, { title, subtitle }) };
}

function titleOf({ weeks, total }: Weeks): string {
  const both = weeks.filter(({ owned, hosted }) => owned !== undefined && hosted !== undefined);
  if (both.length === 0) return 'Owned tokens have a price, hosted ones none that is known';
  const dearer = both.filter(({ owned, hosted }) => owned && hosted && compare(owned, hosted) > 0);
  const often = `dearer in ${dearer.length} of ${counted(both.length, 'week')}`;
  const { kind, by } = compared(total.owned, total.hosted);
  const finding = `Owned tokens cost ${FINDINGS[kind](by)}`;
  return both.length === 1 ? finding : `${finding}, ${often}`;
}

const FINDINGS: Readonly<Record<Compared['kind'], (by: string) => string>> = {
  more: (by) => `${by} hosted`,
  less: (by) => `${by} less than hosted`,
  same: () => 'about the same as hosted',
  free: () => 'more, as hosted ones are free',
};

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

/** Weeks without tokens are counted above, and have nothing more to say. */
function inWords(weeks: readonly Week[]): string {
  const told = weeks.flatMap(({ mondayMs, owned, hosted }) =>
    owned === undefined
      ? []
      : [together(`${dayOfMonth(mondayMs)}: ${priceText(owned)} vs ${priceText(hosted)}`)],
  );
  const left = told.length - MOST_WORDS;
  const more = left > 0 ? `; and ${counted(left, 'more week')}` : '';
  return `Weeks from (owned vs hosted): ${told.slice(0, MOST_WORDS).join('; ')}${more}.`;
}

/** Kept on one line of the plain text. */
function together(words: string): string {
  return words.replaceAll(' ', '\u00a0');
}
