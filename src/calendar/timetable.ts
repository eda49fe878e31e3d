/** When each scheduled job is due: one table, from top to bottom. */

import { type DueRule, newestDueQuarter, reportDueMs } from './reportDue.ts';
import { jobId, type NewJob } from './queuedJob.ts';
import { toQuarterJob } from './backlog.ts';
import { DAY_MS, dayText, HOUR_MS, instantText, MINUTE_MS, quarterText } from '../domain/period.ts';
import {
  type CronLine,
  type LineName,
  providesPrices,
  type PullLine,
  type Schedule,
  scheduledPulls,
  sourcesForLine,
} from './schedule.ts';
import { localTimeMs } from '../domain/localTime.ts';

/** One line of the timetable. */
export interface TimetableEntry {
  readonly name: LineName;
  /** Minute, hour, day, month and weekday in UTC. Local time skips and repeats hours. */
  readonly cron: string;
  /** The jobs due at a run. The same instant always gives the same jobs. */
  due(runAtMs: number): NewJob[];
}

/**
 * All crons are in UTC. `quarter` runs at each UTC hour that can be its local time. `schedule` in
 * the config changes the cron of a line, or turns it off.
 *
 * | line        | default                   | adds                                               |
 * | ----------- | ------------------------- | -------------------------------------------------- |
 * | scraper     | every minute              | `pull` of usage that can only be sampled           |
 * | inventory   | every five minutes        | `pull` of inventory from which costs are computed  |
 * | usage       | five past every hour      | `pull` of usage and inventory since yesterday      |
 * | prices      | 00:20                     | `prices`: today's prices of hosted APIs and GPUs   |
 * | owed        | 00:50, and at the start   | `owed`: missed runs                                |
 * | bills       | 03:40                     | `pull` of charges in each source's trailing window |
 * | corrections | 05:40                     | `correct` of the newest quarter that was due       |
 * | check       | 09:10                     | `check`: is a report overdue?                      |
 * | quarter     | on its business day       | `quarter`: pulls, audit, report, delivery          |
 */
export function timetable(rhythm: Schedule): TimetableEntry[] {
  const { crons, sources, due } = rhythm;
  const line = (name: CronLine, orders: TimetableEntry['due']): TimetableEntry[] => {
    const cron = crons[name];
    return cron === undefined ? [] : [{ name, cron, due: orders }];
  };
  const pulling = (name: PullLine): TimetableEntry[] =>
    sourcesForLine(name, sources).length === 0
      ? []
      : line(name, (at) => scheduledPulls(name, sources, at));
  const plain = (name: 'prices' | 'owed' | 'check') => line(name, (at) => [toPlainOrder(name, at)]);
  return [
    ...pulling('scraper'),
    ...pulling('inventory'),
    ...pulling('usage'),
    ...(sources.some(providesPrices) ? plain('prices') : []),
    ...plain('owed'),
    ...pulling('bills'),
    ...(due === undefined || rhythm.corrections === 'off'
      ? []
      : line('corrections', (at) => [correctionOrder(due, at)])),
    ...plain('check'),
    ...(due === undefined ? [] : [quarterRing(rhythm, due)]),
  ];
}

/** A job without a payload. */
export function toPlainOrder(name: string, runAtMs: number): NewJob {
  return { name, payload: {}, id: jobId(name, instantText(runAtMs)) };
}

function correctionOrder(due: DueRule, runAtMs: number): NewJob {
  const quarter = quarterText(newestDueQuarter(runAtMs, due));
  return {
    name: 'correct',
    payload: { quarter },
    id: jobId('correct', quarter, instantText(runAtMs)),
  };
}

function quarterRing(rhythm: Schedule, due: DueRule): TimetableEntry {
  return {
    name: 'quarter',
    cron: localTimeCron(due),
    due(runAtMs) {
      const quarter = newestDueQuarter(runAtMs, due);
      // Added at every run on its day, so that a later run makes up for a missed one.
      if (runAtMs - reportDueMs(quarter, due) >= DAY_MS) return [];
      return [toQuarterJob(quarter, rhythm, jobId('quarter', quarterText(quarter)))];
    },
  };
}

/**
 * The UTC minutes and hours that can be the local time, in any season. 07:00 in Paris is `0 5,6 * *
 * *`. 02:30 there, which one night skips, is `30 0,1 * * *`.
 */
export function localTimeCron({ at, timeZone }: Pick<DueRule, 'at' | 'timeZone'>): string {
  const instants = Array.from({ length: DAYS_WITH_ALL_OFFSETS }, (_, day) =>
    localTimeMs(dayText(day * DAY_MS + FIRST_DAY_MS), at, timeZone),
  );
  const field = (toField: (ms: number) => number) =>
    [...new Set(instants.map(toField))].sort((a, b) => a - b).join(',');
  const minutes = field((ms) => Math.floor(ms / MINUTE_MS) % 60);
  return `${minutes} ${field((ms) => Math.floor(ms / HOUR_MS) % 24)} * * *`;
}

/** More than a year, in which every time zone shows all its offsets. */
const DAYS_WITH_ALL_OFFSETS = 400;
const FIRST_DAY_MS = Date.UTC(2026, 0, 1);
