/** Finds the first day on which a verdict turns if trends continue: by week, then by day. */

import { DAY_MS, dayStartMs } from '../../domain/period.ts';
import { firstWhere } from '../../domain/search.ts';

const MOST_WEEKS = 52;
const DAYS_IN_WEEK = 7;

/** Whether a change saves money at an instant. `undefined` if unknown. */
export type PaysAt = (instantMs: number) => boolean | undefined;

export interface BreakEvenSearch {
  /** The end of the audited window. */
  readonly endMs: number;
  /** Whether the change saves money now. */
  readonly today: boolean;
  readonly pays: PaysAt;
  /** True if the result turns at most once, so a binary search suffices. */
  readonly turnsOnce: boolean;
}

/**
 * Returns midnight at the start of the day on which the result first differs from `today`, within
 * 52 weeks of the window's end. `undefined` if there is no such day, or if the result becomes
 * unknown first.
 */
export function findBreakEvenDay({
  endMs,
  today,
  pays,
  turnsOnce,
}: BreakEvenSearch): number | undefined {
  const firstMs = dayStartMs(endMs);
  const turned = (day: number) => pays(firstMs + (day + 1) * DAY_MS) !== today;
  const days = Array.from({ length: MOST_WEEKS * DAYS_IN_WEEK }, (_, day) => day);
  const day = turnsOnce ? bySplitting(days, turned) : byWeeks(days, turned);
  const isKnown = day !== undefined && pays(firstMs + (day + 1) * DAY_MS) !== undefined;
  return isKnown ? firstMs + day * DAY_MS : undefined;
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
