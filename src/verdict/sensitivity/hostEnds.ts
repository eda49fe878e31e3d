/** Computes a plan's saving at the cheapest and the most expensive eligible provider. */

import {
  add,
  divide,
  type Exact,
  larger,
  multiply,
  ONE,
  subtract,
  sum,
} from '../../domain/exact.ts';
import { usdText } from '../../domain/money.ts';
import { pricedOption } from '../../economics/options.ts';
import type { DeploymentEconomics } from '../../economics/result.ts';
import type { PlanComparison } from './contest.ts';
import type { InputEffect } from './effect.ts';

/**
 * Each deployment uses its own providers' prices as a share of its chosen provider's price for all
 * tokens. A provider pinned in the config has no other ends.
 */
export function providerEffects({ changed }: PlanComparison, baseUsd: Exact): InputEffect[] {
  const ends = changed.map(({ deployment, option }) => ({
    usd: pricedOption(deployment, option).hostedUsd,
    ...sharesOf(deployment),
  }));
  const moreAt = (end: 'low' | 'high') =>
    sum(ends.map((each) => multiply(each.usd, subtract(each[end], ONE))));
  const chosenUsd = sum(ends.map(({ usd }) => usd));
  const [low, high] = [moreAt('low'), moreAt('high')];
  return [
    {
      detail: {
        code: 'host',
        lowUsd: usdText(add(chosenUsd, low)),
        baseUsd: usdText(chosenUsd),
        highUsd: usdText(add(chosenUsd, high)),
      },
      savingAtLowUsd: subtract(baseUsd, low),
      savingAtHighUsd: subtract(baseUsd, high),
    },
  ];
}

/**
 * Ends over the chosen price: at $2.125825 with a most expensive price of $2.194400, the high end
 * is 1.032258.
 */
function sharesOf({ hosted }: DeploymentEconomics): { readonly low: Exact; readonly high: Exact } {
  const chosenUsd = hosted.chosen?.usd;
  if (hosted.isPinned || chosenUsd === undefined || chosenUsd.num <= 0n) {
    return { low: ONE, high: ONE };
  }
  const mostExpensiveUsd = hosted.considered.reduce(
    (most, { usd }) => larger(most, usd ?? most),
    chosenUsd,
  );
  return {
    low: divide(hosted.cheapest?.usd ?? chosenUsd, chosenUsd),
    high: divide(mostExpensiveUsd, chosenUsd),
  };
}
