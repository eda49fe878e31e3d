/** Tests the first day with another answer: found week by week, then to the day. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY_MS, dayStartMs } from '../../../src/domain/period.ts';
import { findBreakEvenDay } from '../../../src/verdict/outlook/breakEvenDay.ts';

const END_MS = Date.UTC(2026, 9, 1);
const YEAR_DAYS = 52 * 7;

test('an answer turns on the day that contains the break-even, however it is found', () => {
  const turns = fc.record({
    minutes: fc.integer({ min: 1, max: 60 * 7 * 24 * 60 }),
    today: fc.boolean(),
    turnsOnce: fc.boolean(),
  });
  fc.assert(
    fc.property(turns, ({ minutes, today, turnsOnce }) => {
      const turnMs = END_MS + minutes * 60_000;
      const pays = (instantMs: number) => instantMs >= turnMs !== today;
      const day = dayStartMs(turnMs - 1);
      const isSoon = turnMs <= END_MS + YEAR_DAYS * DAY_MS;
      const found = findBreakEvenDay({ endMs: END_MS, today, pays, turnsOnce });
      expect(found).toBe(isSoon ? day : undefined);
    }),
  );
});

test.each([true, false])('known to turn once (%s): first day, no day, no word', (turnsOnce) => {
  const find = (pays: (instantMs: number) => boolean | undefined) =>
    findBreakEvenDay({ endMs: END_MS, today: true, pays, turnsOnce });
  expect(find(() => false)).toBe(END_MS);
  expect(find(() => true)).toBeUndefined();
  const blindMs = END_MS + 10 * DAY_MS;
  const turning = (turnMs: number) => (instantMs: number) =>
    instantMs > blindMs ? undefined : instantMs < turnMs;
  expect(find(turning(END_MS + 8.5 * DAY_MS))).toBe(END_MS + 8 * DAY_MS);
  expect(find(turning(END_MS + 12 * DAY_MS))).toBeUndefined();
});

test('an answer that turns and turns back is found where it lasts to the end of a week', () => {
  const pays = (instantMs: number) =>
    instantMs < END_MS + 20 * DAY_MS || instantMs > END_MS + 30 * DAY_MS;
  const found = findBreakEvenDay({ endMs: END_MS, today: true, pays, turnsOnce: false });
  expect(found).toBe(END_MS + 19 * DAY_MS);
});
