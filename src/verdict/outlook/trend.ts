/** Computes the weekly trends of a deployment's tokens and hosted price. */

import { type Exact, exact } from '../../domain/exact.ts';
import { durationMs, type Period } from '../../domain/period.ts';
import { KNOWN_SHARE, WEEK_MS, wholeWeeks } from '../../economics/hosted/priceTrend.ts';
import type { DayEconomics, DeploymentEconomics } from '../../economics/result.ts';

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

export interface TrendLine {
  /** Change per step. */
  readonly slope: number;
  /** Value of the line at the first step. */
  readonly intercept: number;
}

/** With fewer values, two outliers could produce any line. */
const LEAST_KNOWN = 6;

/**
 * Slope: the median of the slopes of all pairs. Intercept: the median of the remainders. 1, 3, 5,
 * 7, 90, 11 rise by 2 a step from 1, whatever the 90 is. `undefined` with fewer than six known
 * values.
 */
export function fitTheilSen(values: readonly (number | undefined)[]): TrendLine | undefined {
  const points = pointsOf(values);
  if (points.length < LEAST_KNOWN) return undefined;
  const slope = median(pairsOf(points).map(([a, b]) => (b.value - a.value) / (b.at - a.at)));
  return { slope, intercept: median(points.map(({ at, value }) => value - slope * at)) };
}

/** One-sided 5% quantile: the slope's 90% interval then excludes a flat line. */
const CLEAR = 1.645;

/**
 * Whether more pairs rise, or fall, than random order would produce (the Mann-Kendall test). Of the
 * 28 pairs of 8 values, 22 must rise. 21 rising and 7 falling can be chance.
 */
export function isSignificantTrend(values: readonly (number | undefined)[]): boolean {
  const points = pointsOf(values);
  let score = 0;
  for (const [a, b] of pairsOf(points)) score += Math.sign(b.value - a.value);
  const spread = pairSpread(points.length) - tiedSpread(points);
  return spread > 0 && Math.abs(score) - 1 >= CLEAR * Math.sqrt(spread);
}

/** Variance of the score for a number of values in random order. */
function pairSpread(count: number): number {
  return (count * (count - 1) * (2 * count + 5)) / 18;
}

/** Variance to subtract for ties, which neither rise nor fall. */
function tiedSpread(points: readonly Point[]): number {
  const alike = Map.groupBy(points, ({ value }) => value).values();
  return [...alike].reduce((all, group) => all + pairSpread(group.length), 0);
}

interface Point {
  readonly at: number;
  readonly value: number;
}

function pointsOf(values: readonly (number | undefined)[]): Point[] {
  return values.flatMap((value, at) => (value === undefined ? [] : [{ at, value }]));
}

function pairsOf(points: readonly Point[]): [Point, Point][] {
  return points.flatMap((a, first) => points.slice(first + 1).map((b): [Point, Point] => [a, b]));
}

/** The median. For an even count, the mean of the two middle values. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? 0) + upper) / 2;
}
