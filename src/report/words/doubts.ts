/** Renders what would change the verdict: its deciding assumption, and break-evens. */

import type { Audit } from '../../verdict/audit.ts';
import { reasonSentence } from '../copy/reasons.ts';
import { factSentence } from './facts.ts';
import { laborLines } from './engineeringTime.ts';
import { mostExpensiveFirst, plannedChanges, type Situation } from './reading.ts';
import { breakEvenSentence } from './why.ts';
import type { Reader } from '../locale.ts';

const MOST_BREAK_EVENS = 3;

/** Lines on what would change the verdict. Empty if there is nothing to decide. */
export function doubtLines(audit: Audit, situation: Situation, reader: Reader): string[] {
  if (situation === 'nothing' || situation === 'empty') return [];
  const { hangsOn, hangsOnDetail } = audit.stack;
  const doubt = { fact: hangsOnDetail ?? undefined, stored: hangsOn ?? '' };
  return [
    ...(hangsOn === null ? [] : [factSentence(doubt, reasonSentence, reader)]),
    ...laborLines(audit, reader),
    ...breakEvens(audit, situation, reader),
  ];
}

/** Break-even volumes of deployments without solved break-evens, which would state the same. */
function breakEvens(audit: Audit, situation: Situation, reader: Reader): string[] {
  const changing = plannedChanges(audit).map(({ deployment }) => deployment);
  const covered = situation === 'change' && changing.length === 1 ? changing : [];
  return mostExpensiveFirst(audit)
    .filter((deployment) => !covered.includes(deployment) && deployment.flips.length === 0)
    .map((each) => breakEvenSentence(each, reader))
    .filter((sentence) => sentence !== '')
    .slice(0, MOST_BREAK_EVENS);
}
