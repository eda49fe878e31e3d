/** Counted nouns agree with their number, and thousands have separators. */

import { expect, test } from 'vitest';
import { formatCount, groupThousands } from '../../src/domain/counted.ts';

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
