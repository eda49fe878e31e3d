/** Finds the day on which the saving of the stack's plan, or of one deployment, changes sign. */

import { DAY_MS, dayStartMs, type Period } from '../../domain/period.ts';
import type { Plan, PlanPick } from '../../economics/plan.ts';
import type { StackEconomics } from '../../economics/result.ts';
import { stackInPlan } from '../../economics/sharedInPlan.ts';
import { findAlternatives } from '../judge/alternatives.ts';
import {
  buysTokens,
  combineDirections,
  computeTrends,
  fixedLaborSaving,
  type Forecast,
  forecastDeployment,
  middleMs,
  planSaving,
  type SavingDirection,
} from './forecast.ts';
import { add, compare, type Exact, larger, subtract, sum, ZERO } from '../../domain/exact.ts';
import type { Choice } from '../../economics/offer.ts';
import { BASE_ASSUMPTIONS } from '../../economics/options.ts';
import { optionSaving } from '../judge/deploymentReasons.ts';
import { firstWhere } from '../../domain/search.ts';

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
      ({ id }): PlanPick => ({ deployment: id, choice: 'delete' }),
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

function headingsOf(forecasts: readonly Forecast[], picks: readonly PlanPick[]) {
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
function findKeptStackBreakEvenDay(
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

function earliest(instantsMs: readonly (number | undefined)[]): number | undefined {
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

function findOptionBreakEvenDay(
  forecast: Forecast,
  choice: Choice,
  window: Period,
): number | undefined {
  const pays = (instantMs: number) => isGain(forecast.savingAt(choice, instantMs));
  const today = pays(middleMs(window));
  if (today === undefined || !canTurn(today, forecast.direction(choice))) return undefined;
  if (!today && !canPay(forecast, choice)) return undefined;
  const turnsOnce = forecast.direction(choice) !== 'mixed';
  return findBreakEvenDay({ endMs: window.endMs, today, pays, turnsOnce });
}

function isGain(saving: Exact | undefined): boolean | undefined {
  return saving === undefined ? undefined : saving.num > 0n;
}

/**
 * Whether the result can turn. A saving that grows stays a saving, and a loss that grows stays a
 * loss.
 */
function canTurn(today: boolean, heading: SavingDirection): boolean {
  return heading === 'mixed' || heading === (today ? 'down' : 'up');
}

/**
 * False for a hybrid with always-on replicas that alone cost as much as keeping: it can never save
 * money.
 */
function canPay({ deployment, direction }: Forecast, choice: Choice): boolean {
  if (!canTurn(false, direction(choice))) return false;
  if (choice !== 'hybrid') return true;
  return optionSaving(deployment, choice, { ...BASE_ASSUMPTIONS, hostedPrice: ZERO }).num > 0n;
}

const MOST_WEEKS = 52;
const DAYS_IN_WEEK = 7;

/** Whether a change saves money at an instant. `undefined` if unknown. */
export type PaysAt = (instantMs: number) => boolean | undefined;

export interface BreakEvenSearch {
  /** The end of the audited window. */
  readonly endMs: number;
  /** Whether the change saves money now. */
  readonly today: boolean;
  readonly pays: PaysAt;
  /** True if the result turns at most once, so a binary search suffices. */
  readonly turnsOnce: boolean;
}

/**
 * Returns midnight at the start of the day on which the result first differs from `today`, within
 * 52 weeks of the window's end. `undefined` if there is no such day, or if the result becomes
 * unknown first.
 */
export function findBreakEvenDay({
  endMs,
  today,
  pays,
  turnsOnce,
}: BreakEvenSearch): number | undefined {
  const firstMs = dayStartMs(endMs);
  const turned = (day: number) => pays(firstMs + (day + 1) * DAY_MS) !== today;
  const days = Array.from({ length: MOST_WEEKS * DAYS_IN_WEEK }, (_, day) => day);
  const day = turnsOnce ? bySplitting(days, turned) : byWeeks(days, turned);
  const isKnown = day !== undefined && pays(firstMs + (day + 1) * DAY_MS) !== undefined;
  return isKnown ? firstMs + day * DAY_MS : undefined;
}

function bySplitting(days: readonly number[], turned: (day: number) => boolean) {
  const last = days.at(-1);
  if (last === undefined || !turned(last)) return undefined;
  return firstWhere(days, turned);
}

function byWeeks(days: readonly number[], turned: (day: number) => boolean) {
  for (let week = 0; week < MOST_WEEKS; week += 1) {
    const own = days.slice(week * DAYS_IN_WEEK, (week + 1) * DAYS_IN_WEEK);
    const last = own.at(-1);
    if (last !== undefined && turned(last)) return own.find(turned);
  }
  return undefined;
}
