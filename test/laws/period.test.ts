import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  DAY_MS,
  dayStartMs,
  dayText,
  durationMs,
  instantText,
  intersection,
  overlapMs,
  parseInstant,
  period,
  splitByDay,
} from '../../src/domain/period.ts';
import {
  previousQuarter,
  type Quarter,
  quarterAt,
  quarterPeriod,
  quarterText,
} from '../../src/calendar/quarter.ts';

const instant = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2100, 0, 1) });
const span = fc
  .tuple(instant, fc.integer({ min: 1, max: 40 * DAY_MS }))
  .map(([startMs, ms]) => period(startMs, startMs + ms));
const startMonth = fc.integer({ min: 1, max: 12 });
const quarter = fc.record({
  year: fc.integer({ min: 2001, max: 2098 }),
  number: fc.constantFrom<Quarter['number']>(1, 2, 3, 4),
});

test('days of a period follow one another and sum to it', () => {
  fc.assert(
    fc.property(span, (whole) => {
      const days = splitByDay(whole);
      expect(days[0]?.startMs).toBe(whole.startMs);
      expect(days.at(-1)?.endMs).toBe(whole.endMs);
      expect(days.reduce((sum, day) => sum + durationMs(day), 0)).toBe(durationMs(whole));
      const midnights = days.slice(1).map((day) => day.startMs);
      expect(midnights).toEqual(days.slice(0, -1).map((day) => day.endMs));
      expect(midnights).toEqual(midnights.map(dayStartMs));
    }),
  );
});

test('overlap is symmetric, and what two periods share is in both', () => {
  fc.assert(
    fc.property(span, span, (a, b) => {
      expect(overlapMs(a, b)).toBe(overlapMs(b, a));
      const shared = intersection(a, b);
      expect(shared === undefined ? 0 : durationMs(shared)).toBe(overlapMs(a, b));
      expect(overlapMs(a, a)).toBe(durationMs(a));
    }),
  );
});

test('touching periods share nothing', () => {
  fc.assert(
    fc.property(span, (a) => {
      expect(intersection(a, period(a.endMs, a.endMs + 1))).toBeUndefined();
    }),
  );
});

test('every instant is in exactly the quarter that is said to hold it', () => {
  fc.assert(
    fc.property(instant, startMonth, (at, month) => {
      const { startMs, endMs } = quarterPeriod(quarterAt(at, month), month);
      expect(startMs <= at && at < endMs).toBe(true);
    }),
  );
});

test('quarters follow one another without a gap, also over years', () => {
  fc.assert(
    fc.property(quarter, startMonth, (each, month) => {
      const { startMs } = quarterPeriod(each, month);
      expect(quarterPeriod(previousQuarter(each), month).endMs).toBe(startMs);
      expect(quarterAt(startMs, month)).toEqual(each);
      expect(quarterAt(startMs - 1, month)).toEqual(previousQuarter(each));
    }),
  );
});

test('an instant parses back as it was written, with or without an offset', () => {
  fc.assert(
    fc.property(instant, (at) => {
      expect(parseInstant(instantText(at))).toBe(at);
      expect(parseInstant(instantText(at).replace('Z', '+00:00'))).toBe(at);
      expect(parseInstant(dayText(at))).toBe(dayStartMs(at));
    }),
  );
});

test('a quarter has a name', () => {
  expect(quarterText({ year: 2026, number: 3 })).toBe('2026-Q3');
});
