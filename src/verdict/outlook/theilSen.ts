/** A line through values that come at even steps: one that a few wild ones cannot bend. */

export interface Line {
  /** For one step. */
  readonly slope: number;
  /** At the first value. */
  readonly intercept: number;
}

/** With fewer, two odd values could make any line. */
const LEAST_KNOWN = 6;

/**
 * The median of the slopes of all pairs, and the median of what is left: 1, 3, 5, 7, 90, 11 rise by
 * 2 a step from 1, whatever the 90 is. `undefined` where fewer than six values are known.
 */
export function theilSen(values: readonly (number | undefined)[]): Line | undefined {
  const points = pointsOf(values);
  if (points.length < LEAST_KNOWN) return undefined;
  const slope = median(pairsOf(points).map(([a, b]) => (b.value - a.value) / (b.at - a.at)));
  return { slope, intercept: median(points.map(({ at, value }) => value - slope * at)) };
}

/** One-sided 5%, so that the slope's 90% interval leaves out a flat line. */
const CLEAR = 1.645;

/**
 * Whether more pairs rise, or more fall, than chance would make of values in any order (the test of
 * Mann and Kendall). Of the 28 pairs of 8 values 22 must rise: 21, and 7 that fall, are chance.
 */
export function isClear(values: readonly (number | undefined)[]): boolean {
  const points = pointsOf(values);
  let score = 0;
  for (const [a, b] of pairsOf(points)) score += Math.sign(b.value - a.value);
  const spread = pairSpread(points.length) - tiedSpread(points);
  return spread > 0 && Math.abs(score) - 1 >= CLEAR * Math.sqrt(spread);
}

/** How far the score of so many values in any order strays, squared. */
function pairSpread(count: number): number {
  return (count * (count - 1) * (2 * count + 5)) / 18;
}

/** Values that are alike neither rise nor fall, in any order. */
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

/** Of an even number of values the middle of the two middle ones. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? 0) + upper) / 2;
}
