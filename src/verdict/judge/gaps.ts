/** Reports missing bills that are too large for a verdict. */

import { toGapFact } from '../../domain/bookFact.ts';
import type { BillGap } from '../../domain/completeness.ts';
import { compare, exact } from '../../domain/exact.ts';
import { sumNano, usd, usdText } from '../../domain/money.ts';
import type { StackEconomics } from '../../economics/result.ts';
import { sixPlaces } from '../../domain/figureText.ts';
import type { Policy } from '../policy.ts';
import type { Missing } from '../reason.ts';

/**
 * The limit is that for unattributed spend. Worked number: $15.00 estimated missing and $85.00 of
 * spend are 15%. Above 10% there is no verdict.
 */
export function missingChargesEvidence(
  { bill }: StackEconomics,
  { maxUnattributedShare: most }: Policy,
  gaps: readonly BillGap[],
): Missing[] {
  const likely = sumNano(gaps.map(({ likelyNanoUsd }) => likelyNanoUsd));
  const [largest] = gaps.toSorted((a, b) => Number(b.likelyNanoUsd - a.likelyNanoUsd));
  if (likely <= 0n || largest === undefined) return [];
  const share = exact(likely, likely + (bill.spend > 0n ? bill.spend : 0n));
  if (compare(share, most) <= 0) return [];
  const figures = { share: sixPlaces(share, 'ceiling'), mostShare: sixPlaces(most) };
  const likelyUsd = usdText(usd(likely));
  return [{ code: 'missing-charges', likelyUsd, ...figures, gap: toGapFact(largest) }];
}
