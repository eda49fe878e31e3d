/** Knows what else a deployment could be, the largest saving against keeping it first. */

import { compare, type Exact, isZero, subtract } from '../domain/exact.ts';
import { type Choice, CHOICES, type Offer } from '../economics/offer.ts';
import { offerOf, optionCost, pricedOption } from '../economics/options.ts';
import type { DeploymentEconomics } from '../economics/result.ts';

export interface Other {
  readonly choice: Choice;
  /** Against keeping, labor included; negative where it costs more. */
  readonly savingUsd: Exact;
}

/** Every other option whose price is known; on ties who changes less comes first. */
export function othersOf(deployment: DeploymentEconomics): Other[] {
  const keepUsd = pricedOption(deployment, 'keep').usd;
  return CHOICES.filter((choice) => isOther(deployment, choice))
    .flatMap((choice) => {
      const usd = optionCost(deployment, choice)?.usd;
      return usd === undefined ? [] : [{ choice, savingUsd: subtract(keepUsd, usd) }];
    })
    .sort((a, b) => compare(b.savingUsd, a.savingUsd));
}

/** A right size that is today's, or a hybrid that buys nothing, is keeping by another name. */
function isOther(deployment: DeploymentEconomics, choice: Choice): boolean {
  const [other, keep] = [offerOf(deployment, choice), offerOf(deployment, 'keep')];
  if (other === undefined || keep === undefined || choice === 'keep') return false;
  const difference = compare(other.gpuUsd, keep.gpuUsd);
  if (choice === 'right-size') return difference !== 0;
  return choice !== 'hybrid' || difference < 0 || isBuying(other);
}

function isBuying({ hosted: { atZeroUsd, atOneUsd } }: Offer): boolean {
  return !isZero(atZeroUsd) || !isZero(atOneUsd);
}
