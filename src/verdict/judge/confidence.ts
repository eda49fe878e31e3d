/** Rates the confidence of a verdict. */

import { compare, exact, ZERO } from '../../domain/exact.ts';
import type { StackEconomics } from '../../economics/result.ts';
import type { Verdict } from '../auditWord.ts';
import type { Confidence } from '../decision.ts';

const WELL_COVERED = exact(98n, 100n);
const FEW_UNATTRIBUTED = exact(2n, 100n);

/**
 * `none` without a verdict. `low` if the verdict is open, or changes when labor is left out. `high`
 * if usage covers 98% of the paid time, at most 2% of the spend is unattributed and every
 * deployment has evidence. Otherwise `medium`.
 */
export function rateConfidence(
  economics: StackEconomics,
  verdicts: { readonly withLabor: Verdict; readonly withoutLabor: Verdict },
  weak: ReadonlySet<string>,
): Confidence {
  const { withLabor, withoutLabor } = verdicts;
  if (withLabor === 'not enough evidence') return 'none';
  if (isOpen(withLabor) || withLabor !== withoutLabor) return 'low';
  const isCovered = compare(economics.coverage ?? ZERO, WELL_COVERED) >= 0;
  const isAttributed = compare(economics.bill.unattributedShare ?? ZERO, FEW_UNATTRIBUTED) <= 0;
  return isCovered && isAttributed && weak.size === 0 ? 'high' : 'medium';
}

function isOpen(verdict: Verdict): boolean {
  return verdict === 'too small to act on' || verdict === 'not certain enough';
}
