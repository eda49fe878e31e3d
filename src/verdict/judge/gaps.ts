/** Bills that should be there and are not: named always, and too much of them allows no verdict. */

import { compare, type Exact, exact } from '../../domain/exact.ts';
import type { BillGap } from '../../domain/completeness.ts';
import { gapText } from '../../domain/gapText.ts';
import { sumNano } from '../../domain/money.ts';
import type { StackEconomics } from '../../economics/result.ts';
import type { Policy } from '../policy.ts';
import { nanoDollars, percent } from '../words.ts';

/**
 * As much may be missing as may be unattributed. Worked number: $15.00 likely missing beside $85.00
 * of spend are 15 %, and above 10 % there is no verdict.
 */
export function missingCharges(
  { bill }: StackEconomics,
  policy: Policy,
  gaps: readonly BillGap[],
): string[] {
  const likely = sumNano(gaps.map(({ likelyNanoUsd }) => likelyNanoUsd));
  const [dearest] = gaps.toSorted((a, b) => Number(b.likelyNanoUsd - a.likelyNanoUsd));
  if (likely <= 0n || dearest === undefined) return [];
  const share = exact(likely, likely + (bill.spend > 0n ? bill.spend : 0n));
  if (compare(share, policy.maxUnattributedShare) <= 0) return [];
  return [missingText(dearest, { likely, share, policy })];
}

interface Missing {
  readonly likely: bigint;
  readonly share: Exact;
  readonly policy: Policy;
}

function missingText(gap: BillGap, { likely, share, policy }: Missing): string {
  const { says, mend } = gapText(gap);
  return (
    `About ${nanoDollars(likely)} of charges are missing (${percent(share, 'ceiling')}), and at ` +
    `most ${percent(policy.maxUnattributedShare)} may be: ${says}. To do: ${mend}.`
  );
}

/** Every gap, with what it would come to at the source's usual day or month. */
export function gapNotes(gaps: readonly BillGap[]): string[] {
  return gaps.map((gap) => {
    const { says, mend } = gapText(gap);
    const usual = gap.likelyNanoUsd;
    const about = usual === 0n ? '' : ` (about ${nanoDollars(usual)} at its usual ${gap.unit})`;
    return `${says}${about}: ${mend}`;
  });
}
