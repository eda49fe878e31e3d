/** Knows what could change our mind: the assumption on which the answer hangs, and how far each figure is from flipping it. */

import { compare, decimal, type Exact } from '../../domain/exact.ts';
import type { Audit, AuditDeployment, Flip } from '../../verdict/audit.ts';
import { dollars, percent, plainNumber, tokenCount, UNKNOWN } from '../format.ts';
import { oneLine, shownName } from '../label.ts';
import { known, plannedChanges, type Situation } from './reading.ts';
import { breakEvenSentence } from './why.ts';

const MOST_FLIPS = 6;
const MOST_BREAK_EVENS = 3;

export function doubtsOf(audit: Audit, situation: Situation): string[] {
  if (situation === 'nothing' || situation === 'empty') return [];
  return [
    laborLine(audit),
    ...required(audit),
    ...audit.stack.flips.map((flip) => flipLine('', flip)),
    ...deploymentFlips(audit),
    ...breakEvens(audit, situation),
    ruleOfThumb(audit),
  ];
}

/** Said first, because people's time is the largest thing that is assumed rather than billed. */
function laborLine({ stack }: Audit): string {
  const included = amount(known(stack.savingUsd.base));
  const without = amount(known(stack.withoutLabor.savingUsd));
  if (stack.verdict === stack.withoutLabor.verdict) {
    return `The answer does not hang on people's time: the verdict is "${stack.verdict}" with it (saving ${included}) and without it (saving ${without}).`;
  }
  return `The answer hangs on people's time: with it the verdict is "${stack.verdict}" (saving ${included}), without it "${stack.withoutLabor.verdict}" (saving ${without}).`;
}

function required({ stack }: Audit): string[] {
  const cost = known(stack.requiredCostUsd);
  if (cost === undefined || cost.num <= 0n) return [];
  return [
    `Keeping what must stay costs ${dollars(cost)} more than the best plan without that wish.`,
  ];
}

function deploymentFlips({ deployments, stack }: Audit): string[] {
  const room = Math.max(0, MOST_FLIPS - stack.flips.length);
  return deployments
    .flatMap(({ id, flips }) => flips.map((flip) => flipLine(`${shownName(id)}: `, flip)))
    .slice(0, room);
}

function flipLine(subject: string, { input, today, flipsAt }: Flip): string {
  const shown = (value: string) => inputValue(input, decimal(value));
  return `${subject}${oneLine(input, 80)} is ${shown(today)} today; at ${shown(flipsAt)} the answer flips.`;
}

/** A flip's value in the unit its input's name tells. */
function inputValue(input: string, value: Exact): string {
  if (/utili[sz]ation|share|coverage/i.test(input)) return percent(value);
  return /usd|\$|price|cost|rate/i.test(input) ? dollars(value) : plainNumber(value);
}

function breakEvens(audit: Audit, situation: Situation): string[] {
  const changing = plannedChanges(audit).map(({ deployment }) => deployment);
  const told = situation === 'change' && changing.length === 1 ? changing : [];
  return [...audit.deployments]
    .filter((deployment) => !told.includes(deployment))
    .sort((a, b) => compare(decimal(b.spendUsd), decimal(a.spendUsd)))
    .map((deployment: AuditDeployment) => breakEvenSentence(deployment))
    .filter((sentence) => sentence !== '')
    .slice(0, MOST_BREAK_EVENS);
}

/** The one figure by which stacks are commonly judged, and where this one stands. */
const THUMB_TOKENS_PER_DAY = 10_000_000;

function ruleOfThumb({ totals }: Audit): string {
  const daily = tokenCount(totals.tokensPerDay);
  const side = totals.tokensPerDay < THUMB_TOKENS_PER_DAY ? 'below' : 'above';
  return `The stack serves ${daily} tokens a day, ${side} the 10M under which most teams should not self-host.`;
}

function amount(value: Exact | undefined): string {
  return value === undefined ? UNKNOWN : dollars(value);
}
