/** When a change may be advised: it is likely enough, and it saves enough. Else why not. */

import { compare, type Exact, negate } from '../../domain/exact.ts';
import type { Verdict } from '../auditWord.ts';
import { fromDouble } from '../document/printed.ts';
import { sixPlaces } from '../../domain/figureText.ts';
import { usdText } from '../../domain/money.ts';
import type { Odds } from '../odds/drawn.ts';
import type { Policy } from '../policy.ts';
import type { Objection } from '../reason.ts';
import { smallness } from './materiality.ts';

export interface Change {
  readonly savingUsd: Exact;
  readonly keepUsd: Exact;
  readonly odds: Odds | undefined;
}

/** What stands against a change by its own figures; empty where it can be advised. */
export function objectionsTo({ savingUsd, keepUsd, odds }: Change, policy: Policy): Objection[] {
  const small = smallness(savingUsd, keepUsd, policy);
  return [...(small === undefined ? [] : [small]), ...unlikely(odds, policy)];
}

function unlikely(odds: Odds | undefined, { minProbability }: Policy): Objection[] {
  const neededProbability = sixPlaces(minProbability);
  if (odds === undefined) return [{ code: 'not-certain', neededProbability }];
  const probability = fromDouble(odds.probability);
  const isUnlikely = compare(probability, minProbability) < 0;
  const unlikely: Objection = {
    code: 'not-certain',
    probability: sixPlaces(probability, 'floor'),
    neededProbability,
  };
  return [...(isUnlikely ? [unlikely] : []), ...persistent(odds)];
}

/** Where one window cannot tell, its odds alone advise nothing: no week may have cost more. */
function persistent({ cannotTell }: Odds): Objection[] {
  if (cannotTell === undefined) return [];
  const moreUsd = negate(fromDouble(cannotTell.worstWeekUsd));
  return moreUsd.num <= 0n ? [] : [{ code: 'weeks-persist', moreUsd: usdText(moreUsd) }];
}

/**
 * The verdict on a change that is not advised. What is too small is not worth more certainty, so
 * of both that one is told.
 */
export function openVerdict(objections: readonly Objection[]): Verdict {
  const isSmall = objections.some(({ code }) => code === 'too-small');
  return isSmall ? 'too small to act on' : 'not certain enough';
}
