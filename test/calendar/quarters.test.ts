import { expect, test } from 'vitest';
import { decimal, exact } from '../../src/domain/exact.ts';
import { DAY_MS, type Period, period, quarterPeriod, quartersIn } from '../../src/domain/period.ts';

const day = (text: string) => Date.parse(`${text}T00:00:00Z`);
const between = (from: string, to: string): Period => period(day(from), day(to));

test.each([1, 2, 4, 12])(
  'each quarter counts as one, in a year that begins in month %i',
  (startMonth) => {
    for (const year of [2026, 2028]) {
      for (const number of [1, 2, 3, 4] as const) {
        const quarter = quarterPeriod({ year, number }, startMonth);
        expect(quartersIn(quarter, startMonth)).toEqual(decimal('1'));
      }
    }
  },
);

test.each([
  ['2026-01-01', '2026-07-01', exact(2n)],
  ['2026-01-01', '2027-01-01', exact(4n)],
  ['2026-09-01', '2026-09-08', exact(7n, 92n)],
  // Ten days of 90, and ten of 91.
  ['2026-03-22', '2026-04-11', exact(181n, 819n)],
])('%s to %s is as many quarters as its days are of theirs', (from, to, quarters) => {
  expect(quartersIn(between(from, to), 1)).toEqual(quarters);
});

test('an hour is a fraction of its quarter, and parts sum to the whole', () => {
  const startMs = day('2026-07-01');
  expect(quartersIn({ startMs, endMs: startMs + DAY_MS / 24 }, 1)).toEqual(exact(1n, 2208n));
});
