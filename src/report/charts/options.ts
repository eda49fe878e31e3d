/** Plans the options chart: cost and range of each option for the whole stack. */

import { type Exact, isZero, negate } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import { dollars } from '../format.ts';
import { perPeriod } from '../words/period.ts';
import { capital } from '../copy/figures.ts';
import { isOpen, isPlanMade, findSituation } from '../words/reading.ts';
import { type ChartPlan, chartNames } from './chart.ts';
import { optionsSpec } from './optionsSpec.ts';
import { type StackOption, listStackOptions } from './ways.ts';
import type { Reader } from '../locale.ts';

const NAMES = chartNames('options');

export function planOptionsChart(audit: Audit, reader: Reader): ChartPlan {
  const ways = listStackOptions(audit);
  const [cheapest] = ways;
  if (cheapest === undefined) {
    const title = 'No other option has a known cost to compare with keeping';
    return { ...NAMES, title, alt: `${title}.` };
  }
  const title = titleOf(audit, ways, reader);
  const bars = ways.map((way) => ({
    way,
    saving: way.isKeep ? '' : savingText(way.saving, reader),
  }));
  const intervals = ways.some(({ interval }) => interval !== undefined);
  const subtitle = [
    `Cost of the whole stack ${perPeriod(audit, reader)}, with engineering time.`,
    ...(intervals ? [`Lines: ${reader.percent('90')} ranges. Dashed: keeping.`] : []),
  ];
  const rows = ways.map((each) => inWords(each, reader)).join('; ');
  const alt = `${title}. ${subtitle.join(' ')} ${rows}.`;
  return { ...NAMES, title, alt, spec: optionsSpec(bars, { title, subtitle }, reader) };
}

function titleOf(audit: Audit, ways: readonly StackOption[], reader: Reader): string {
  const situation = findSituation(audit);
  const plan = ways.find(({ isPlan }) => isPlan);
  const isKept = plan === undefined || plan.isKeep;
  const finding = isKept ? keepText(ways, reader) : planText(plan, isPlanMade(audit), reader);
  if (situation === 'no evidence') return `Not enough evidence to choose: ${finding}`;
  return isOpen(situation) ? `${capital(audit.stack.verdict)}: ${finding}` : capital(finding);
}

function planText({ cost, saving }: StackOption, isMade: boolean, reader: Reader): string {
  const plan = isMade ? 'the plan costs' : 'the best plan would cost';
  return `${plan} ${dollars(cost, reader)}, ${against(saving, reader)} keeping`;
}

/** Keeping, compared with the cheapest change. */
function keepText(ways: readonly StackOption[], reader: Reader): string {
  const keep = ways.find(({ isKeep }) => isKeep);
  const other = ways.find(({ isKeep }) => !isKeep);
  if (keep === undefined) return 'the cost of keeping is unknown';
  const cost = `keeping costs ${dollars(keep.cost, reader)}`;
  if (other === undefined) return cost;
  const name = other.name.toLowerCase();
  const change = `the cheapest change (${name}) costs ${more(other.saving, reader)}`;
  return `${cost}, and ${change}`;
}

/** `$19,309 less than`, `as much as`. */
function against(saving: Exact, reader: Reader): string {
  return isZero(saving) ? 'as much as' : `${more(saving, reader)} than`;
}

function more(saving: Exact, reader: Reader): string {
  if (isZero(saving)) return 'as much';
  return saving.num > 0n
    ? `${dollars(saving, reader)} less`
    : `${dollars(negate(saving), reader)} more`;
}

/** `Hybrid for all $66,430 ($65,913 to $69,202), saves $12,603`. */
function inWords({ name, cost, interval, saving, isKeep }: StackOption, reader: Reader): string {
  const ends =
    interval === undefined
      ? ''
      : ` (${interval.map((each) => dollars(each, reader)).join(' to ')})`;
  const saved = isKeep ? '' : `, ${savingText(saving, reader)}`;
  return `${name} ${dollars(cost, reader)}${ends}${saved}`;
}

/** `saves $12,603`, `costs $9,846 more`, `saves nothing`. */
function savingText(saving: Exact, reader: Reader): string {
  if (isZero(saving)) return 'saves nothing';
  return saving.num > 0n ? `saves ${dollars(saving, reader)}` : `costs ${more(saving, reader)}`;
}
