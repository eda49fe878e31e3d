import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { valueAtRank } from '../../../src/verdict/simulation/savingSummary.ts';

/** Few different values, so that many are equal, and any finite ones. */
const VALUES = fc.oneof(
  fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 200 }),
  fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 200 }),
);

test('the value at a rank is the one that sorting puts there, after any earlier lookups', () => {
  fc.assert(
    fc.property(VALUES, fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), (values, ranks) => {
      const sorted = Float64Array.from(values).toSorted();
      const moved = Float64Array.from(values);
      for (const any of ranks) {
        const rank = any % values.length;
        // Both zeros are one amount.
        expect(valueAtRank(moved, rank) + 0).toBe((sorted[rank] ?? Number.NaN) + 0);
      }
      expect(moved.toSorted().map((value) => value + 0)).toEqual(sorted.map((value) => value + 0));
    }),
    { numRuns: 500 },
  );
});

test('sorted, reversed or equal values take no longer than allowed', () => {
  const count = 100_000;
  const up = Float64Array.from({ length: count }, (_, index) => index);
  for (const values of [up, up.toReversed(), new Float64Array(count).fill(7)]) {
    const sorted = values.toSorted();
    expect(valueAtRank(values.slice(), 5_000)).toBe(sorted[5_000]);
  }
});
