/**
 * Computes weekly trends of tokens and hosted prices, and forecasts what a choice saves if they
 * continue.
 */

import {
  add,
  compare,
  type Exact,
  exact,
  multiply,
  ONE,
  subtract,
  ZERO,
} from '../../domain/exact.ts';
import { durationMs, type Period } from '../../domain/period.ts';
import { KNOWN_SHARE, WEEK_MS, wholeWeeks } from '../../economics/hosted/priceTrend.ts';
import type { Choice } from '../../economics/offer.ts';
import { type Assumptions, BASE_ASSUMPTIONS } from '../../economics/options.ts';
import { fixedParts, type PlanPick } from '../../economics/plan.ts';
import type { DayEconomics, DeploymentEconomics, StackEconomics } from '../../economics/result.ts';
import { optionSaving } from '../judge/deploymentReasons.ts';

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
export function fixedLaborSaving(economics: StackEconomics, picks: readonly PlanPick[]): Exact {
  const { selfHosted, hosted } = economics.labor;
  const parts = fixedParts(economics, picks);
  const spared = parts.selfHosted ? ZERO : selfHosted.base;
  return parts.hosted ? subtract(spared, hosted.base) : spared;
}

/** The plan's saving at an instant. `undefined` if a part is unknown. */
export function planSaving(
  forecasts: readonly Forecast[],
  picks: readonly PlanPick[],
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
function factorAt(trend: number | undefined, weeksOn: number): Exact {
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
