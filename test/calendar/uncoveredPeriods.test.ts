/** Tests the parts of a period that no window covers. */

import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { period } from '../../src/domain/period.ts';
import { uncoveredPeriods } from '../../src/calendar/backlog.ts';

it('gaps are returned in order, whatever the order of the windows', () => {
  const covered = [period(3, 6), period(-5, 1), period(2, 4), period(9, 20)];
  expect(uncoveredPeriods(period(0, 10), covered)).toEqual([
    { startMs: 1, endMs: 2 },
    { startMs: 6, endMs: 9 },
  ]);
});

it('nothing covered is one gap, all covered is no gap', () => {
  expect(uncoveredPeriods(period(0, 10), [])).toEqual([{ startMs: 0, endMs: 10 }]);
  expect(uncoveredPeriods(period(0, 10), [period(0, 5), period(5, 10)])).toEqual([]);
});

it('each moment is in a gap or in a window, never in both', () => {
  const window = fc
    .tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 9 }))
    .map(([startMs, length]) => period(startMs, startMs + length));
  fc.assert(
    fc.property(fc.array(window, { maxLength: 8 }), (covered) => {
      const gaps = uncoveredPeriods(period(5, 35), covered);
      for (let at = 5; at < 35; at += 1) {
        const holds = ({ startMs, endMs }: { startMs: number; endMs: number }) =>
          startMs <= at && at < endMs;
        expect(gaps.filter(holds).length).toBe(covered.some(holds) ? 0 : 1);
      }
    }),
  );
});
