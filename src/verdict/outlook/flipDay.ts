/** The first day on which an answer turns, if trends hold: week by week, then to the day. */

import { DAY_MS, dayStartMs } from '../../domain/period.ts';
import { firstWhere } from '../../domain/search.ts';

const MOST_WEEKS = 52;
const DAYS_IN_WEEK = 7;

/** Whether changing pays at an instant; `undefined` where that cannot be said. */
export type Pays = (instantMs: number) => boolean | undefined;

export interface Search {
  /** The end of the audited window. */
  readonly endMs: number;
  /** The answer now. */
  readonly today: boolean;
  readonly pays: Pays;
  /** True where the answer turns once at most: then it need not be asked for week by week. */
  readonly turnsOnce: boolean;
}

/**
 * The midnight that opens the first day by whose end the answer is another than `today`, within 52
 * weeks of the window's end; `undefined` where there is none, or where nothing can be said before.
 */
export function flipDay({ endMs, today, pays, turnsOnce }: Search): number | undefined {
  const firstMs = dayStartMs(endMs);
  const turned = (day: number) => pays(firstMs + (day + 1) * DAY_MS) !== today;
  const days = Array.from({ length: MOST_WEEKS * DAYS_IN_WEEK }, (_, day) => day);
  const day = turnsOnce ? bySplitting(days, turned) : byWeeks(days, turned);
  const isTold = day !== undefined && pays(firstMs + (day + 1) * DAY_MS) !== undefined;
  return isTold ? firstMs + day * DAY_MS : undefined;
}

function bySplitting(days: readonly number[], turned: (day: number) => boolean) {
  const last = days.at(-1);
  if (last === undefined || !turned(last)) return undefined;
  return firstWhere(days, turned);
}

function byWeeks(days: readonly number[], turned: (day: number) => boolean) {
  for (let week = 0; week < MOST_WEEKS; week += 1) {
    const own = days.slice(week * DAYS_IN_WEEK, (week + 1) * DAYS_IN_WEEK);
    const last = own.at(-1);
    if (last !== undefined && turned(last)) return own.find(turned);
  }
  return undefined;
}
