import { expect, test } from 'vitest';
import { decimal } from '../../src/domain/exact.ts';
import { roundNano, roundTogether } from '../../src/verdict/document/printed.ts';

test('the remainder goes to the parts with the largest remainders, earlier parts first', () => {
  const parts = ['0.0000005', '0.0000005', '0.000001'].map(decimal);
  expect(roundTogether(parts, 2n)).toEqual([1n, 0n, 1n]);
});

test('credits are rounded with the rest', () => {
  expect(roundNano([-1_500n, 3_600n])).toEqual([-2n, 4n]);
  expect(roundNano([])).toEqual([]);
});

test('a whole that is below its parts is met too', () => {
  expect(roundTogether([decimal('0.000003'), decimal('0.000002')], 4n)).toEqual([2n, 2n]);
});

test('parts of another whole are a bug, reported at once', () => {
  expect(() => roundTogether([decimal('2'), decimal('1')], 4_000_000n)).toThrow(
    'parts of 4.000000 dollars sum to 3.000000',
  );
});
