/** Plans the quarters chart: the stack's cost by quarter, and the saving of the best plan. */

import { compare, type Exact } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import { dollars, UNKNOWN } from '../format.ts';
import { type ChartPlan, chartNames } from './chart.ts';
import { type QuarterCost, computeQuarterTrend } from './quarterTrend.ts';
import { quartersSpec } from './quartersSpec.ts';
import type { Reader } from '../locale.ts';

const NAMES = chartNames('quarters');

export function planQuartersChart(
  audit: Audit,
  history: readonly Audit[],
  reader: Reader,
): ChartPlan {
  const quarters = computeQuarterTrend(audit, history, reader);
  if (quarters.length === 0) {
    const title = nothingText(audit);
    return { ...NAMES, title, alt: `${title}.` };
  }
  const title = titleOf(quarters, reader);
  const subtitle = [SUBTITLE];
  const alt =
    `${title}. ${subtitle.join(' ')} ` +
    `${quarters.map((each) => inWords(each, reader)).join('; ')}.`;
  return { ...NAMES, title, alt, spec: quartersSpec(quarters, { title, subtitle }, reader) };
}

function nothingText({ quarter }: Audit): string {
  return quarter === null
    ? 'A period chosen by hand has no trend of quarters'
    : 'Trends appear from the second audited quarter on';
}

const SUBTITLE =
  'Cost of keeping all by quarter, with engineering time. The top part is what the best plan ' +
  'saves.';

/** Compares this quarter with the latest earlier one that has a known saving. */
function titleOf(quarters: readonly QuarterCost[], reader: Reader): string {
  const now = quarters.at(-1);
  const before = quarters.slice(0, -1).findLast(({ saving }) => saving !== undefined);
  if (now?.saving === undefined) return 'The saving of a change is unknown in this quarter';
  if (now.saving.num <= 0n) return nothingToSave(before, reader);
  if (before?.saving === undefined) {
    const saving = `A change would save ${dollars(now.saving, reader)} a quarter`;
    return `${saving}, and the earlier saving is unknown`;
  }
  const change = `${moved(before.saving, now.saving, reader)} in ${onOneLine(before.name)}`;
  return `A change would save ${dollars(now.saving, reader)} a quarter, ${change}`;
}

function nothingToSave(before: QuarterCost | undefined, reader: Reader): string {
  if (before?.saving === undefined) return 'No change would save anything in this quarter';
  const name = onOneLine(before.name);
  if (before.saving.num <= 0n) return `No change would save anything, as in ${name}`;
  const earlier = `one would have saved ${dollars(before.saving, reader)} in ${name}`;
  return `No change would save anything, but ${earlier}`;
}

/** `down from $24,000`. Amounts that print alike count as the same. */
function moved(before: Exact, now: Exact, reader: Reader): string {
  if (dollars(before, reader) === dollars(now, reader)) return 'the same as';
  return `${compare(now, before) > 0 ? 'up' : 'down'} from ${dollars(before, reader)}`;
}

/** Keeps the words on one line. */
function onOneLine(words: string): string {
  return words.replaceAll(' ', '\u00a0');
}

/** `Q3 2026: $79,034, saving $19,309`. */
function inWords({ name, keep, saving }: QuarterCost, reader: Reader): string {
  if (keep === undefined) return `${name}: not audited`;
  const avoidable = saving === undefined ? UNKNOWN : dollars(saving, reader);
  return `${name}: ${dollars(keep, reader)}, saving ${avoidable}`;
}
