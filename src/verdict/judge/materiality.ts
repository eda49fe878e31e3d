/** When a saving is large enough to be worth a change. */

import { compare, type Exact, larger, multiply } from '../../domain/exact.ts';
import type { Policy } from '../policy.ts';
import { usdText } from '../../domain/money.ts';
import type { Objection } from '../reason.ts';

/** The larger of a sum and a share of the keep cost: of $10,000, $1,500 at $1,000 and 15%. */
function neededSaving(keepUsd: Exact, policy: Policy): Exact {
  return larger(policy.minSavingUsd, multiply(policy.minSavingShare, keepUsd));
}

/** Why a saving is too small; `undefined` where it is not. */
export function smallness(savingUsd: Exact, keepUsd: Exact, policy: Policy): Objection | undefined {
  const neededUsd = neededSaving(keepUsd, policy);
  if (compare(savingUsd, neededUsd) >= 0) return undefined;
  return { code: 'too-small', savingUsd: usdText(savingUsd), neededUsd: usdText(neededUsd) };
}
