/** Knows the chart of the quarters: what the stack cost in each, and what a change would save. */

import { compare, type Exact } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import { dollars, UNKNOWN } from '../format.ts';
import { type ChartPlan, namesOf } from './chart.ts';
import { type QuarterCost, quarterTrend } from './quarterTrend.ts';
import { quartersSpec } from './quartersSpec.ts';

const NAMES = namesOf('quarters');

export function quartersPlan(audit: Audit, history: readonly Audit[]): ChartPlan {
  const quarters = quarterTrend(audit, history);
  if (quarters.length === 0) {
    const title = nothingText(audit);
    return { ...NAMES, title, alt: `${title}.` };
  }
  const title = titleOf(quarters);
  const subtitle = [
    "What keeping all costs a quarter, people's time included, and what of it the best plan of " +
      'that quarter would have saved.',
  ];
  const alt = `${title}. ${subtitle.join(' ')} ${quarters.map(inWords).join('; ')}.`;
  return { ...NAMES, title, alt, spec: quartersSpec(quarters, { title, subtitle }) };
}

function nothingText({ quarter }: Audit): string {
  return quarter === null
    ? 'A window by hand has no trend of quarters'
    : 'The trend of the quarters begins when a second one has been audited';
}

/** This quarter against the last one before it whose saving is known. */
function titleOf(quarters: readonly QuarterCost[]): string {
  const now = quarters.at(-1);
  const before = quarters.slice(0, -1).findLast(({ saving }) => saving !== undefined);
  if (now?.saving === undefined) return 'What a change would save is not known in this quarter';
  if (before?.saving === undefined) {
    return `A change would save ${dollars(now.saving)} in ${now.name}; of earlier quarters no saving is known`;
  }
  return `What a change would save ${moved(before.saving, now.saving)}, ${before.name} to ${now.name}`;
}

/** `fell from $24,000 to $19,309`; what is printed alike has stayed. */
function moved(before: Exact, now: Exact): string {
  const [from, to] = [dollars(before), dollars(now)];
  if (from === to) return `stayed at ${to}`;
  return `${compare(now, before) > 0 ? 'rose' : 'fell'} from ${from} to ${to}`;
}

/** `Q3 2026: $79,034, of which $19,309 avoidable`. */
function inWords({ name, keep, saving }: QuarterCost): string {
  if (keep === undefined) return `${name}: not audited`;
  const avoidable = saving === undefined ? UNKNOWN : dollars(saving);
  return `${name}: ${dollars(keep)}, saving ${avoidable}`;
}
