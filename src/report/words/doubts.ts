/**
 * Knows what would change our mind: the assumption on which the answer hangs, and how far each
 * figure is from flipping it.
 */

import type { Exact } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import type { Verdict } from '../../verdict/auditWord.ts';
import { dollars, UNKNOWN } from '../format.ts';
import { shownSentence } from '../label.ts';
import { flipLines } from './flips.ts';
import { sureText } from './odds.ts';
import { dearestFirst, known, plannedChanges, type Situation } from './reading.ts';
import { breakEvenSentence } from './why.ts';

const MOST_BREAK_EVENS = 3;

const KEPT: ReadonlySet<Verdict> = new Set(['keep', 'keep (required)']);

export function doubtsOf(audit: Audit, situation: Situation): string[] {
  if (situation === 'nothing' || situation === 'empty') return [];
  const { hangsOn } = audit.stack;
  return [
    ...(hangsOn === null ? [] : [shownSentence(hangsOn)]),
    ...laborLine(audit),
    ...flipLines(audit),
    ...breakEvens(audit, situation),
  ];
}

/** People's time is the largest thing that is assumed rather than billed. */
function laborLine({ stack }: Audit): string[] {
  const { verdict, savingUsd, probability, withoutLabor } = stack;
  if (savingUsd.base === null && withoutLabor.savingUsd === null) return [];
  if (KEPT.has(verdict) && KEPT.has(withoutLabor.verdict)) {
    return ["With people's time and without it the answer is to keep."];
  }
  const included = sideText({ verdict, savingUsd: savingUsd.base, probability });
  const without = sideText(withoutLabor);
  return [
    verdict === withoutLabor.verdict
      ? `With people's time and without it the verdict is "${verdict}": with it ${included}; ` +
        `without it ${without}.`
      : `The answer hangs on people's time: with it the verdict is "${verdict}" (${included}), ` +
        `without it "${withoutLabor.verdict}" (${without}).`,
  ];
}

type Side = Audit['stack']['withoutLabor'];

/** `saving $41,214, 96% sure`; of what is kept nothing is sure to be saved. */
function sideText({ verdict, savingUsd, probability }: Side): string {
  const sure = KEPT.has(verdict) ? '' : sureText(probability);
  return `saving ${amount(known(savingUsd))}${sure === '' ? '' : `, ${sure}`}`;
}

/** Where flips are solved they tell it too. */
function breakEvens(audit: Audit, situation: Situation): string[] {
  const changing = plannedChanges(audit).map(({ deployment }) => deployment);
  const told = situation === 'change' && changing.length === 1 ? changing : [];
  return dearestFirst(audit)
    .filter((deployment) => !told.includes(deployment) && deployment.flips.length === 0)
    .map(breakEvenSentence)
    .filter((sentence) => sentence !== '')
    .slice(0, MOST_BREAK_EVENS);
}

function amount(value: Exact | undefined): string {
  return value === undefined ? UNKNOWN : dollars(value);
}
