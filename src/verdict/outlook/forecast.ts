/** Forecasts what a choice would save at a later time if trends continue. */

import { add, compare, type Exact, multiply, ONE, subtract, ZERO } from '../../domain/exact.ts';
import type { Period } from '../../domain/period.ts';
import { WEEK_MS } from '../../economics/hosted/priceTrend.ts';
import type { Choice } from '../../economics/offer.ts';
import { BASE_ASSUMPTIONS, type Assumptions } from '../../economics/options.ts';
import { fixedParts, type PlanPick as Picked } from '../../economics/plan.ts';
import type { DeploymentEconomics, StackEconomics } from '../../economics/result.ts';
import { optionSaving } from '../judge/deploymentReasons.ts';
import { factorAt, middleMs, type Trends } from './trend.ts';

export type SavingDirection = 'up' | 'down' | 'still' | 'mixed';

/** Forecast of one deployment under its own trends. */
export interface Forecast {
  readonly deployment: DeploymentEconomics;
  readonly trends: Trends;
  /**
   * Direction of a choice's saving. More tokens or a higher hosted price never make keeping less
   * attractive.
   */
  readonly direction: (choice: Choice) => SavingDirection;
  /**
   * Cost of keeping less that of the choice, for a window like this one at that instant.
   * `undefined` if the paid replicas could not serve the tokens, because keeping has no price then.
   */
  readonly savingAt: (choice: Choice, instantMs: number) => Exact | undefined;
}

export function forecastDeployment(
  deployment: DeploymentEconomics,
  trends: Trends,
  window: Period,
): Forecast {
  const known = new Map<string, Exact | undefined>();
  const compute = (choice: Choice, instantMs: number) => {
    const world = worldAt(trends, (instantMs - middleMs(window)) / WEEK_MS);
    return isServed(deployment, world) ? optionSaving(deployment, choice, world) : undefined;
  };
  return {
    deployment,
    trends,
    direction: (choice) => headingOf(trends, choice),
    savingAt: (choice, instantMs) => {
      if (choice === 'keep') return ZERO;
      const key = `${choice} ${instantMs}`;
      if (!known.has(key)) known.set(key, compute(choice, instantMs));
      return known.get(key);
    },
  };
}

function headingOf({ tokens = 0, hostedPrice = 0 }: Trends, choice: Choice): SavingDirection {
  return combineDirections(
    [-tokens, buysTokens(choice) ? -hostedPrice : 0].map(Math.sign).map(headingBySign),
  );
}

function headingBySign(sign: number): SavingDirection {
  return sign > 0 ? 'up' : sign < 0 ? 'down' : 'still';
}

/** Combined direction: up and up is up, up and still is up, up and down is mixed. */
export function combineDirections(headings: readonly SavingDirection[]): SavingDirection {
  const moving = [...new Set(headings.filter((heading) => heading !== 'still'))];
  return moving.length > 1 ? 'mixed' : (moving[0] ?? 'still');
}

/** Whether a choice buys tokens from a hosted API. */
export function buysTokens(choice: Choice): boolean {
  return choice === 'delete' || choice === 'hybrid';
}

function worldAt({ tokens, hostedPrice }: Trends, weeksOn: number): Assumptions {
  return {
    ...BASE_ASSUMPTIONS,
    tokens: factorAt(tokens, weeksOn),
    hostedPrice: factorAt(hostedPrice, weeksOn),
  };
}

/** Today's tokens were served. More can be served while the mean load is within capacity. */
function isServed({ utilization }: DeploymentEconomics, { tokens }: Assumptions): boolean {
  if (utilization === undefined || compare(tokens, ONE) <= 0) return true;
  return compare(multiply(utilization, tokens), ONE) <= 0;
}

/** What a plan saves of the stack's fixed labor. Negative if it adds more than it saves. */
export function fixedLaborSaving(economics: StackEconomics, picks: readonly Picked[]): Exact {
  const { selfHosted, hosted } = economics.labor;
  const parts = fixedParts(economics, picks);
  const spared = parts.selfHosted ? ZERO : selfHosted.base;
  return parts.hosted ? subtract(spared, hosted.base) : spared;
}

/** The plan's saving at an instant. `undefined` if a part is unknown. */
export function planSaving(
  forecasts: readonly Forecast[],
  picks: readonly Picked[],
  { fixedUsd, instantMs }: { readonly fixedUsd: Exact; readonly instantMs: number },
): Exact | undefined {
  const choices = new Map(picks.map(({ deployment, choice }) => [deployment, choice]));
  let saving = fixedUsd;
  for (const { deployment, savingAt } of forecasts) {
    const own = savingAt(choices.get(deployment.id) ?? 'keep', instantMs);
    if (own === undefined) return undefined;
    saving = add(saving, own);
  }
  return saving;
}
