import { expect, test } from 'vitest';
import { instantText, followingPeriod, parseInstant, period } from '../../src/domain/period.ts';

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
