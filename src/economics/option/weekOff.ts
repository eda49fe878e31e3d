/** Which hours of a week never needed a replica within a window, by a reader's clock. */

import { DAY_MS, HOUR_MS } from '../../domain/period.ts';
import type { Wall } from '../../domain/wallClock.ts';

export const HOURS_IN_DAY = 24;
export const HOURS_IN_WEEK = 7 * HOURS_IN_DAY;
/** 1970-01-01 was a Thursday. */
const FIRST_MONDAY_MS = 4 * DAY_MS;
/** What happened once is no rule. */
const FEWEST_TIMES = 2;

export interface WeekOff {
  /** By hour from Monday 00:00 on, whether it may be off. */
  readonly hours: readonly boolean[];
  /** Whose hours they are. */
  readonly timeZone: string;
}

export interface WeekTally {
  /** Tells of paid time from an instant on, within one hour of which usage is known. */
  see(instantMs: number, isNeeded: boolean): void;
  /** Absent where no hour was always free. */
  off(): WeekOff | undefined;
}

const UTC: Wall = { timeZone: 'UTC', shifts: [] };

/**
 * An hour is off where it was seen twice or more and needed nothing each time: the night of a
 * deployment that only ever works by day. Hours are the wall's, so that a night is one before and
 * after clocks turn; UTC's where the wall is not whole hours from it, for paid hours are whole in
 * UTC.
 */
export function weekTally(wall: Wall = UTC): WeekTally {
  const isWhole = wall.shifts.every(({ aheadMs }) => aheadMs % HOUR_MS === 0);
  const { timeZone, shifts } = isWhole ? wall : UTC;
  const seen = new Uint16Array(HOURS_IN_WEEK);
  const needed = new Uint8Array(HOURS_IN_WEEK);
  return {
    see(instantMs, isNeeded) {
      const hour = hourOfWeek(instantMs + aheadAt(shifts, instantMs));
      seen[hour] = (seen[hour] ?? 0) + 1;
      if (isNeeded) needed[hour] = 1;
    },
    off() {
      const hours = Array.from(seen, (times, hour) => times >= FEWEST_TIMES && needed[hour] === 0);
      return hours.includes(true) ? { hours, timeZone } : undefined;
    },
  };
}

function aheadAt(shifts: Wall['shifts'], instantMs: number): number {
  return shifts.findLast(({ fromMs }) => fromMs <= instantMs)?.aheadMs ?? 0;
}

/** Never negative, whatever the instant: -1 ms is the last hour of a Wednesday. */
function hourOfWeek(instantMs: number): number {
  const hours = Math.floor((instantMs - FIRST_MONDAY_MS) / HOUR_MS) % HOURS_IN_WEEK;
  return hours < 0 ? hours + HOURS_IN_WEEK : hours;
}
