import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { divideRounded, type RoundingMode } from '../../src/domain/exact.ts';

const MODES: readonly RoundingMode[] = [
  'half-even',
  'half-away',
  'toward-zero',
  'floor',
  'ceiling',
];
const num = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n });
const den = fc.bigInt({ min: 1n, max: 10n ** 12n });

function size(value: bigint): bigint {
  return value < 0n ? -value : value;
}

test.each(MODES)('%s is never a whole unit away from the fraction', (mode) => {
  fc.assert(
    fc.property(num, den, (n, d) => {
      expect(size(divideRounded(n, d, mode) * d - n) < d).toBe(true);
    }),
  );
});

test.each(MODES)('%s leaves whole numbers as they are', (mode) => {
  fc.assert(
    fc.property(num, den, (n, d) => {
      expect(divideRounded(n * d, d, mode)).toBe(n);
    }),
  );
});

test('half-even and half-away are at most half a unit off, and differ only at halves', () => {
  fc.assert(
    fc.property(num, den, (n, d) => {
      const [even, away] = [divideRounded(n, d, 'half-even'), divideRounded(n, d, 'half-away')];
      expect(2n * size(even * d - n) <= d && 2n * size(away * d - n) <= d).toBe(true);
      const isHalf = (2n * size(n)) % (2n * d) === d;
      expect(even === away || isHalf).toBe(true);
    }),
  );
});

test('half-even rounds halves to even numbers', () => {
  fc.assert(
    fc.property(num, (n) => {
      expect(divideRounded(2n * n + 1n, 2n, 'half-even') % 2n).toBe(0n);
    }),
  );
});

test('floor and ceiling bracket the fraction, toward-zero is nearest to zero', () => {
  fc.assert(
    fc.property(num, den, (n, d) => {
      const [low, high] = [divideRounded(n, d, 'floor'), divideRounded(n, d, 'ceiling')];
      expect(low * d <= n && n <= high * d).toBe(true);
      expect(divideRounded(n, d, 'toward-zero')).toBe(n < 0n ? high : low);
    }),
  );
});

test('signs are symmetric for the halves, mirrored for floor and ceiling', () => {
  fc.assert(
    fc.property(num, den, (n, d) => {
      for (const mode of ['half-even', 'half-away', 'toward-zero'] as const) {
        expect(divideRounded(-n, d, mode)).toBe(-divideRounded(n, d, mode));
      }
      expect(divideRounded(-n, d, 'floor')).toBe(-divideRounded(n, d, 'ceiling'));
    }),
  );
});

test.each([0n, -1n])('a divisor of %s is a bug', (divisor) => {
  expect(() => divideRounded(1n, divisor, 'floor')).toThrow('a divisor must be positive');
});
