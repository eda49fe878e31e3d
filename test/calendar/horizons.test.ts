/** Tests quiet times and days up to an instant at their edges. */
import { describe, expect, it } from 'vitest';
import {
  daysBefore,
  dayUntil,
  isRecentlyRetired,
  wasDoneToday,
} from '../../src/calendar/horizons.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/period.ts';

const NOW = Date.UTC(2026, 9, 5, 9, 10);

describe('a message that was sent', () => {
  const wanted = { line: 'dead-man', subject: '2026-Q3' };
  const sent = (ago: number, entry = wanted) => [{ ...entry, doneAtMs: NOW - ago }];

  it('stays quiet for 23 hours, since the check runs at about the same time each day', () => {
    expect(wasDoneToday(sent(23 * HOUR_MS - 1), wanted, NOW)).toBe(true);
    expect(wasDoneToday(sent(23 * HOUR_MS), wanted, NOW)).toBe(false);
  });

  it('keeps no other line or subject quiet', () => {
    expect(wasDoneToday(sent(MINUTE_MS, { ...wanted, subject: '2026-Q2' }), wanted, NOW)).toBe(
      false,
    );
    expect(wasDoneToday(sent(MINUTE_MS, { ...wanted, line: 'quarter' }), wanted, NOW)).toBe(false);
    expect(wasDoneToday([], wanted, NOW)).toBe(false);
  });
});

it('the day up to midnight is the whole day before', () => {
  const midnight = Date.UTC(2026, 9, 5);
  expect(dayUntil(midnight)).toEqual({ startMs: midnight - DAY_MS, endMs: midnight });
  expect(dayUntil(NOW)).toEqual({ startMs: midnight, endMs: NOW });
});

it('days before an instant end at the instant', () => {
  expect(daysBefore(NOW, 2)).toEqual({ startMs: NOW - 2 * DAY_MS, endMs: NOW });
});

it('a retirement is reported for two weeks', () => {
  expect(isRecentlyRetired(NOW - 14 * DAY_MS + 1, NOW)).toBe(true);
  expect(isRecentlyRetired(NOW - 14 * DAY_MS, NOW)).toBe(false);
});
