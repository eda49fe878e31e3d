import { expect, test } from 'vitest';
import { decimal } from '../../src/domain/exact.ts';
import { percent } from '../../src/verdict/words.ts';

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
