/**
 * Knows what could change our mind: the assumption on which the answer hangs, and how far each
 * figure is from flipping it.
 */

import { decimal, type Exact } from '../../domain/exact.ts';
import type { Audit, Flip } from '../../verdict/audit.ts';
import { dollars, percent, plainNumber, tokenCount, UNKNOWN, usdPerMtok } from '../format.ts';
import { oneLine, shownName } from '../label.ts';
import { capital } from './plan.ts';
import { dearestFirst, known, plannedChanges, type Situation } from './reading.ts';
import { medianHosts } from './medianHosts.ts';
import { breakEvenSentence } from './why.ts';

const MOST_FLIPS = 6;
const MOST_BREAK_EVENS = 3;

export function doubtsOf(audit: Audit, situation: Situation): string[] {
  if (situation === 'nothing' || situation === 'empty') return [];
  return [
    ...laborLine(audit),
    ...audit.stack.flips.map((flip) => flipLine('', flip)),
    ...deploymentFlips(audit),
    ...breakEvens(audit, situation),
    ...medianHosts(audit),
    ruleOfThumb(audit),
  ];
}

/** Said first, because people's time is the largest thing that is assumed rather than billed. */
function laborLine({ stack }: Audit): string[] {
  if (stack.savingUsd.base === null && stack.withoutLabor.savingUsd === null) return [];
  const included = amount(known(stack.savingUsd.base));
  const without = amount(known(stack.withoutLabor.savingUsd));
  const { verdict, withoutLabor } = stack;
  if (verdict === withoutLabor.verdict) {
    return [
      `The answer does not hang on people's time: it is "${verdict}" ` +
        `with it (saving ${included}) and without it (saving ${without}).`,
    ];
  }
  return [
    `The answer hangs on people's time: with it the verdict is "${verdict}" ` +
      `(saving ${included}), without it "${withoutLabor.verdict}" (saving ${without}).`,
  ];
}

function deploymentFlips(audit: Audit): string[] {
  const room = Math.max(0, MOST_FLIPS - audit.stack.flips.length);
  return dearestFirst(audit)
    .flatMap(({ id, flips }) => flips.map((flip) => flipLine(`${shownName(id)}: `, flip)))
    .slice(0, room);
}

function flipLine(subject: string, { input, today, flipsAt }: Flip): string {
  const shown = (value: string) => inputValue(input, decimal(value));
  const what = subject === '' ? capital(oneLine(input, 80)) : oneLine(input, 80);
  return `${subject}${what} is ${shown(today)} today; at ${shown(flipsAt)} the answer flips.`;
}

/** A flip's value in the unit its input's name tells. */
function inputValue(input: string, value: Exact): string {
  if (/utili[sz]ation|share|coverage/i.test(input)) return percent(value);
  if (/mtok/i.test(input)) return usdPerMtok(value);
  return /usd|\$|price|cost|rate/i.test(input) ? dollars(value) : plainNumber(value);
}

function breakEvens(audit: Audit, situation: Situation): string[] {
  const changing = plannedChanges(audit).map(({ deployment }) => deployment);
  const told = situation === 'change' && changing.length === 1 ? changing : [];
  return dearestFirst(audit)
    .filter((deployment) => !told.includes(deployment))
    .map(breakEvenSentence)
    .filter((sentence) => sentence !== '')
    .slice(0, MOST_BREAK_EVENS);
}

/** The one figure by which stacks are commonly judged, and where this one stands. */
const THUMB_TOKENS_PER_DAY = 10_000_000;

function ruleOfThumb({ totals }: Audit): string {
  const daily = tokenCount(totals.tokensPerDay);
  const side = totals.tokensPerDay < THUMB_TOKENS_PER_DAY ? 'below' : 'above';
  const thumb = `${tokenCount(THUMB_TOKENS_PER_DAY)} under which most teams should not self-host`;
  return `The stack serves ${daily} tokens a day, ${side} the ${thumb}.`;
}

function amount(value: Exact | undefined): string {
  return value === undefined ? UNKNOWN : dollars(value);
}
