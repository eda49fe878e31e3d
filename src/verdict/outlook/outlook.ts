/** The next window: as this one, with its trends carried on, and when the answer flips. */

import { type Exact, subtract, toNumber, ZERO } from '../../domain/exact.ts';
import { durationMs } from '../../domain/period.ts';
import { hostedCost } from '../../economics/options.ts';
import type { Pick as Picked } from '../../economics/plan.ts';
import type { DeploymentEconomics, StackEconomics } from '../../economics/result.ts';
import { inPlan } from '../../economics/together.ts';
import { type OutlookTerms, ownFlip, stackFlip } from './flips.ts';
import { type Forecast, fixedSaving, forecastOf, planSaving } from './forecast.ts';
import { middleMs, type Trends, trendsOf } from './trend.ts';

export interface Outlook {
  /** Absent where no trend is known, or where own machines could not serve what it leads to. */
  readonly withTrend: TrendSaving | undefined;
  /** Of what the plan changes, else of everything: by their tokens and by what their hosts ask. */
  readonly trends: Trends;
  /** Midnight of the first day of another answer. */
  readonly flipsMs: number | undefined;
  readonly deployments: readonly DeploymentOutlook[];
}

interface TrendSaving {
  readonly savingUsd: Exact;
  /** By how much that is more than the plan saves in the audited window. */
  readonly changeUsd: Exact;
}

interface DeploymentOutlook {
  readonly id: string;
  readonly trends: Trends;
  readonly flipsMs: number | undefined;
}

/**
 * Each deployment lives in a world of its own, where its tokens and its hosted price go on along
 * their lines; rent, hours and rates stay as they are. Nothing flips on what stands still.
 */
export function outlook(economics: StackEconomics, terms: OutlookTerms): Outlook {
  const { deployments, window } = economics;
  const forecast = (of: readonly DeploymentEconomics[]) =>
    of.map((each) => forecastOf(each, trendsOf(each, window), window));
  const forecasts = forecast(deployments);
  const together = inPlan(economics, terms.plan.picks);
  const planned = together === economics ? forecasts : forecast(together.deployments);
  const moving = involved(forecasts, terms.plan.picks);
  return {
    withTrend: withTrend(economics, planned, terms),
    trends: {
      tokens: meanTrend(moving, 'tokens', ({ served }) => served.tokens),
      hostedPrice: meanTrend(moving, 'hostedPrice', hostedUsd),
    },
    flipsMs: stackFlip(economics, planned, terms),
    deployments: forecasts.map((forecast) => ({
      id: forecast.deployment.id,
      trends: forecast.trends,
      flipsMs: ownFlip(forecast, window, terms),
    })),
  };
}

/** Two deployments of 3 and 1 tokens whose trends are 0.02 and 0.06 have 0.03 together. */
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
  const fixedUsd = fixedSaving(economics, picks);
  const saving = (instantMs: number) => planSaving(forecasts, picks, { fixedUsd, instantMs });
  const nowMs = middleMs(economics.window);
  const [now, next] = [saving(nowMs), saving(nowMs + durationMs(economics.window))];
  if (now === undefined || next === undefined) return undefined;
  return { savingUsd: next, changeUsd: subtract(next, now) };
}

/** The forecasts on which a plan's saving rests: of what it changes, else of everything. */
function involved(forecasts: readonly Forecast[], picks: readonly Picked[]): readonly Forecast[] {
  const changes = picks.filter(({ choice }) => choice !== 'keep');
  const changed = new Set(changes.map(({ deployment }) => deployment));
  if (changed.size === 0) return forecasts;
  return forecasts.filter(({ deployment }) => changed.has(deployment.id));
}
