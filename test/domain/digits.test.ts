import { expect, test } from 'vitest';
import {
  dollarText,
  exactDollarText,
  formatCount,
  groupThousands,
} from '../../src/domain/figures.ts';
import { decimal } from '../../src/domain/exact.ts';

test.each([
  ['1234567', '$1,234,567'],
  ['999.994', '$1,000'],
  ['100', '$100'],
  ['99.994', '$99.99'],
  ['99.995', '$100'],
  ['8', '$8.00'],
  ['2.125825', '$2.13'],
  ['0.01', '$0.01'],
  ['0.000404', '$0.0004'],
  ['0', '$0'],
  ['-5', '-$5.00'],
])('%s dollars are written as %s in a sentence', (amount, text) => {
  expect(dollarText(decimal(amount))).toBe(text);
});

test.each([
  ['12200.36', '$12,200.36'],
  ['43.5', '$43.50'],
  ['0.135', '$0.135'],
  ['11.000009', '$11.000009'],
  ['0', '$0.00'],
  ['-1000', '-$1,000.00'],
])('%s dollars keep every digit as %s beside another amount', (amount, text) => {
  expect(exactDollarText(decimal(amount))).toBe(text);
});

test.each([
  [0, '0 rows'],
  [1, '1 row'],
  [2, '2 rows'],
  [999, '999 rows'],
  [2_317, '2,317 rows'],
  [1_000_000, '1,000,000 rows'],
])('%i is counted as %s', (count, said) => {
  expect(formatCount(count, 'row')).toBe(said);
  expect(`${groupThousands(count)} row${count === 1 ? '' : 's'}`).toBe(said);
});

test('a fraction and a negative number keep their sign and at most three decimals', () => {
  expect([-123_456, 1234.567_89, 0.123_456].map(groupThousands)).toEqual([
    '-123,456',
    '1,234.568',
    '0.123',
  ]);
});
