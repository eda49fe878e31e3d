/** When work is due: one table, read from top to bottom. */

import { type DueRule, newestDueQuarter, reportDueMs } from '../domain/due.ts';
import { type Order, orderId } from '../domain/order.ts';
import { quarterOrder } from '../domain/owed.ts';
import { DAY_MS, dayText, HOUR_MS, instantText, MINUTE_MS, quarterText } from '../domain/period.ts';
import { ringPulls } from '../domain/pullOrders.ts';
import {
  type CronLine,
  type LineName,
  type PullLine,
  type Rhythm,
  sourcesOf,
  tellsPrices,
} from '../domain/rhythm.ts';
import { wallTimeMs } from '../domain/wallClock.ts';

/** One line of the timetable. */
export interface Ring {
  readonly name: LineName;
  /** Minute, hour, day, month, weekday, in UTC: clocks on walls skip hours, and show some twice. */
  readonly cron: string;
  /** What is due when it rings; the same instant always gives the same orders. */
  due(ringAtMs: number): Order[];
}

/**
 * Everything rings in UTC; the quarter at each hour of UTC at which the wall can show its time.
 * `schedule` in the config changes the cron of a line, or puts it off.
 *
 * | line        | rings by itself           | orders                                             |
 * | ----------- | ------------------------- | -------------------------------------------------- |
 * | scraper     | every minute              | `pull` of usage that can only be sampled           |
 * | inventory   | every five minutes        | `pull` of inventory on which a bill rests          |
 * | usage       | five past every hour      | `pull` of usage and inventory since yesterday      |
 * | prices      | 00:20                     | `prices`: what hosts and GPUs cost today           |
 * | owed        | 00:50, and at the start   | `owed`: what should have happened and did not      |
 * | bills       | 03:40                     | `pull` of charges in each source's trailing window |
 * | corrections | 05:40                     | `correct` of the newest quarter that was due       |
 * | check       | 09:10                     | `check`: is a report overdue?                      |
 * | quarter     | on its business day       | `quarter`: pulls, audit, report, delivery          |
 */
export function timetable(rhythm: Rhythm): Ring[] {
  const { crons, sources, due } = rhythm;
  const line = (name: CronLine, orders: Ring['due']): Ring[] => {
    const cron = crons[name];
    return cron === undefined ? [] : [{ name, cron, due: orders }];
  };
  const pulling = (name: PullLine): Ring[] =>
    sourcesOf(name, sources).length === 0 ? [] : line(name, (at) => ringPulls(name, sources, at));
  const plain = (name: 'prices' | 'owed' | 'check') => line(name, (at) => [plainOrder(name, at)]);
  return [
    ...pulling('scraper'),
    ...pulling('inventory'),
    ...pulling('usage'),
    ...(sources.some(tellsPrices) ? plain('prices') : []),
    ...plain('owed'),
    ...pulling('bills'),
    ...(due === undefined || rhythm.corrections === 'off'
      ? []
      : line('corrections', (at) => [correctionOrder(due, at)])),
    ...plain('check'),
    ...(due === undefined ? [] : [quarterRing(rhythm, due)]),
  ];
}

/** What takes no payload. */
export function plainOrder(name: string, ringAtMs: number): Order {
  return { name, payload: {}, id: orderId(name, instantText(ringAtMs)) };
}

function correctionOrder(due: DueRule, ringAtMs: number): Order {
  const quarter = quarterText(newestDueQuarter(ringAtMs, due));
  return {
    name: 'correct',
    payload: { quarter },
    id: orderId('correct', quarter, instantText(ringAtMs)),
  };
}

function quarterRing(rhythm: Rhythm, due: DueRule): Ring {
  return {
    name: 'quarter',
    cron: wallCron(due),
    due(ringAtMs) {
      const quarter = newestDueQuarter(ringAtMs, due);
      // On its day it is ordered at every ring: a ring that was missed is made good by the next.
      if (ringAtMs - reportDueMs(quarter, due) >= DAY_MS) return [];
      return [quarterOrder(quarter, rhythm, orderId('quarter', quarterText(quarter)))];
    },
  };
}

/**
 * The minutes and hours of UTC at which a wall can show the time, whatever the season: 07:00 in
 * Paris is `0 5,6 * * *`; 02:30 there, which one night skips, is `30 0,1 * * *`.
 */
export function wallCron({ at, timeZone }: Pick<DueRule, 'at' | 'timeZone'>): string {
  const instants = Array.from({ length: DAYS_OF_ALL_RULES }, (_, day) =>
    wallTimeMs(dayText(day * DAY_MS + SOME_NEW_YEAR_MS), at, timeZone),
  );
  const field = (of: (ms: number) => number) =>
    [...new Set(instants.map(of))].sort((a, b) => a - b).join(',');
  const minutes = field((ms) => Math.floor(ms / MINUTE_MS) % 60);
  return `${minutes} ${field((ms) => Math.floor(ms / HOUR_MS) % 24)} * * *`;
}

/** A year and more, in which every zone shows all its offsets. */
const DAYS_OF_ALL_RULES = 400;
const SOME_NEW_YEAR_MS = Date.UTC(2026, 0, 1);
