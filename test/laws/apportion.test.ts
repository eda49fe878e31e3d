import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  apportion,
  apportionExact,
  apportionMoney,
  apportionOverTime,
} from '../../src/domain/apportion.ts';
import { exact } from '../../src/domain/exact.ts';
import type { Period } from '../../src/domain/period.ts';

const total = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n });
const weights = fc
  .array(fc.bigInt({ min: 0n, max: 10n ** 13n }), { minLength: 1, maxLength: 40 })
  .filter((each) => each.some((weight) => weight > 0n));

function sum(values: readonly bigint[]): bigint {
  return values.reduce((whole, value) => whole + value, 0n);
}

/** Periods of these lengths in milliseconds, one after the other. */
function inARow(lengthsMs: readonly bigint[]): Period[] {
  let startMs = 0;
  return lengthsMs.map((lengthMs) => {
    const piece = { startMs, endMs: startMs + Number(lengthMs) };
    startMs = piece.endMs;
    return piece;
  });
}

test('the parts always sum to the whole', () => {
  fc.assert(
    fc.property(total, weights, (whole, shares) => {
      expect(sum(apportion(whole, shares))).toBe(whole);
      expect(sum(apportionMoney(whole, shares))).toBe(whole);
      const fractions = shares.map((share, index) => exact(share, BigInt(index + 1)));
      expect(sum(apportionExact(whole, fractions))).toBe(whole);
    }),
  );
});

test('no part differs from its share by a whole unit or more', () => {
  fc.assert(
    fc.property(total, weights, (whole, shares) => {
      const all = sum(shares);
      for (const [index, part] of apportion(whole, shares).entries()) {
        const off = part * all - whole * (shares[index] ?? 0n);
        expect(off < all && off > -all).toBe(true);
      }
    }),
  );
});

test('a zero weight gets nothing, and a credit is the charge with its sign reversed', () => {
  fc.assert(
    fc.property(total, weights, (whole, shares) => {
      const parts = apportion(whole, [...shares, 0n]);
      expect(parts.at(-1)).toBe(0n);
      expect(apportion(-whole, [...shares, 0n])).toEqual(parts.map((part) => -part));
    }),
  );
});

test('only the proportion of the weights matters', () => {
  fc.assert(
    fc.property(total, weights, fc.bigInt({ min: 1n, max: 1000n }), (whole, shares, factor) => {
      const scaled = shares.map((share) => share * factor);
      expect(apportion(whole, scaled)).toEqual(apportion(whole, shares));
      expect(
        apportionExact(
          whole,
          shares.map((share) => exact(share, factor)),
        ),
      ).toEqual(apportion(whole, shares));
    }),
  );
});

test('money in whole micro-dollars stays in whole micro-dollars', () => {
  fc.assert(
    fc.property(total, weights, (micro, shares) => {
      const parts = apportionMoney(micro * 1000n, shares);
      expect(parts.every((part) => part % 1000n === 0n)).toBe(true);
    }),
  );
});

test('any stretch of a period is within a unit of its share, and the whole is the whole', () => {
  const stretch = fc.tuple(fc.nat({ max: 40 }), fc.nat({ max: 40 }));
  fc.assert(
    fc.property(total, weights, stretch, (whole, shares, [one, other]) => {
      const parts = apportionOverTime(whole, inARow(shares));
      expect(sum(parts)).toBe(whole);
      expect(apportionOverTime(-whole, inARow(shares))).toEqual(parts.map((part) => -part));
      const [from, to] = [Math.min(one, other), Math.max(one, other)];
      const all = sum(shares);
      const unit = whole % 1000n === 0n ? 1000n : 1n;
      const off = sum(parts.slice(from, to)) * all - whole * sum(shares.slice(from, to));
      expect(off < all * unit && off > -all * unit).toBe(true);
    }),
  );
});

test('a stretch whose share is a whole number of units has exactly that, however it is cut', () => {
  const cuts = fc.array(fc.bigInt({ min: 1n, max: 1000n }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(cuts, fc.bigInt({ min: 0n, max: 10n ** 12n }), (half, micro) => {
      const parts = apportionOverTime(2n * micro * 1000n, inARow([...half, ...half]));
      expect(sum(parts.slice(0, half.length))).toBe(micro * 1000n);
      expect(parts.every((part) => part % 1000n === 0n)).toBe(true);
    }),
  );
});

test('the worked numbers are right', () => {
  expect(apportion(100n, [1n, 1n, 1n])).toEqual([34n, 33n, 33n]);
  expect(apportion(-5n, [1n, 1n])).toEqual([-3n, -2n]);
  expect(apportionOverTime(100n, inARow([1n, 1n, 1n]))).toEqual([33n, 34n, 33n]);
  const night = inARow([2n, 1n].map((hours) => hours * 3_600_000n));
  expect(apportionOverTime(3_000_000_000n, night)).toEqual([2_000_000_000n, 1_000_000_000n]);
  const days = apportionOverTime(100_000_000_000n, inARow(Array<bigint>(30).fill(1n)));
  expect(sum(days.slice(0, 15))).toBe(50_000_000_000n);
  expect(apportionExact(10n, [exact(1n, 2n), exact(1n, 3n)])).toEqual([6n, 4n]);
});

test('dividing by nothing is a bug', () => {
  expect(() => apportion(1n, [])).toThrow('must not all be zero');
  expect(() => apportion(1n, [0n])).toThrow('must not all be zero');
  expect(() => apportionOverTime(1n, inARow([0n]))).toThrow('must not all be empty');
  expect(() => apportion(1n, [2n, -1n])).toThrow('cannot be negative');
});
