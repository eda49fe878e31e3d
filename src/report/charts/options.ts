/** The chart of options: what each way of the whole stack costs, and how sure that is. */

import { currentWriting } from '../speaking.ts';
import { type Exact, isZero, negate } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import { dollars } from '../format.ts';
import { perPeriod } from '../words/period.ts';
import { capital } from '../copy/figures.ts';
import { isOpen, isPlanMade, situationOf } from '../words/reading.ts';
import { type ChartPlan, namesOf } from './chart.ts';
import { optionsSpec } from './optionsSpec.ts';
import { type Way, waysOf } from './ways.ts';

const NAMES = namesOf('options');

export function optionsPlan(audit: Audit): ChartPlan {
  const ways = waysOf(audit);
  const [cheapest] = ways;
  if (cheapest === undefined) {
    const title = 'No other option has a known cost to compare with keeping';
    return { ...NAMES, title, alt: `${title}.` };
  }
  const title = titleOf(audit, ways);
  const told = ways.map((way) => ({ way, saving: way.isKeep ? '' : savingText(way.saving) }));
  const intervals = ways.some(({ interval }) => interval !== undefined);
  const subtitle = [
    `Cost of the whole stack ${perPeriod(audit)}, with engineering time.`,
    ...(intervals ? [`Lines: ${currentWriting().percent('90')} ranges. Dashed: keeping.`] : []),
  ];
  const alt = `${title}. ${subtitle.join(' ')} ${ways.map(inWords).join('; ')}.`;
  return { ...NAMES, title, alt, spec: optionsSpec(told, { title, subtitle }) };
}

function titleOf(audit: Audit, ways: readonly Way[]): string {
  const situation = situationOf(audit);
  const plan = ways.find(({ isPlan }) => isPlan);
  const isKept = plan === undefined || plan.isKeep;
  const finding = isKept ? keepText(ways) : planText(plan, isPlanMade(audit));
  if (situation === 'no evidence') return `Not enough evidence to choose: ${finding}`;
  return isOpen(situation) ? `${capital(audit.stack.verdict)}: ${finding}` : capital(finding);
}

function planText({ cost, saving }: Way, isMade: boolean): string {
  const plan = isMade ? 'the plan costs' : 'the best plan would cost';
  return `${plan} ${dollars(cost)}, ${against(saving)} keeping`;
}

/** Keeping, and the cheapest change beside it. */
function keepText(ways: readonly Way[]): string {
  const keep = ways.find(({ isKeep }) => isKeep);
  const other = ways.find(({ isKeep }) => !isKeep);
  if (keep === undefined) return 'the cost of keeping is unknown';
  const cost = `keeping costs ${dollars(keep.cost)}`;
  if (other === undefined) return cost;
  const change = `the cheapest change (${other.name.toLowerCase()}) costs ${more(other.saving)}`;
  return `${cost}, and ${change}`;
}

/** `$19,309 less than`, `as much as`. */
function against(saving: Exact): string {
  return isZero(saving) ? 'as much as' : `${more(saving)} than`;
}

function more(saving: Exact): string {
  if (isZero(saving)) return 'as much';
  return saving.num > 0n ? `${dollars(saving)} less` : `${dollars(negate(saving))} more`;
}

/** `Hybrid for all $66,430 ($65,913 to $69,202), saves $12,603`. */
function inWords({ name, cost, interval, saving, isKeep }: Way): string {
  const ends = interval === undefined ? '' : ` (${interval.map(dollars).join(' to ')})`;
  return `${name} ${dollars(cost)}${ends}${isKeep ? '' : `, ${savingText(saving)}`}`;
}

/** `saves $12,603`, `costs $9,846 more`, `saves nothing`. */
function savingText(saving: Exact): string {
  if (isZero(saving)) return 'saves nothing';
  return saving.num > 0n ? `saves ${dollars(saving)}` : `costs ${more(saving)}`;
}
