/**
 * Determines whether a change is likely enough and saves enough to be advised, or why it is not.
 */

import { compare, type Exact, negate } from '../../domain/exact.ts';
import type { Verdict } from '../auditWord.ts';
import { roundedDouble } from '../document/printed.ts';
import { sixPlaces } from '../../domain/figureText.ts';
import { usdText } from '../../domain/money.ts';
import type { SimulatedSaving } from '../odds/drawn.ts';
import type { Policy } from '../policy.ts';
import type { Objection } from '../reason.ts';
import { smallSavingObjection } from './materiality.ts';

export interface ProposedChange {
  readonly savingUsd: Exact;
  readonly keepUsd: Exact;
  readonly odds: SimulatedSaving | undefined;
}

/** Objections to a change, from its own figures. Empty if the change can be advised. */
export function findObjections(
  { savingUsd, keepUsd, odds }: ProposedChange,
  policy: Policy,
): Objection[] {
  const tooSmall = smallSavingObjection(savingUsd, keepUsd, policy);
  return [...(tooSmall === undefined ? [] : [tooSmall]), ...likelihoodObjections(odds, policy)];
}

function likelihoodObjections(
  odds: SimulatedSaving | undefined,
  { minProbability }: Policy,
): Objection[] {
  const neededProbability = sixPlaces(minProbability);
  if (odds === undefined) return [{ code: 'not-certain', neededProbability }];
  const probability = roundedDouble(odds.probability);
  const isUnlikely = compare(probability, minProbability) < 0;
  const objection: Objection = {
    code: 'not-certain',
    probability: sixPlaces(probability, 'floor'),
    neededProbability,
  };
  return [...(isUnlikely ? [objection] : []), ...persistenceObjections(odds)];
}

/** If one window is too short for a probability, no week may have cost more than keeping. */
function persistenceObjections({ cannotTell }: SimulatedSaving): Objection[] {
  if (cannotTell === undefined) return [];
  const moreUsd = negate(roundedDouble(cannotTell.worstWeekUsd));
  return moreUsd.num <= 0n ? [] : [{ code: 'weeks-persist', moreUsd: usdText(moreUsd) }];
}

/**
 * The verdict on a change that is not advised. More evidence would not help a saving that is too
 * small, so `too small to act on` takes precedence.
 */
export function openVerdict(objections: readonly Objection[]): Verdict {
  const isSmall = objections.some(({ code }) => code === 'too-small');
  return isSmall ? 'too small to act on' : 'not certain enough';
}
