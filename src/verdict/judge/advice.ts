/** Knows when a change may be advised: by its odds and by its dollars. */

import { compare, type Exact } from '../../domain/exact.ts';
import { fromDouble } from '../document/printed.ts';
import type { Odds } from '../odds/drawn.ts';
import type { Policy } from '../policy.ts';
import { percent } from '../words.ts';
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
  if (compare(probability, minProbability) >= 0) return [];
  return [
    `It is cheaper with odds of ${percent(probability, 'floor')}, and ${percent(minProbability)} ` +
      'is needed.',
  ];
}
