import { expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import {
  instantText,
  isQuarterName,
  followingPeriod,
  parseInstant,
  parseQuarter,
  period,
  quarterPeriod,
} from '../../src/domain/period.ts';

const NOW = Date.UTC(2026, 9, 5);

test.each([
  ['2026-07-01', '2026-07-01T00:00:00Z'],
  ['2026-07-01T12:30', '2026-07-01T12:30:00Z'],
  ['2026-07-01 12:30:15', '2026-07-01T12:30:15Z'],
  ['2026-07-01T12:30:00+02:00', '2026-07-01T10:30:00Z'],
  ['2026-07-01T12:30:00-0530', '2026-07-01T18:00:00Z'],
  ['2026-07-01 12:30:00+02', '2026-07-01T10:30:00Z'],
  [' 2026-07-01T00:00:00.5Z ', '2026-07-01T00:00:00.500Z'],
  ['2028-02-29', '2028-02-29T00:00:00Z'],
])('%s is the instant %s', (text, instant) => {
  const read = parseInstant(text);
  expect(read === undefined ? read : instantText(read)).toBe(instant);
});

test.each([
  '2026-02-30',
  '2027-02-29',
  '2026-13-01',
  '07/01/2026',
  'yesterday',
  '2026-07',
  '1751328000',
])('%s is not an instant', (text) => {
  expect(parseInstant(text)).toBeUndefined();
});

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
  [1, 1],
  [2, 1],
  [0.5, 1],
])('a period from %s to %s is a bug', (startMs, endMs) => {
  expect(() => period(startMs, endMs)).toThrow('a period must start before it ends');
});

test.each([
  ['2026-01-01', '2026-04-01', '2026-07-01T00:00:00Z'],
  ['2026-10-01', '2027-01-01', '2027-04-01T00:00:00Z'],
  ['2026-02-01', '2026-03-01', '2026-04-01T00:00:00Z'],
  ['2026-01-01', '2026-03-02', '2026-05-01T00:00:00Z'],
  ['2026-07-01', '2026-07-01T04:00:00Z', '2026-07-01T08:00:00Z'],
])('after %s to %s comes a window to %s', (start, end, next) => {
  const window = period(Date.parse(start), Date.parse(end));
  const { startMs, endMs } = followingPeriod(window);
  expect(startMs).toBe(window.endMs);
  expect(instantText(endMs)).toBe(next);
});
