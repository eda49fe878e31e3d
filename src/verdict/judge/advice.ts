/** Knows when a change may be advised: by its odds and by its dollars. */

import { compare, type Exact, negate } from '../../domain/exact.ts';
import { fromDouble } from '../document/printed.ts';
import type { Odds } from '../odds/drawn.ts';
import type { Policy } from '../policy.ts';
import { dollars, percent } from '../words.ts';
import { smallness } from './materiality.ts';

export interface Change {
  readonly savingUsd: Exact;
  readonly keepUsd: Exact;
  readonly odds: Odds | undefined;
}

/** Why a change cannot be advised yet; empty where it can. */
export function doubtsOf({ savingUsd, keepUsd, odds }: Change, policy: Policy): string[] {
  const small = smallness(savingUsd, keepUsd, policy);
  return [...unlikely(odds, policy), ...(small === undefined ? [] : [small])];
}

function unlikely(odds: Odds | undefined, { minProbability }: Policy): string[] {
  if (odds === undefined) return ['How likely it is to be cheaper is unknown.'];
  const probability = fromDouble(odds.probability);
  if (compare(probability, minProbability) >= 0) return persistent(odds);
  return [
    `It is cheaper with odds of ${percent(probability, 'floor')}, and ${percent(minProbability)} ` +
      'is needed.',
    ...persistent(odds),
  ];
}

/** Where one window cannot tell, its odds alone advise nothing: no week may have cost more. */
function persistent({ cannotTell }: Odds): string[] {
  if (cannotTell === undefined) return [];
  const more = negate(fromDouble(cannotTell.worstWeekUsd));
  if (more.num <= 0n) return [];
  return [
    'Each week is close to the week before, so one window cannot tell how likely it is to be ' +
      `cheaper: had every week been like the worst one, it would cost ${dollars(more)} more.`,
  ];
}
