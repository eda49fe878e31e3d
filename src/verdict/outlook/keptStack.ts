/** Finds the day from which changing a kept stack would save money. */

import { add, compare, type Exact, larger, subtract, sum, ZERO } from '../../domain/exact.ts';
import type { Choice } from '../../economics/offer.ts';
import type { StackEconomics } from '../../economics/result.ts';
import { findBreakEvenDay } from './flipDay.ts';
import { type Forecast, buysTokens, combineDirections } from './forecast.ts';
import { canPay, canTurn, findOptionBreakEvenDay } from './optionFlip.ts';

/** A deployment and its possible changes, the best one today first. */
export interface ChangeCandidate {
  readonly forecast: Forecast;
  readonly choices: readonly Choice[];
}

export interface KeptStackTerms {
  readonly candidates: readonly ChangeCandidate[];
  /** Forecasts of the same deployments if all of them leave together. */
  readonly leaving: readonly Forecast[];
}

/**
 * The first day on which any change saves money. A self-hosted change must save money by itself.
 * Changes to hosted APIs must together save more than the fixed labor of using them. If everything
 * leaves, the fixed labor of self-hosting is saved too.
 */
export function findKeptStackBreakEvenDay(
  { labor, window }: StackEconomics,
  { candidates, leaving }: KeptStackTerms,
): number | undefined {
  const own = candidates.flatMap(({ forecast, choices }) =>
    choices
      .filter((choice) => !buysTokens(choice))
      .map((choice) => findOptionBreakEvenDay(forecast, choice, window)),
  );
  return earliest([...own, hostedBreakEvenDay({ labor, window }, { candidates, leaving })]);
}

export function earliest(instantsMs: readonly (number | undefined)[]): number | undefined {
  const known = instantsMs.filter((instantMs) => instantMs !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function hostedBreakEvenDay(
  { labor, window }: Pick<StackEconomics, 'labor' | 'window'>,
  { candidates, leaving }: KeptStackTerms,
): number | undefined {
  const buyers = candidates.filter(({ choices }) => choices.some(buysTokens));
  const heading = combineDirections(buyers.map(({ forecast }) => forecast.direction('delete')));
  if (!canTurn(false, heading)) return undefined;
  const open = buyers.map(({ forecast, choices }) => ({
    forecast,
    choices: choices.filter((choice) => buysTokens(choice) && canPay(forecast, choice)),
  }));
  const onceUsd = subtract(labor.selfHosted.base, labor.hosted.base);
  const pays = (instantMs: number) => {
    const bought = open.map((each) => mostSaved(each, instantMs));
    if (compare(sum(bought), labor.hosted.base) > 0) return true;
    const left = allLeft({ candidates, leaving }, instantMs);
    return left !== undefined && add(left, onceUsd).num > 0n;
  };
  return findBreakEvenDay({
    endMs: window.endMs,
    today: false,
    pays,
    turnsOnce: heading !== 'mixed',
  });
}

/** An unknown saving counts as 0. */
function mostSaved({ forecast, choices }: ChangeCandidate, instantMs: number): Exact {
  return choices.map((choice) => forecast.savingAt(choice, instantMs) ?? ZERO).reduce(larger, ZERO);
}

/** Saving of deleting every deployment. `undefined` if one must stay or has no price. */
function allLeft({ candidates, leaving }: KeptStackTerms, instantMs: number): Exact | undefined {
  let saved = ZERO;
  for (const [at, { choices }] of candidates.entries()) {
    const own = choices.includes('delete') ? leaving[at]?.savingAt('delete', instantMs) : undefined;
    if (own === undefined) return undefined;
    saved = add(saved, own);
  }
  return saved;
}
