/** Computes the weekly trends of a deployment's tokens and hosted price. */

import { type Exact, exact } from '../../domain/exact.ts';
import { durationMs, type Period } from '../../domain/period.ts';
import { KNOWN_SHARE, WEEK_MS, wholeWeeks } from '../../economics/hosted/priceTrend.ts';
import type { DayEconomics, DeploymentEconomics } from '../../economics/result.ts';
import { isSignificantTrend, fitTheilSen } from './theilSen.ts';

/**
 * Weekly change as a share of the window's level: 0.02 is 2% of today's tokens more each week.
 * `undefined` is unknown, 0 is flat.
 */
export interface Trends {
  readonly tokens: number | undefined;
  readonly hostedPrice: number | undefined;
}

export function computeTrends({ days, hosted }: DeploymentEconomics, window: Period): Trends {
  return {
    tokens: perWeek(tokensByWeek(days, window), window),
    hostedPrice: perWeek(hosted.usdPerMtokByWeek, window),
  };
}

/**
 * Tokens of each whole week, oldest first. Usage must cover 90% of the week's paid time and is
 * scaled up to all of it. `undefined` for a week without paid time, or with tokens served over time
 * without a bill.
 */
function tokensByWeek(days: readonly DayEconomics[], window: Period): (number | undefined)[] {
  return wholeWeeks(window).map(({ startMs, endMs }) => {
    const own = days.filter(({ dayMs }) => dayMs >= startMs && dayMs < endMs);
    const total = (value: (day: DayEconomics) => number) =>
      own.reduce((all, day) => all + value(day), 0);
    const covered = total(({ coveredNs }) => Number(coveredNs));
    const coverage = covered / total(({ paidNs }) => Number(paidNs));
    if (!(coverage >= KNOWN_SHARE) || own.some((day) => day.unbilledTokens > 0)) return undefined;
    return total(({ promptTokens, outputTokens }) => promptTokens + outputTokens) / coverage;
  });
}

/**
 * The slope over the line's level in the middle of the window. 100, 102, …, 124 in 13 weeks of a
 * 91-day window is 2 of 112 per week. A trend within chance is flat.
 */
function perWeek(values: readonly (number | undefined)[], window: Period): number | undefined {
  const line = fitTheilSen(values);
  if (line === undefined) return undefined;
  const { slope, intercept } = line;
  const level = intercept + slope * middleOf(window);
  if (!(level > 0)) return undefined;
  return isSignificantTrend(values) ? slope / level : 0;
}

/** Position of the window's middle in weeks, with the first week's middle at 0. */
function middleOf(window: Period): number {
  const firstMs = (wholeWeeks(window)[0]?.startMs ?? window.startMs) + WEEK_MS / 2;
  return (middleMs(window) - firstMs) / WEEK_MS;
}

export function middleMs(window: Period): number {
  return window.startMs + durationMs(window) / 2;
}

const BILLIONTHS = 1e9;

/** Converts a double to an exact number of nine decimals, before it multiplies money. */
export function nineDecimals(value: number): Exact {
  return exact(BigInt(Math.round(value * BILLIONTHS)), BigInt(BILLIONTHS));
}

/** Factor on the window's level after `weeksOn` weeks: at least 0. */
export function factorAt(trend: number | undefined, weeksOn: number): Exact {
  return nineDecimals(Math.max(0, 1 + (trend ?? 0) * weeksOn));
}
