import { expect, test } from 'vitest';
import { HOUR_MS } from '../../src/domain/period.ts';
import { weekTally } from '../../src/economics/option/weekOff.ts';

const WEEK_MS = 168 * HOUR_MS;
/** A Monday. */
const MONDAY_MS = Date.UTC(2026, 5, 29);

function offAfter(seen: readonly (readonly [number, boolean])[]): number[] {
  const week = weekTally();
  for (const [instantMs, isNeeded] of seen) week.see(instantMs, isNeeded);
  return [...(week.off() ?? []).entries()].flatMap(([hour, isOff]) => (isOff ? [hour] : []));
}

test('an hour that was free each time is off, by its place in the week', () => {
  const sundayMs = MONDAY_MS + 167 * HOUR_MS;
  const twice = (instantMs: number) => [instantMs, instantMs + WEEK_MS];
  const free = [...twice(MONDAY_MS), ...twice(sundayMs + HOUR_MS / 2)];
  expect(offAfter(free.map((instantMs) => [instantMs, false]))).toEqual([0, 167]);
});

test('an hour that was needed once, or seen once, is not', () => {
  expect(
    offAfter([
      [MONDAY_MS, false],
      [MONDAY_MS + WEEK_MS, true],
      [MONDAY_MS + 2 * WEEK_MS, false],
      [MONDAY_MS + HOUR_MS, false],
    ]),
  ).toEqual([]);
});

test('before 1970 weeks begin on Mondays too', () => {
  const early = Date.UTC(1969, 11, 29);
  expect(offAfter([early, early - WEEK_MS].map((instantMs) => [instantMs, false]))).toEqual([0]);
});
