/** Determines whether a saving is large enough for a change. */

import { compare, type Exact, larger, multiply } from '../../domain/exact.ts';
import type { Policy } from '../policy.ts';
import { usdText } from '../../domain/money.ts';
import type { Objection } from '../reason.ts';

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
