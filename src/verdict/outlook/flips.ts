/** Finds the day on which the saving of the stack's plan, or of one deployment, changes sign. */

import type { Period } from '../../domain/period.ts';
import type { Pick as Picked, Plan } from '../../economics/plan.ts';
import type { StackEconomics } from '../../economics/result.ts';
import { inPlan } from '../../economics/together.ts';
import { othersOf } from '../judge/others.ts';
import { flipDay } from './flipDay.ts';
import { type Forecast, fixedSaving, forecastOf, planSaving, together } from './forecast.ts';
import { type Candidate, earliest, keptFlip } from './keptStack.ts';
import { canTurn, isGain, optionFlip } from './optionFlip.ts';
import { middleMs, trendsOf } from './trend.ts';

export interface OutlookTerms {
  readonly plan: Plan;
  /** Deployments that stay whatever they cost. They have no such day. */
  readonly kept: ReadonlySet<string>;
}

/**
 * The first day on which the plan no longer saves money. If everything is kept: the first day on
 * which a change would.
 */
export function stackFlip(
  economics: StackEconomics,
  forecasts: readonly Forecast[],
  { plan: { picks }, kept }: OutlookTerms,
): number | undefined {
  const { window } = economics;
  if (picks.every(({ choice }) => choice === 'keep')) {
    const allLeft = economics.deployments.map(
      ({ id }): Picked => ({ deployment: id, choice: 'delete' }),
    );
    const leaving = inPlan(economics, allLeft).deployments.map((each) =>
      forecastOf(each, trendsOf(each, window), window),
    );
    return keptFlip(economics, {
      candidates: forecasts.map((forecast) => candidateOf(forecast, kept)),
      leaving,
    });
  }
  const fixedUsd = fixedSaving(economics, picks);
  const pays = (instantMs: number) => isGain(planSaving(forecasts, picks, { fixedUsd, instantMs }));
  const heading = together(headingsOf(forecasts, picks));
  const today = pays(middleMs(window));
  if (today === undefined || !canTurn(today, heading)) return undefined;
  return flipDay({ endMs: window.endMs, today, pays, turnsOnce: heading !== 'mixed' });
}

function headingsOf(forecasts: readonly Forecast[], picks: readonly Picked[]) {
  const changed = new Map(picks.map(({ deployment, choice }) => [deployment, choice]));
  return forecasts.map(({ deployment, heading }) => {
    const choice = changed.get(deployment.id) ?? 'keep';
    return choice === 'keep' ? 'still' : heading(choice);
  });
}

/**
 * The same for one deployment alone: the day its best option today stops saving, or any option
 * starts to.
 */
export function ownFlip(
  forecast: Forecast,
  window: Period,
  { kept }: OutlookTerms,
): number | undefined {
  const { choices } = candidateOf(forecast, kept);
  const [first] = choices;
  if (first === undefined) return undefined;
  const isBest = isGain(forecast.savingAt(first, middleMs(window))) === true;
  return earliest((isBest ? [first] : choices).map((each) => optionFlip(forecast, each, window)));
}

function candidateOf(forecast: Forecast, kept: ReadonlySet<string>): Candidate {
  const { deployment } = forecast;
  const choices = kept.has(deployment.id) ? [] : othersOf(deployment).map(({ choice }) => choice);
  return { forecast, choices };
}
