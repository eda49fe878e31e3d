/** Tests how far random days could have moved a saving: by hand, and by matrices. */

import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/platform/random.ts';
import {
  computeMoments,
  type DailyDeviations,
  findLife,
  toDailyDeviations,
} from '../../../src/verdict/simulation/weekMoments.ts';
import {
  computeNoise,
  longAutocorrelationShare,
  weighAutocorrelations,
} from '../../../src/verdict/simulation/noise.ts';
import { drawFactors } from '../../../src/verdict/simulation/simulation.ts';
import { normal } from '../../support/simulatedQuarters.ts';
import { dailySeries, drawnDeployment } from './stackArbitrary.ts';

function loadBy(count: number, usd: (day: number) => number): DailyDeviations {
  const each = drawnDeployment(count, { id: 'a' });
  const life = findLife(each, 1);
  if (life === undefined) throw new Error('it lived');
  return toDailyDeviations(dailySeries(count, usd), life);
}

/** The first as a share of the second. */
function apart(one = Number.NaN, other = Number.NaN): number {
  return Math.abs(one / other - 1);
}

describe('the moments of a load', () => {
  it('are those of its weeks: of 7, 14, 21, 28, 35 dollars in five weeks', () => {
    // Weeks deviate by -14, -7, 0, 7 and 14; days within a week are alike.
    expect(computeMoments(loadBy(35, (day) => 1 + Math.floor(day / 7)))).toEqual({
      blocks: 5,
      blockDays: 7,
      byDays: 0,
      gaps: 0,
      worst: -14,
      all: 490,
      inner: 98,
      next: 196,
      ends: 0,
      cubes: 0,
    });
  });

  it('do not include the pattern of each weekday', () => {
    const { all, byDays } = computeMoments(
      loadBy(35, (day) => [9, 8, 8, 7, 7, 2, 1][day % 7] ?? 0),
    );
    expect([all, byDays].map((value) => value.toFixed(9))).toEqual(['0.000000000', '0.000000000']);
  });

  it('are the mean over all places where weeks can begin', () => {
    const load = (day: number) => (day * day * 7 + day * 3) % 11;
    const whole = loadBy(29, load);
    const from = (first: number): DailyDeviations => ({
      ...whole,
      firstDay: first,
      endDay: first + 28,
    });
    const [early, late] = [computeMoments(from(0)), computeMoments(from(1))];
    expect(computeMoments(whole).next).toBe((early.next + late.next) / 2);
  });
});

/** The same from the covariance of weeks, solved directly. */
function byMatrix(weeks: readonly number[], memory: number) {
  const n = weeks.length;
  const covariance = Array.from({ length: n }, (_, a) =>
    Array.from({ length: n }, (__, b) => memory ** Math.abs(a - b) / (1 - memory * memory)),
  );
  const { inverse, determinant } = inverted(covariance);
  const product = (x: readonly number[], y: readonly number[]) =>
    x.reduce(
      (sum, value, a) =>
        sum + value * (inverse[a] ?? []).reduce((s, v, b) => s + v * (y[b] ?? 0), 0),
      0,
    );
  const ones = weeks.map(() => 1);
  const knows = product(ones, ones);
  const mean = product(ones, weeks) / knows;
  const rest = weeks.map((week) => week - mean);
  const left = product(rest, rest);
  const sample = covariance.flat().reduce((sum, value) => sum + value, 0);
  let shared = 0;
  for (let a = 0; a < n; a += 1) {
    for (let b = 0; b < n; b += 1) shared += memory ** (n + b - a) / (1 - memory * memory);
  }
  const likelihood = left ** (-(n - 1) / 2) / Math.sqrt(determinant * knows);
  const scale = left / (n - 1);
  return { likelihood, mean: scale * sample, next: scale * 2 * (sample - shared) };
}

/** By Gauss-Jordan elimination. */
function inverted(matrix: readonly (readonly number[])[]) {
  const n = matrix.length;
  const rows = matrix.map((row, a) => [...row, ...row.map((_, b) => (a === b ? 1 : 0))]);
  let determinant = 1;
  for (let at = 0; at < n; at += 1) {
    const pivot = rows[at]?.[at] ?? 0;
    determinant *= pivot;
    rows[at] = (rows[at] ?? []).map((value) => value / pivot);
    for (let other = 0; other < n; other += 1) {
      const factor = other === at ? 0 : (rows[other]?.[at] ?? 0);
      rows[other] = (rows[other] ?? []).map((value, b) => value - factor * (rows[at]?.[b] ?? 0));
    }
  }
  return { inverse: rows.map((row) => row.slice(n)), determinant };
}

