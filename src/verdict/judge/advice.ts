/**
 * Determines whether a change is likely enough and saves enough to be advised, or why it is not.
 */

import { compare, type Exact, larger, multiply, negate } from '../../domain/exact.ts';
import type { Verdict } from '../auditWord.ts';
import { roundedDouble } from '../document/printed.ts';
import { sixPlaces } from '../../domain/figures.ts';
import { usdText } from '../../domain/money.ts';
import type { SimulatedSaving } from '../simulation/types.ts';
import type { Policy } from '../policy.ts';
import type { Objection } from '../reason.ts';

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

/**
 * The larger of the policy's minimum in dollars and its share of the cost of keeping. Of $10,000 at
 * $1,000 and 15%: $1,500.
 */
function neededSaving(keepUsd: Exact, policy: Policy): Exact {
  return larger(policy.minSavingUsd, multiply(policy.minSavingShare, keepUsd));
}

/** The objection to a saving that is too small. `undefined` if it is large enough. */
export function smallSavingObjection(
  savingUsd: Exact,
  keepUsd: Exact,
  policy: Policy,
): Objection | undefined {
  const neededUsd = neededSaving(keepUsd, policy);
  if (compare(savingUsd, neededUsd) >= 0) return undefined;
  return { code: 'too-small', savingUsd: usdText(savingUsd), neededUsd: usdText(neededUsd) };
}
