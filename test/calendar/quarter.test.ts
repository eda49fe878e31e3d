import { expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import { decimal, exact } from '../../src/domain/exact.ts';
import { DAY_MS, type Period, period, instantText } from '../../src/domain/period.ts';
import {
  quarterPeriod,
  quartersIn,
  isQuarterName,
  parseQuarter,
  quarterText,
  nextQuarter,
  previousQuarter,
  quartersBefore,
} from '../../src/calendar/quarter.ts';

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

const NOW = Date.UTC(2026, 9, 5);

test.each([
  ['2026-Q3', 2026, 3],
  ['2026q3', 2026, 3],
  [' 2026-Q1 ', 2026, 1],
  ['last', 2026, 3],
])('%s is a quarter', (text, year, number) => {
  expect(parseQuarter(text, NOW)).toEqual({ year, number });
  expect(isQuarterName(text)).toBe(true);
});

test('the last quarter follows the fiscal year', () => {
  expect(parseQuarter('last', NOW, 2)).toEqual({ year: 2026, number: 2 });
});

test.each(['2026-Q5', 'Q3', 'next', ''])('"%s" is refused with the expected format', (text) => {
  const refused = () => parseQuarter(text, NOW);
  expect(refused).toThrow(Failure);
  expect(refused).toThrow(`unknown quarter "${text}"`);
  expect(isQuarterName(text)).toBe(false);
});

test('a fiscal year that begins in April puts its first quarter there', () => {
  const { startMs, endMs } = quarterPeriod({ year: 2026, number: 4 }, 4);
  expect([instantText(startMs), instantText(endMs)]).toEqual([
    '2027-01-01T00:00:00Z',
    '2027-04-01T00:00:00Z',
  ]);
});

test.each([
  [{ year: 2026, number: 4 }, '2027-Q1'],
  [{ year: 2026, number: 1 }, '2026-Q2'],
] as const)('the quarter after %o is %s', (quarter, next) => {
  expect(quarterText(nextQuarter(quarter))).toBe(next);
  expect(previousQuarter(nextQuarter(quarter))).toEqual(quarter);
});

test('the quarters before one come latest first, over the end of a year', () => {
  const before = quartersBefore({ year: 2026, number: 2 }, 3);
  expect(before.map(quarterText)).toEqual(['2026-Q1', '2025-Q4', '2025-Q3']);
  expect(quartersBefore({ year: 2026, number: 2 }, 0)).toEqual([]);
});
