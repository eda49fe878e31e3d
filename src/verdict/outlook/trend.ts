/** How a deployment's tokens and its hosted price moved from week to week, if at all. */

import { type Exact, exact } from '../../domain/exact.ts';
import { durationMs, type Period } from '../../domain/period.ts';
import { KNOWN_SHARE, WEEK_MS, weeksOf } from '../../economics/hosted/priceTrend.ts';
import type { DayEconomics, DeploymentEconomics } from '../../economics/result.ts';
import { isClear, theilSen } from './theilSen.ts';

/**
 * Shares of the window's own level by which a week differs from the week before: 0.02 is two
 * hundredths of today's tokens more, each week. `undefined` is unknown, 0 is flat.
 */
export interface Trends {
  readonly tokens: number | undefined;
  readonly hostedPrice: number | undefined;
}

export function trendsOf({ days, hosted }: DeploymentEconomics, window: Period): Trends {
  return {
    tokens: perWeek(tokensByWeek(days, window), window),
    hostedPrice: perWeek(hosted.usdPerMtokByWeek, window),
  };
}

/**
 * Tokens of each whole week, oldest first. Usage must be known for nine tenths of a week's paid
 * time, and stands for the rest of it; a week in which nothing was paid, or something was served
 * for which nothing was billed, tells nothing.
 */
function tokensByWeek(days: readonly DayEconomics[], window: Period): (number | undefined)[] {
  return weeksOf(window).map(({ startMs, endMs }) => {
    const own = days.filter(({ dayMs }) => dayMs >= startMs && dayMs < endMs);
    const total = (of: (day: DayEconomics) => number) => own.reduce((all, day) => all + of(day), 0);
    const covered = total(({ coveredNs }) => Number(coveredNs));
    const coverage = covered / total(({ paidNs }) => Number(paidNs));
    if (!(coverage >= KNOWN_SHARE) || own.some((day) => day.unbilledTokens > 0)) return undefined;
    return total(({ promptTokens, outputTokens }) => promptTokens + outputTokens) / coverage;
  });
}

/**
 * The slope over the line's level in the middle of the window. 100, 102, …, 124 in 13 weeks of a
 * window of 91 days is 2 of 112 a week. What chance makes as well is flat.
 */
function perWeek(values: readonly (number | undefined)[], window: Period): number | undefined {
  const line = theilSen(values);
  if (line === undefined) return undefined;
  const { slope, intercept } = line;
  const level = intercept + slope * middleOf(window);
  if (!(level > 0)) return undefined;
  return isClear(values) ? slope / level : 0;
}

/** The place of the window's middle on the scale on which the first week's middle is 0. */
function middleOf(window: Period): number {
  const firstMs = (weeksOf(window)[0]?.startMs ?? window.startMs) + WEEK_MS / 2;
  return (middleMs(window) - firstMs) / WEEK_MS;
}

export function middleMs(window: Period): number {
  return window.startMs + durationMs(window) / 2;
}

const BILLIONTHS = 1e9;

/** A double as an exact number of nine places, before it touches money. */
export function nineDecimals(value: number): Exact {
  return exact(BigInt(Math.round(value * BILLIONTHS)), BigInt(BILLIONTHS));
}

/** What a trend has made of the window's level by then; never below nothing. */
export function factorAt(trend: number | undefined, weeksOn: number): Exact {
  return nineDecimals(Math.max(0, 1 + (trend ?? 0) * weeksOn));
}
