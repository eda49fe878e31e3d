/** Finds hours of the week in which no replica was ever needed, in local time. */

import { DAY_MS, HOUR_MS } from '../../domain/period.ts';
import type { LocalClock } from '../../domain/localTime.ts';

export const HOURS_IN_DAY = 24;
export const HOURS_IN_WEEK = 7 * HOURS_IN_DAY;
/** 1970-01-01 was a Thursday. */
const FIRST_MONDAY_MS = 4 * DAY_MS;
/** One occurrence is not a pattern. */
const FEWEST_TIMES = 2;

export interface FreeWeekHours {
  /** By hour from Monday 00:00, whether it can be off. */
  readonly hours: readonly boolean[];
  /** Time zone of the hours. */
  readonly timeZone: string;
}

export interface WeekTally {
  /** Records paid time from an instant, within one hour of known usage. */
  record(instantMs: number, isNeeded: boolean): void;
  /** The free hours; `undefined` if no hour was always free. */
  freeHours(): FreeWeekHours | undefined;
}

const UTC: LocalClock = { timeZone: 'UTC', offsets: [] };

/**
 * An hour is off if it was recorded at least twice and never needed a replica. An example is the
 * night of a deployment that works by day. Hours are local, so a night stays the same across clock
 * changes. Time zones whose offset is not whole hours use UTC, because paid hours are whole in UTC.
 */
export function weekTally(wall: LocalClock = UTC): WeekTally {
  const isWhole = wall.offsets.every(({ aheadMs }) => aheadMs % HOUR_MS === 0);
  const { timeZone, offsets } = isWhole ? wall : UTC;
  const seen = new Uint16Array(HOURS_IN_WEEK);
  const needed = new Uint8Array(HOURS_IN_WEEK);
  return {
    record(instantMs, isNeeded) {
      const hour = hourOfWeek(instantMs + offsetAt(offsets, instantMs));
      seen[hour] = (seen[hour] ?? 0) + 1;
      if (isNeeded) needed[hour] = 1;
    },
    freeHours() {
      const hours = Array.from(seen, (times, hour) => times >= FEWEST_TIMES && needed[hour] === 0);
      return hours.includes(true) ? { hours, timeZone } : undefined;
    },
  };
}

function offsetAt(shifts: LocalClock['offsets'], instantMs: number): number {
  return shifts.findLast(({ fromMs }) => fromMs <= instantMs)?.aheadMs ?? 0;
}

/** Hour of the week, never negative: -1 ms is the last hour of a Wednesday. */
function hourOfWeek(instantMs: number): number {
  const hours = Math.floor((instantMs - FIRST_MONDAY_MS) / HOUR_MS) % HOURS_IN_WEEK;
  return hours < 0 ? hours + HOURS_IN_WEEK : hours;
}
