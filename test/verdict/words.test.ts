import { expect, test } from 'vitest';
import { decimal } from '../../src/domain/exact.ts';
import { dollars, percent } from '../../src/verdict/words.ts';

test.each([
  ['12345.678', '$12,346'],
  ['1000', '$1,000'],
  ['999.994', '$999.99'],
  ['999.999', '$1,000'],
  ['2.125825', '$2.13'],
  ['0', '$0.00'],
  ['0.01', '$0.01'],
  ['0.0004', '$0.0004'],
  ['-1234567', '-$1,234,567'],
])('%s dollars are written %s', (amount, text) => {
  expect(dollars(decimal(amount))).toBe(text);
});

test.each([
  ['0.9', '90 %'],
  ['0.111111', '11.1 %'],
  ['0', '0 %'],
])('%s is written %s', (share, text) => {
  expect(percent(decimal(share))).toBe(text);
});

test('a share just below a threshold does not read as the threshold', () => {
  expect(percent(decimal('0.89999'), 'floor')).toBe('89.9 %');
  expect(percent(decimal('0.10001'), 'ceiling')).toBe('10.1 %');
});
