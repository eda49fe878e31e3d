/** Lists a deployment's alternatives, largest saving over keeping first. */

import {
  compare,
  type Exact,
  exact,
  isZero,
  multiply,
  negate,
  subtract,
} from '../../domain/exact.ts';
import { CHOICES, type Choice, type OptionOffer } from '../../economics/offer.ts';
import {
  BASE_ASSUMPTIONS,
  type OptionCost,
  findOffer,
  optionCost,
  pricedOption,
  type Assumptions,
} from '../../economics/options.ts';
import type { DeploymentEconomics } from '../../economics/result.ts';

const THOUSANDTH = exact(1n, 1000n);

export interface Alternative {
  readonly choice: Choice;
  /** Saving over keeping, labor included. Negative for a higher cost. */
  readonly savingUsd: Exact;
}

/** Every other option with a known price. On ties, the one that changes less comes first. */
export function findAlternatives(
  deployment: DeploymentEconomics,
  world: Assumptions = BASE_ASSUMPTIONS,
): Alternative[] {
  const keepUsd = pricedOption(deployment, 'keep', world).usd;
  return CHOICES.filter((choice) => isOther(deployment, choice, world))
    .flatMap((choice) => {
      const usd = optionCost(deployment, choice, world)?.usd;
      return usd === undefined ? [] : [{ choice, savingUsd: subtract(keepUsd, usd) }];
    })
    .sort((a, b) => compare(b.savingUsd, a.savingUsd));
}

/**
 * False for options that are the same as keeping: today's size, a hybrid that buys nothing, or a
 * move at the same rent.
 */
function isOther(deployment: DeploymentEconomics, choice: Choice, world: Assumptions): boolean {
  const offer = findOffer(deployment, choice);
  if (offer === undefined || choice === 'keep') return false;
  const other = pricedOption(deployment, choice, world);
  const keep = pricedOption(deployment, 'keep', world);
  const difference = compare(other.gpuUsd, keep.gpuUsd);
  if (choice === 'right-size') return difference !== 0;
  if (choice === 'move') return !isSameRent(other, keep);
  return choice !== 'hybrid' || difference < 0 || isBuying(offer);
}

/** A difference below 0.1% is rounding of bills and hours, not another rate. */
function isSameRent({ gpuUsd: there }: OptionCost, { gpuUsd: here }: OptionCost): boolean {
  return compare(size(subtract(there, here)), multiply(size(here), THOUSANDTH)) < 0;
}

function size(usd: Exact): Exact {
  return usd.num < 0n ? negate(usd) : usd;
}

function isBuying({ hosted: { atZeroUsd, atOneUsd } }: OptionOffer): boolean {
  return !isZero(atZeroUsd) || !isZero(atOneUsd);
}
