import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { apportion, apportionExact, apportionMoney } from '../../src/domain/apportion.ts';
import { exact } from '../../src/domain/exact.ts';

const total = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n });
const weights = fc
  .array(fc.bigInt({ min: 0n, max: 10n ** 13n }), { minLength: 1, maxLength: 40 })
  .filter((each) => each.some((weight) => weight > 0n));

function sum(values: readonly bigint[]): bigint {
  return values.reduce((whole, value) => whole + value, 0n);
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

test('no part is a whole unit away from its share', () => {
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

test('what weighs nothing gets nothing, and a credit is the charge with its sign turned', () => {
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

test('the worked numbers hold', () => {
  expect(apportion(100n, [1n, 1n, 1n])).toEqual([34n, 33n, 33n]);
  expect(apportion(-5n, [1n, 1n])).toEqual([-3n, -2n]);
  expect(apportionExact(10n, [exact(1n, 2n), exact(1n, 3n)])).toEqual([6n, 4n]);
});

test('nothing to divide by is a bug', () => {
  expect(() => apportion(1n, [])).toThrow('must have weight');
  expect(() => apportion(1n, [0n])).toThrow('must have weight');
  expect(() => apportion(1n, [2n, -1n])).toThrow('cannot be negative');
});
