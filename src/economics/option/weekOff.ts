/** Knows which hours of a week needed no replica, in every week of a window. */

import { DAY_MS, HOUR_MS } from '../../domain/period.ts';

export const HOURS_IN_DAY = 24;
const HOURS_IN_WEEK = 7 * HOURS_IN_DAY;
/** 1970-01-01 was a Thursday. */
const FIRST_MONDAY_MS = 4 * DAY_MS;
/** What happened once is no rule. */
const FEWEST_TIMES = 2;

/** By hour from Monday 00:00 UTC on, whether it may be off. */
export type WeekOff = readonly boolean[];

export interface WeekTally {
  /** Tells of paid time from an instant on, within one hour of which usage is known. */
  see(instantMs: number, isNeeded: boolean): void;
  /** Absent where no hour was always free. */
  off(): WeekOff | undefined;
}

/**
 * An hour is off where it was seen twice or more and needed nothing each time: the night of a
 * deployment that only ever works by day.
 */
export function weekTally(): WeekTally {
  const seen = new Uint16Array(HOURS_IN_WEEK);
  const needed = new Uint8Array(HOURS_IN_WEEK);
  return {
    see(instantMs, isNeeded) {
      const hour = hourOfWeek(instantMs);
      seen[hour] = (seen[hour] ?? 0) + 1;
      if (isNeeded) needed[hour] = 1;
    },
    off() {
      const week = Array.from(seen, (times, hour) => times >= FEWEST_TIMES && needed[hour] === 0);
      return week.includes(true) ? week : undefined;
    },
  };
}

/** Never negative, whatever the instant: -1 ms is the last hour of a Wednesday. */
function hourOfWeek(instantMs: number): number {
  const hours = Math.floor((instantMs - FIRST_MONDAY_MS) / HOUR_MS) % HOURS_IN_WEEK;
  return hours < 0 ? hours + HOURS_IN_WEEK : hours;
}
