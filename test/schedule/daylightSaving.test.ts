/**
 * Daylight saving time skips and repeats no job: the real scheduler, driven through both nights in
 * Paris.
 */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { NewJob } from '../../src/calendar/queuedJob.ts';
import { DAY_MS, HOUR_MS, instantText } from '../../src/domain/period.ts';
import { DEFAULT_CRONS, type Schedule } from '../../src/calendar/schedule.ts';
import { createLog } from '../../src/platform/log.ts';
import { createRedactor } from '../../src/platform/redact.ts';
import { startScheduler } from '../../src/schedule/scheduler.ts';
import { timetable } from '../../src/calendar/timetable.ts';

/** Both nights change at 01:00 UTC: at 02:00 the clock shows 03:00, and at 03:00 it shows 02:00. */
const FORWARD = '2026-03-29';
const BACK = '2026-10-25';

const sources = [
  { id: 'prom', provides: ['usage'], trailingDays: 14 },
  { id: 'pods', provides: ['charges'], trailingDays: 7 },
  { id: 'router', provides: ['prices'], trailingDays: 14 },
];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/**
 * The jobs that one scheduler added from two days before the night to two days after it, and when.
 */
async function rungAround(night: string, due?: Schedule['due']) {
  const fromMs = Date.parse(night) - 2 * DAY_MS;
  vi.setSystemTime(fromMs - 1);
  const ordered: { readonly at: string; readonly order: NewJob }[] = [];
  const log = createLog({
    level: 'warn',
    clock: { nowMs: () => Date.now() },
    redactor: createRedactor([]),
    write: (line) => expect.unreachable(line),
  });
  const add = async (order: NewJob) => {
    ordered.push({ at: instantText(Math.floor(Date.now() / 60_000) * 60_000), order });
  };
  const rhythm: Schedule = { crons: DEFAULT_CRONS, sources, deliver: true, corrections: 'off' };
  const rings = timetable(due === undefined ? rhythm : { ...rhythm, due });
  const scheduler = startScheduler(rings, { add }, log);
  for (let hour = 0; hour < 5 * 24; hour += 1) await vi.advanceTimersByTimeAsync(HOUR_MS);
  await scheduler.stop();
  return ordered;
}

describe.each([
  ['forward', FORWARD],
  ['back', BACK],
])('on the night in which clocks go %s', (_, night) => {
  it('every hour of UTC is pulled once, and every day has its bill, prices and check', async () => {
    const ordered = await rungAround(night);
    const jobsWith = (prefix: string) =>
      ordered.filter(({ order }) => order.id.startsWith(prefix)).map(({ at }) => at);
    const days = Array.from({ length: 5 }, (__, day) => Date.parse(night) + (day - 2) * DAY_MS);
    const hours = days.flatMap((dayMs) =>
      Array.from({ length: 24 }, (__, hour) => instantText(dayMs + hour * HOUR_MS + 300_000)),
    );
    expect(jobsWith('pull/usage/prom/')).toEqual(hours);
    const eachDay = (ofDayMs: number) => days.map((dayMs) => instantText(dayMs + ofDayMs));
    expect(jobsWith('prices/')).toEqual(eachDay(20 * 60_000));
    expect(jobsWith('pull/bills/pods/')).toEqual(eachDay(3 * HOUR_MS + 40 * 60_000));
    expect(jobsWith('check/')).toEqual(eachDay(9 * HOUR_MS + 10 * 60_000));
    const ids = ordered.map(({ order }) => order.id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

/**
 * Paris changes on Sundays, on which nothing is due. Jerusalem and Cairo change on working days.
 */
describe('a report that is due near the change or on its day', () => {
  it.each([
    // 2026-03-30 and 2026-10-26: the Mondays after.
    ['Europe/Paris 07:00', '2026-03-30T05:00:00Z', { startMonth: 3, nth: 21 }],
    ['Europe/Paris 02:30', '2026-03-30T00:30:00Z', { startMonth: 3, nth: 21 }],
    ['Europe/Paris 00:00', '2026-03-29T22:00:00Z', { startMonth: 3, nth: 21 }],
    ['Europe/Paris 07:00', '2026-10-26T06:00:00Z', { startMonth: 10, nth: 18 }],
    ['Europe/Paris 02:30', '2026-10-26T01:30:00Z', { startMonth: 10, nth: 18 }],
    // At 02:00 local clocks show 03:00. 02:30 is read as 03:30, later by the skipped hour.
    ['Asia/Jerusalem 02:30', '2026-03-27T00:30:00Z', { startMonth: 3, nth: 20 }],
    ['Asia/Jerusalem 01:59', '2026-03-26T23:59:00Z', { startMonth: 3, nth: 20 }],
    ['Asia/Jerusalem 03:00', '2026-03-27T00:00:00Z', { startMonth: 3, nth: 20 }],
    // At midnight local clocks show 23:00 again. The first 23:30 counts, the second does not.
    ['Africa/Cairo 23:30', '2026-10-29T20:30:00Z', { startMonth: 10, nth: 21 }],
    ['Africa/Cairo 22:59', '2026-10-29T19:59:00Z', { startMonth: 10, nth: 21 }],
  ])('%s is added once, at the first such moment: %s', async (wall, first, rule) => {
    const [timeZone = '', at = ''] = wall.split(' ');
    const { startMonth, nth: businessDayOfQuarter } = rule;
    const due = { startMonth, businessDayOfQuarter, at, timeZone, holidays: new Set<string>() };
    const ordered = await rungAround(first.slice(0, 10), due);
    const quarters = ordered.filter(({ order }) => order.name === 'quarter');
    expect(quarters[0]?.at).toBe(first);
    expect(new Set(quarters.map(({ order }) => order.id)).size).toBe(1);
  });
});
