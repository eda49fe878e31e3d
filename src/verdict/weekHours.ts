/** Weekly hours as spans for JSON. */

import type { FreeWeekHours } from '../economics/option/weekOff.ts';

/** Spans of hours since Monday 00:00 in a time zone. `to` is exclusive. */
export interface WeekHours {
  readonly timeZone: string;
  readonly spans: readonly { readonly from: number; readonly to: number }[];
}

/** Merges consecutive hours into spans. */
export function toWeekHours({ hours, timeZone }: FreeWeekHours): WeekHours {
  const starts = [...hours.keys()].filter((hour) => hours[hour] === true && !hours[hour - 1]);
  const spans = starts.map((from) => {
    const end = hours.indexOf(false, from);
    return { from, to: end < 0 ? hours.length : end };
  });
  return { timeZone, spans };
}
