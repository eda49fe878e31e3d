/** Parts of a printed total add up to it, and each is at most one unit from its own rounding. */

import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { decimal, sum, toInteger } from '../../src/domain/exact.ts';
import { summedDollars, summedParts } from '../../src/report/sections/summedAmounts.ts';
import { LEADER } from '../support/readers.ts';

it('gives the remaining units to the largest remainders', () => {
  const parts = ['100.4', '200.4', '300.2'].map(decimal);
  expect(summedDollars(parts, decimal('601'), LEADER)).toEqual(['$101', '$200', '$300']);
  expect(summedDollars(['-0.4', '150.6'].map(decimal), decimal('150.2'), LEADER)).toEqual([
    '$0',
    '$150',
  ]);
});

it('rounds parts one by one if they do not sum to the total', () => {
  expect(summedDollars(['100.4', '200.4'].map(decimal), decimal('900'), LEADER)).toEqual([
    '$100',
    '$200',
  ]);
});

it('adds up for any parts', () => {
  const cents = fc.integer({ min: -90_000_000, max: 90_000_000 });
  fc.assert(
    fc.property(fc.array(cents, { minLength: 1, maxLength: 12 }), (all) => {
      const parts = all.map((cent) => decimal((cent / 100).toFixed(2)));
      const total = sum(parts);
      const printed = summedParts(parts, total, 0);
      expect(toInteger(sum(printed))).toBe(toInteger(total));
    }),
  );
});