describe('the memory of weeks', () => {
  const MEMORIES = [0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95];

  it('is weighted by the marginal likelihood, and forecasts by the covariance of weeks', () => {
    const weeks = [3, 5, 4, 9, 8, 12, 7, 2];
    // Each week on its Monday: days alone would explain all differences of weeks, and more.
    const moments = computeMoments(
      loadBy(56, (day) => (day % 7 === 0 ? (weeks[day / 7] ?? 0) : 0)),
    );
    const found = weighAutocorrelations(moments, 8);
    const ratio = (moments.byDays / (moments.all / 7)) * 4;
    const free = (ratio * ratio) / (ratio * ratio + 1);
    const expected = MEMORIES.map((memory) => byMatrix(weeks, memory));
    const raw = expected.map(
      ({ likelihood }, at) => likelihood * (at === 0 ? free : (1 - free) / 6),
    );
    const whole = raw.reduce((sum, each) => sum + each, 0);
    for (const [at, { weight, mean, next }] of found.entries()) {
      expect(apart(weight, (raw[at] ?? 0) / whole)).toBeLessThan(1e-9);
      expect(apart(mean, expected[at]?.mean)).toBeLessThan(1e-9);
      expect(apart(next, expected[at]?.next)).toBeLessThan(1e-9);
    }
  });

  it('is long where weeks rise and fall together, and zero where days explain them', () => {
    const slow = weighAutocorrelations(
      computeMoments(loadBy(91, (day) => Math.abs(6 - Math.floor(day / 7)))),
      13,
    );
    expect(longAutocorrelationShare(slow)).toBeGreaterThan(0.9);
    const random = seededRandom('days');
    const fast = weighAutocorrelations(computeMoments(loadBy(91, () => random.next())), 13);
    expect(longAutocorrelationShare(fast)).toBeLessThan(0.1);
    expect(fast[0]?.weight).toBeGreaterThan(0.8);
  });
});

describe('the noise of a load', () => {
  it('of steady days is that of Student: 13 weeks of variance v are 13 v', () => {
    const random = seededRandom('noise');
    const load = loadBy(91, () => random.next());
    const noise = computeNoise(load);
    const variance = computeMoments(load).all / 12;
    expect(noise?.freedom).toBe(12);
    expect(apart(noise?.mean[0], Math.sqrt(13 * variance))).toBeLessThan(1e-9);
    expect(apart(noise?.next[0], Math.sqrt(26 * variance))).toBeLessThan(1e-9);
  });

  it('reports that one quarter is not enough, and the cost of its worst week', () => {
    const noise = computeNoise(loadBy(91, (day) => Math.floor(day / 7)));
    // Weeks of 0 to 84 dollars: the worst is 42 below the mean, thirteen times.
    expect(noise?.persists).toEqual({ code: 'weeks-persist', worstUsd: -546 });
  });

  it('is undefined for less than four weeks, and for a day', () => {
    expect(computeNoise(loadBy(27, (day) => Math.floor(day / 7)))?.persists).toBeUndefined();
    expect(computeNoise(loadBy(1, () => 5))).toBeUndefined();
    expect(computeNoise(loadBy(50, () => 5))).toBeUndefined();
  });

  it('leans to the side of rare bursts', () => {
    const bursts = (size: number) =>
      computeNoise(loadBy(91, (day) => (day === 40 ? size : 0)))?.lean;
    expect(bursts(100)).toBeGreaterThan(1.5);
    expect(apart(1 / (bursts(100) ?? 0), bursts(-100))).toBeLessThan(1e-9);
  });
});

describe('quantiles of the draws', () => {
  const scenarios = drawFactors(20_000, seededRandom('student'));

  // Two-sided 95% points are one-sided 97.5% points: from printed tables.
  it.each([
    [2, 4.303],
    [12, 2.179],
    [30, 2.042],
  ])("is Student's t of %d", (freedom, point) => {
    const sizes = scenarios.student(freedom).toSorted();
    const share = sizes.filter((size) => size > point).length / sizes.length;
    expect(Math.abs(share - 0.05)).toBeLessThan(0.006);
    const normals = seededRandom('normals');
    const own = Array.from({ length: 4000 }, () => Math.abs(studentBy(freedom, normals)));
    const half = own.sort((a, b) => a - b)[2000] ?? 0;
    expect(Math.abs((sizes[10_000] ?? 0) / half - 1)).toBeLessThan(0.06);
  });

  it('is between the even ones for an odd one, and the widest where two blocks are all', () => {
    const point = (freedom: number) => scenarios.student(freedom).toSorted()[18_000] ?? 0;
    expect(point(11)).toBeLessThan(point(10));
    expect(point(11)).toBeGreaterThan(point(12));
    expect(point(1)).toBe(point(2));
    expect(point(400)).toBe(point(30));
  });

  it('is all worse in one draw of 16 and all better in one, however few there are', () => {
    for (const draws of [2, 17, 33, 60, 2000]) {
      const { isBetter } = drawFactors(draws, seededRandom('turns'));
      for (const pattern of [0, 15]) {
        const count = isBetter.filter((each) => each === pattern).length;
        expect(count).toBeGreaterThanOrEqual(Math.ceil(draws / 20));
      }
    }
  });
});

function studentBy(freedom: number, random: ReturnType<typeof seededRandom>): number {
  const squares = Array.from({ length: freedom }, () => normal(random) ** 2);
  return normal(random) / Math.sqrt(squares.reduce((sum, each) => sum + each, 0) / freedom);
}
