/** The hours of a week as spans, ready for JSON. */

import type { WeekOff } from '../economics/option/weekOff.ts';

/** Hours of the week from Monday 00:00 on by the clock of a time zone, each up to `to`. */
export interface WeekHours {
  readonly timeZone: string;
  readonly spans: readonly { readonly from: number; readonly to: number }[];
}

/** Hours that follow each other are one span. */
export function weekHours({ hours, timeZone }: WeekOff): WeekHours {
  const starts = [...hours.keys()].filter((hour) => hours[hour] === true && !hours[hour - 1]);
  const spans = starts.map((from) => {
    const end = hours.indexOf(false, from);
    return { from, to: end < 0 ? hours.length : end };
  });
  return { timeZone, spans };
}
