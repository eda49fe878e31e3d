import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  add,
  compare,
  divide,
  type Exact,
  exact,
  larger,
  multiply,
  negate,
  ONE,
  parseExact,
  smaller,
  subtract,
  sum,
  toDecimal,
  toInteger,
  ZERO,
} from '../../src/domain/exact.ts';

const big = (limit: bigint) => fc.bigInt({ min: -limit, max: limit });
const fraction = fc
  .tuple(big(10n ** 20n), fc.bigInt({ min: 1n, max: 10n ** 12n }))
  .map(([num, den]) => exact(num, den));

function law(holds: (a: Exact, b: Exact, c: Exact) => void): void {
  fc.assert(fc.property(fraction, fraction, fraction, holds));
}

test('addition and multiplication commute, associate and distribute', () => {
  law((a, b, c) => {
    expect(add(a, b)).toEqual(add(b, a));
    expect(add(add(a, b), c)).toEqual(add(a, add(b, c)));
    expect(multiply(a, multiply(b, c))).toEqual(multiply(multiply(a, b), c));
    expect(multiply(a, add(b, c))).toEqual(add(multiply(a, b), multiply(a, c)));
  });
});

test('every number is in lowest terms with a positive denominator', () => {
  law((a, b) => {
    const product = multiply(a, b);
    expect(product.den > 0n).toBe(true);
    expect(exact(product.num * 6n, product.den * 6n)).toEqual(product);
    expect(exact(-product.num, -product.den)).toEqual(product);
  });
});

test('subtraction and division undo addition and multiplication', () => {
  law((a, b) => {
    expect(subtract(add(a, b), b)).toEqual(a);
    expect(add(a, negate(a))).toEqual(ZERO);
    const factor = b.num === 0n ? ONE : b;
    expect(divide(multiply(a, factor), factor)).toEqual(a);
  });
});

test('order agrees with differences, and a sum does not depend on it', () => {
  law((a, b, c) => {
    expect(compare(a, b)).toBe(Math.sign(Number(subtract(a, b).num)));
    expect(add(smaller(a, b), larger(a, b))).toEqual(add(a, b));
    expect(sum([a, b, c])).toEqual(sum([c, a, b]));
  });
});

test('a printed number is within half a unit of the last place, and parses to itself', () => {
  fc.assert(
    fc.property(fraction, fc.integer({ min: 0, max: 12 }), (a, places) => {
      const text = toDecimal(a, places);
      const back = parseExact(text) ?? ZERO;
      const off = subtract(a, back);
      const size = off.num < 0n ? negate(off) : off;
      expect(compare(size, exact(1n, 2n * 10n ** BigInt(places))) <= 0).toBe(true);
      expect(toDecimal(back, places)).toBe(text);
    }),
  );
});

test('an integer is its own rounding', () => {
  fc.assert(
    fc.property(big(10n ** 30n), (n) => {
      expect(toInteger(exact(n))).toBe(n);
    }),
  );
});

test('a decimal means the same with an exponent, a sign or trailing zeros', () => {
  fc.assert(
    fc.property(big(10n ** 18n), fc.integer({ min: 0, max: 30 }), (n, places) => {
      const value = exact(n, 10n ** BigInt(places));
      expect(parseExact(`${n}e-${places}`)).toEqual(value);
      expect(parseExact(` ${toDecimal(value, places + 3)} `)).toEqual(value);
    }),
  );
});

test.each(['', '.', 'abc', '1.2.3', '0x10', '1e', 'Infinity', '1,5', '1e9999', '--1'])(
  '"%s" is no decimal',
  (text) => {
    expect(parseExact(text)).toBeUndefined();
  },
);

test('0.1 is one tenth and not the nearest double', () => {
  expect(parseExact('0.1')).toEqual(exact(1n, 10n));
  expect(parseExact('.5')).toEqual(exact(1n, 2n));
  expect(parseExact('7.5e-08')).toEqual(exact(75n, 1_000_000_000n));
});

test('a zero denominator is a bug', () => {
  expect(() => exact(1n, 0n)).toThrow('zero denominator');
  expect(() => divide(exact(1n), ZERO)).toThrow('zero denominator');
});
