/** Laws of the line through weekly values: exact on lines, and not affected by a few outliers. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitTheilSen, isSignificantTrend } from '../../src/verdict/outlook/forecast.ts';

const whole = (max: number) => fc.integer({ min: -max, max });
const lines = fc.record({
  slope: whole(1_000),
  intercept: whole(1_000_000),
  count: fc.integer({ min: 6, max: 30 }),
});
type Drawn = { readonly slope: number; readonly intercept: number; readonly count: number };

function valuesOf({ slope, intercept, count }: Drawn): number[] {
  return Array.from({ length: count }, (_, at) => intercept + slope * at);
}

test('values on a line have that line, to the last digit', () => {
  fc.assert(
    fc.property(lines, (line) => {
      const found = fitTheilSen(valuesOf(line));
      expect(found?.slope).toBe(line.slope);
      expect(found?.intercept).toBe(line.intercept);
    }),
  );
});

test('unknown weeks do not affect the line of the others', () => {
  fc.assert(
    fc.property(lines, fc.array(fc.nat(29), { maxLength: 10 }), (line, gaps) => {
      const values = valuesOf(line).map((value, at) => (gaps.includes(at) ? undefined : value));
      const known = values.filter((value) => value !== undefined).length;
      expect(fitTheilSen(values)?.slope).toBe(known < 6 ? undefined : line.slope);
    }),
  );
});

/** As many as leave more than half of all pairs alone: 8 of 30, and 29% of very many. */
function mostWild(count: number): number {
  let most = 0;
  const pairs = (of: number) => of * (of - 1);
  while (2 * pairs(count - most - 1) > pairs(count)) most += 1;
  return most;
}

test('outliers do not affect the line while half of all pairs are on it', () => {
  expect([mostWild(30), mostWild(10_000) / 10_000]).toEqual([8, 0.2928]);
  const wild = fc.record({
    line: lines,
    places: fc.array(fc.nat(29), { maxLength: 9 }),
    by: fc.array(whole(1_000_000_000), { minLength: 30, maxLength: 30 }),
  });
  fc.assert(
    fc.property(wild, ({ line, places, by }) => {
      const most = mostWild(line.count);
      const bent = new Set(places.filter((place) => place < line.count).slice(0, most));
      const values = valuesOf(line).map((value, at) =>
        bent.has(at) ? value + (by[at] ?? 0) : value,
      );
      expect(fitTheilSen(values)?.slope).toBe(line.slope);
    }),
    { numRuns: 300 },
  );
});

test('a shift of all values shifts the line and does not turn it', () => {
  const shifted = fc.record({
    values: fc.array(whole(1_000_000), { minLength: 6, maxLength: 20 }),
    by: whole(1_000_000),
  });
  fc.assert(
    fc.property(shifted, ({ values, by }) => {
      const moved = values.map((value) => value + by);
      expect(fitTheilSen(moved)?.slope).toBe(fitTheilSen(values)?.slope);
      expect(isSignificantTrend(moved)).toBe(isSignificantTrend(values));
    }),
  );
});

test('values in reverse have the opposite slope', () => {
  fc.assert(
    fc.property(fc.array(whole(1_000), { minLength: 6, maxLength: 20 }), (values) => {
      const [there, back] = [fitTheilSen(values)?.slope, fitTheilSen(values.toReversed())?.slope];
      expect((there ?? Number.NaN) + (back ?? Number.NaN)).toBe(0);
    }),
  );
});

test('a line with a trend is clear, a flat one is not', () => {
  fc.assert(
    fc.property(lines, (line) => {
      expect(isSignificantTrend(valuesOf(line))).toBe(line.slope !== 0);
    }),
  );
});

test('of eight values 22 of the 28 pairs must rise', () => {
  expect(fitTheilSen([1, 3, 5, 7, 90, 11])).toEqual({ slope: 2, intercept: 1 });
  expect(fitTheilSen([1, 2, 3, 4, 5, undefined])).toBeUndefined();
  expect(isSignificantTrend([3, 2, 1, 4, 5, 6, 8, 7])).toBe(true);
  expect(isSignificantTrend([4, 1, 2, 3, 8, 5, 6, 7])).toBe(true);
  expect(isSignificantTrend([4, 1, 3, 2, 8, 5, 6, 7])).toBe(false);
  expect(isSignificantTrend([7, 7, 7, 7, 7, 7])).toBe(false);
});
