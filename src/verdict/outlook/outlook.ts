/** Computes the outlook: the saving if trends continue, and the day on which the verdict turns. */

import { type Exact, subtract, toNumber, ZERO } from '../../domain/exact.ts';
import { durationMs } from '../../domain/period.ts';
import { hostedCost } from '../../economics/options.ts';
import type { PlanPick } from '../../economics/plan.ts';
import type { DeploymentEconomics, StackEconomics } from '../../economics/result.ts';
import { stackInPlan } from '../../economics/sharedInPlan.ts';
import {
  type OutlookTerms,
  findDeploymentBreakEvenDay,
  findStackBreakEvenDay,
} from './breakEvenDay.ts';
import {
  computeTrends,
  fixedLaborSaving,
  type Forecast,
  forecastDeployment,
  middleMs,
  planSaving,
  type Trends,
} from './forecast.ts';

export interface Outlook {
  /** Absent without a known trend, and if the paid replicas could not serve the trend's traffic. */
  readonly withTrend: TrendSaving | undefined;
  /**
   * Mean trends of the deployments that the plan changes, or of all, weighted by tokens and by
   * hosted cost.
   */
  readonly trends: Trends;
  /** Midnight of the first day on which the verdict would turn. */
  readonly breakEvenMs: number | undefined;
  readonly deployments: readonly DeploymentOutlook[];
}

interface TrendSaving {
  readonly savingUsd: Exact;
  /** Difference to the plan's saving in the audited window. */
  readonly changeUsd: Exact;
}

interface DeploymentOutlook {
  readonly id: string;
  readonly trends: Trends;
  readonly flipsMs: number | undefined;
}

/**
 * Computes the outlook. Each deployment's tokens and hosted price follow their own trend lines. GPU
 * rates, hours and other rates stay. Without a trend nothing turns.
 */
export function computeOutlook(economics: StackEconomics, terms: OutlookTerms): Outlook {
  const { deployments, window } = economics;
  const forecastAll = (each: readonly DeploymentEconomics[]) =>
    each.map((one) => forecastDeployment(one, computeTrends(one, window), window));
  const forecasts = forecastAll(deployments);
  const together = stackInPlan(economics, terms.plan.picks);
  const planned = together === economics ? forecasts : forecastAll(together.deployments);
  const involvedForecasts = involved(forecasts, terms.plan.picks);
  return {
    withTrend: withTrend(economics, planned, terms),
    trends: {
      tokens: meanTrend(involvedForecasts, 'tokens', ({ served }) => served.tokens),
      hostedPrice: meanTrend(involvedForecasts, 'hostedPrice', hostedUsd),
    },
    breakEvenMs: findStackBreakEvenDay(economics, planned, terms),
    deployments: forecasts.map((forecast) => ({
      id: forecast.deployment.id,
      trends: forecast.trends,
      flipsMs: findDeploymentBreakEvenDay(forecast, window, terms),
    })),
  };
}

/**
 * Weighted mean of a trend: deployments of 3 and 1 tokens with trends 0.02 and 0.06 have 0.03
 * together.
 */
function meanTrend(
  forecasts: readonly Forecast[],
  name: keyof Trends,
  weightOf: (deployment: DeploymentEconomics) => number,
): number | undefined {
  let [whole, moved] = [0, 0];
  for (const { deployment, trends } of forecasts) {
    const [trend, weight] = [trends[name], weightOf(deployment)];
    if (trend === undefined) continue;
    whole += weight;
    moved += trend * weight;
  }
  return whole > 0 ? moved / whole : undefined;
}

function hostedUsd(deployment: DeploymentEconomics): number {
  return toNumber(hostedCost(deployment) ?? ZERO);
}

function withTrend(
  economics: StackEconomics,
  forecasts: readonly Forecast[],
  { plan: { picks } }: OutlookTerms,
): TrendSaving | undefined {
  const isKnown = ({ trends: { tokens, hostedPrice } }: Forecast) =>
    tokens !== undefined || hostedPrice !== undefined;
  if (!involved(forecasts, picks).some(isKnown)) return undefined;
  const fixedUsd = fixedLaborSaving(economics, picks);
  const saving = (instantMs: number) => planSaving(forecasts, picks, { fixedUsd, instantMs });
  const nowMs = middleMs(economics.window);
  const [now, next] = [saving(nowMs), saving(nowMs + durationMs(economics.window))];
  if (now === undefined || next === undefined) return undefined;
  return { savingUsd: next, changeUsd: subtract(next, now) };
}

/** Forecasts of the deployments that the plan changes, or of all if it changes none. */
function involved(forecasts: readonly Forecast[], picks: readonly PlanPick[]): readonly Forecast[] {
  const changes = picks.filter(({ choice }) => choice !== 'keep');
  const changed = new Set(changes.map(({ deployment }) => deployment));
  if (changed.size === 0) return forecasts;
  return forecasts.filter(({ deployment }) => changed.has(deployment.id));
}
