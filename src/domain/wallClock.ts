/** What the clock on a wall shows in a time zone, and when it shows a given time. */

import { DAY_MS, MINUTE_MS, type Period } from './period.ts';

/** The date that the calendar on the wall shows: `2026-10-25`. */
export function localDayText(instantMs: number, timeZone: string): string {
  return wallText(instantMs, timeZone).slice(0, 10);
}

/**
 * The instant at which the wall first shows `day` and `at`. A time that is skipped when clocks go
 * forward is taken as many minutes later as were skipped; of one shown twice it is the first.
 *
 * `2026-03-29`, `02:30` in Paris, which does not exist, is 03:30 there, 01:30 UTC;
 * `2026-10-25`, `02:30` is the first one, 00:30 UTC.
 */
export function wallTimeMs(day: string, at: string, timeZone: string): number {
  const wanted = `${day}T${at}`;
  const asUtcMs = Date.parse(`${wanted}:00Z`);
  const around = [-DAY_MS, DAY_MS].map((shift) => offsetMs(asUtcMs + shift, timeZone));
  const candidates = around.map((offset) => asUtcMs - offset).sort((a, b) => a - b);
  const shown = candidates.find((instantMs) => wallText(instantMs, timeZone) === wanted);
  // In a gap: the offset from before it carries the time past it.
  return shown ?? asUtcMs - (around[0] ?? 0);
}

/** A clock on a wall in some period: by how much it was ahead of UTC, from when on. */
export interface Wall {
  readonly timeZone: string;
  /** In time order; the first from the period's start at the latest. */
  readonly shifts: readonly WallShift[];
}

/** From an instant on the wall is ahead of UTC by so much; negative where it is behind. */
interface WallShift {
  readonly fromMs: number;
  readonly aheadMs: number;
}

/**
 * The shifts in force within a period, the first from its start on. July to December 2026 in Paris
 * are two hours, and from 2026-10-25T01:00Z on one. Clocks are taken to turn once a day at most.
 */
export function wallShifts({ startMs, endMs }: Period, timeZone: string): WallShift[] {
  const shifts: WallShift[] = [{ fromMs: startMs, aheadMs: offsetMs(startMs, timeZone) }];
  for (let atMs = startMs; atMs < endMs; atMs += DAY_MS) {
    const day = { startMs: atMs, endMs: Math.min(atMs + DAY_MS, endMs) };
    const aheadMs = offsetMs(day.endMs, timeZone);
    if (aheadMs === shifts.at(-1)?.aheadMs) continue;
    shifts.push({ fromMs: turnIn(day, timeZone), aheadMs });
  }
  return shifts.filter(({ fromMs }) => fromMs < endMs);
}

/** The minute within a period from which on the offset is that of its end. */
function turnIn({ startMs, endMs }: Period, timeZone: string): number {
  const after = offsetMs(endMs, timeZone);
  let [before, turned] = [startMs, endMs];
  while (turned - before > MINUTE_MS) {
    const middle = before + Math.floor((turned - before) / 2 / MINUTE_MS) * MINUTE_MS;
    if (offsetMs(middle, timeZone) === after) turned = middle;
    else before = middle;
  }
  return turned;
}

/** How far the wall is ahead of UTC, by the minute. */
function offsetMs(instantMs: number, timeZone: string): number {
  const shown = Date.parse(`${wallText(instantMs, timeZone)}:00Z`);
  return shown - Math.floor(instantMs / MINUTE_MS) * MINUTE_MS;
}

/** `2026-10-25T02:30`. */
function wallText(instantMs: number, timeZone: string): string {
  const parts = formatOf(timeZone).formatToParts(instantMs);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making one takes a thousand times as long as using it. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  formats.set(timeZone, made);
  return made;
}
