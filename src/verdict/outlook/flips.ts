/** Finds the day on which the saving of the stack's plan, or of one deployment, changes sign. */

import type { Period } from '../../domain/period.ts';
import type { PlanPick as Picked, Plan } from '../../economics/plan.ts';
import type { StackEconomics } from '../../economics/result.ts';
import { stackInPlan } from '../../economics/together.ts';
import { findAlternatives } from '../judge/others.ts';
import { findBreakEvenDay } from './flipDay.ts';
import {
  type Forecast,
  fixedLaborSaving,
  forecastDeployment,
  planSaving,
  combineDirections,
} from './forecast.ts';
import { type ChangeCandidate, earliest, findKeptStackBreakEvenDay } from './keptStack.ts';
import { canTurn, isGain, findOptionBreakEvenDay } from './optionFlip.ts';
import { middleMs, computeTrends } from './trend.ts';

export interface OutlookTerms {
  readonly plan: Plan;
  /** Deployments that stay whatever they cost. They have no such day. */
  readonly kept: ReadonlySet<string>;
}

/**
 * The first day on which the plan no longer saves money. If everything is kept: the first day on
 * which a change would.
 */
export function findStackBreakEvenDay(
  economics: StackEconomics,
  forecasts: readonly Forecast[],
  { plan: { picks }, kept }: OutlookTerms,
): number | undefined {
  const { window } = economics;
  if (picks.every(({ choice }) => choice === 'keep')) {
    const allLeft = economics.deployments.map(
      ({ id }): Picked => ({ deployment: id, choice: 'delete' }),
    );
    const leaving = stackInPlan(economics, allLeft).deployments.map((each) =>
      forecastDeployment(each, computeTrends(each, window), window),
    );
    return findKeptStackBreakEvenDay(economics, {
      candidates: forecasts.map((forecast) => candidateOf(forecast, kept)),
      leaving,
    });
  }
  const fixedUsd = fixedLaborSaving(economics, picks);
  const pays = (instantMs: number) => isGain(planSaving(forecasts, picks, { fixedUsd, instantMs }));
  const heading = combineDirections(headingsOf(forecasts, picks));
  const today = pays(middleMs(window));
  if (today === undefined || !canTurn(today, heading)) return undefined;
  return findBreakEvenDay({ endMs: window.endMs, today, pays, turnsOnce: heading !== 'mixed' });
}

function headingsOf(forecasts: readonly Forecast[], picks: readonly Picked[]) {
  const changed = new Map(picks.map(({ deployment, choice }) => [deployment, choice]));
  return forecasts.map(({ deployment, direction }) => {
    const choice = changed.get(deployment.id) ?? 'keep';
    return choice === 'keep' ? 'still' : direction(choice);
  });
}

/**
 * The same for one deployment alone: the day its best option today stops saving, or any option
 * starts to.
 */
export function findDeploymentBreakEvenDay(
  forecast: Forecast,
  window: Period,
  { kept }: OutlookTerms,
): number | undefined {
  const { choices } = candidateOf(forecast, kept);
  const [first] = choices;
  if (first === undefined) return undefined;
  const isBest = isGain(forecast.savingAt(first, middleMs(window))) === true;
  return earliest(
    (isBest ? [first] : choices).map((each) => findOptionBreakEvenDay(forecast, each, window)),
  );
}

function candidateOf(forecast: Forecast, kept: ReadonlySet<string>): ChangeCandidate {
  const { deployment } = forecast;
  const choices = kept.has(deployment.id)
    ? []
    : findAlternatives(deployment).map(({ choice }) => choice);
  return { forecast, choices };
}
