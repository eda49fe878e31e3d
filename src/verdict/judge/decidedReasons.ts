/** Reasons why the stack's decision differs from a deployment's own verdict. */

import { roundedDouble } from '../document/printed.ts';
import { sixPlaces } from '../../domain/figureText.ts';
import { usdText } from '../../domain/money.ts';
import type { Reason } from '../reason.ts';
import type { Decided } from './decided.ts';
import type { DecisionSide } from './side.ts';

/** At most one reason. Empty if the decision follows the deployment's own verdict. */
export function decidedReasons(
  deployment: string,
  { because, alone, heldBack }: Decided,
  { planned, simulated }: DecisionSide,
): Reason[] {
  const planSavingUsd = usdText(planned.savingUsd);
  if (because === 'with-the-plan') {
    const odds = simulated?.withLabor;
    const likely =
      odds === undefined
        ? {}
        : { probability: sixPlaces(roundedDouble(odds.probability), 'floor') };
    return [{ code: 'with-the-plan', deployment, alone, planSavingUsd, ...likely }];
  }
  if (heldBack === undefined) return [];
  const savingUsd = usdText(heldBack.savingUsd);
  const { option } = heldBack;
  const held = { option, savingUsd, because: heldBack.because, planSavingUsd };
  return [{ code: 'held-back', deployment, ...held }];
}
