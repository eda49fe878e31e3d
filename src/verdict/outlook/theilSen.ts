/** Fits a line to evenly spaced values, robust against outliers (Theil-Sen). */

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
