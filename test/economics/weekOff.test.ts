import { expect, test } from 'vitest';
import { HOUR_MS } from '../../src/domain/period.ts';
import { utcOffsets } from '../../src/domain/localTime.ts';
import { weekTally } from '../../src/economics/option/weekOff.ts';

const WEEK_MS = 168 * HOUR_MS;
/** A Monday. */
const MONDAY_MS = Date.UTC(2026, 5, 29);

function offAfter(seen: readonly (readonly [number, boolean])[], timeZone = 'UTC'): number[] {
  const window = { startMs: seen[0]?.[0] ?? 0, endMs: (seen.at(-1)?.[0] ?? 0) + HOUR_MS };
  const week = weekTally({ timeZone, offsets: utcOffsets(window, timeZone) });
  for (const [instantMs, isNeeded] of seen) week.record(instantMs, isNeeded);
  return [...(week.freeHours()?.hours ?? []).entries()].flatMap(([hour, isOff]) =>
    isOff ? [hour] : [],
  );
}

test('an hour that was free each time is off, by its place in the week', () => {
  const sundayMs = MONDAY_MS + 167 * HOUR_MS;
  const twice = (instantMs: number) => [instantMs, instantMs + WEEK_MS];
  const free = [...twice(MONDAY_MS), ...twice(sundayMs + HOUR_MS / 2)];
  expect(offAfter(free.map((instantMs) => [instantMs, false]))).toEqual([0, 167]);
});

test('an hour that was needed once, or seen only once, is not', () => {
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
  expect(offAfter([early - WEEK_MS, early].map((instantMs) => [instantMs, false]))).toEqual([0]);
});

/** Every hour of four weeks around a clock change; needed from 8 to 20 local time. */
function aroundTheTurn(timeZone: string): [number, boolean][] {
  const startMs = Date.UTC(2026, 9, 12);
  return Array.from({ length: 4 * 168 }, (_, at) => {
    const instantMs = startMs + at * HOUR_MS;
    const shown = new Intl.DateTimeFormat('en', { timeZone, hour: 'numeric', hourCycle: 'h23' });
    const hour = Number(shown.format(instantMs));
    return [instantMs, hour >= 8 && hour < 20];
  });
}

const nights = (from: number, to: number) =>
  Array.from({ length: 168 }, (_, hour) => hour).filter(
    (hour) => hour % 24 < from || hour % 24 >= to,
  );

test('a night in local time is the same night before and after a clock change', () => {
  const seen = aroundTheTurn('Europe/Paris');
  expect(offAfter(seen, 'Europe/Paris')).toEqual(nights(8, 20));
  // In UTC the night is an hour shorter: what both halves have in common.
  expect(offAfter(seen)).toEqual(nights(6, 19));
});

test('a zone at a fraction of an hour from UTC leaves the timetable in UTC, and says so', () => {
  const seen = aroundTheTurn('UTC');
  const week = weekTally({
    timeZone: 'Asia/Kolkata',
    offsets: utcOffsets(
      { startMs: Date.UTC(2026, 9, 12), endMs: Date.UTC(2026, 10, 9) },
      'Asia/Kolkata',
    ),
  });
  for (const [instantMs, isNeeded] of seen) week.record(instantMs, isNeeded);
  expect(week.freeHours()?.timeZone).toBe('UTC');
});
