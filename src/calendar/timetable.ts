/** When each scheduled job is due: one table, from top to bottom. */

import { lastCronTimeMs, parseCron } from './cron.ts';
import { type DueRule, newestDueQuarter, reportDueMs } from './reportDue.ts';
import { jobId, type NewJob } from './queuedJob.ts';

import {
  DAY_MS,
  dayText,
  HOUR_MS,
  instantText,
  MINUTE_MS,
  type Period,
  period,
  dayStartMs,
  parseInstant,
} from '../domain/period.ts';
import { parseQuarter, quarterText, type Quarter } from './quarter.ts';
import {
  type CronLine,
  type LineName,
  providesPrices,
  type PullLine,
  type Schedule,
  sourcesForLine,
  isSampled,
  factsForLine,
  type ScheduledSource,
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
export function timetable(schedule: Schedule): TimetableEntry[] {
  const { crons, sources, due } = schedule;
  const line = (name: CronLine, jobs: TimetableEntry['due']): TimetableEntry[] => {
    const cron = crons[name];
    return cron === undefined ? [] : [{ name, cron, due: jobs }];
  };
  const pulling = (name: PullLine): TimetableEntry[] =>
    sourcesForLine(name, sources).length === 0
      ? []
      : line(name, (at) => scheduledPulls(name, sources, at));
  const plain = (name: 'prices' | 'owed' | 'check') => line(name, (at) => [toPlainJob(name, at)]);
  return [
    ...pulling('scraper'),
    ...pulling('inventory'),
    ...pulling('usage'),
    ...(sources.some(providesPrices) ? plain('prices') : []),
    ...plain('owed'),
    ...pulling('bills'),
    ...(due === undefined || schedule.corrections === 'off'
      ? []
      : line('corrections', (at) => [correctionJob(due, at)])),
    ...plain('check'),
    ...(due === undefined ? [] : [quarterEntry(schedule, due)]),
  ];
}

/** A job without a payload. */
export function toPlainJob(name: string, runAtMs: number): NewJob {
  return { name, payload: {}, id: jobId(name, instantText(runAtMs)) };
}

function correctionJob(due: DueRule, runAtMs: number): NewJob {
  const quarter = quarterText(newestDueQuarter(runAtMs, due));
  return {
    name: 'correct',
    payload: { quarter },
    id: jobId('correct', quarter, instantText(runAtMs)),
  };
}

function quarterEntry(schedule: Schedule, due: DueRule): TimetableEntry {
  return {
    name: 'quarter',
    cron: localTimeCron(due),
    due(runAtMs) {
      const quarter = newestDueQuarter(runAtMs, due);
      // Added at every run on its day, so that a later run makes up for a missed one.
      if (runAtMs - reportDueMs(quarter, due) >= DAY_MS) return [];
      return [toQuarterJob(quarter, schedule, jobId('quarter', quarterText(quarter)))];
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

/** A job for a quarter's report. With `once`, a report that exists is not made again. */
export function toQuarterJob(quarter: Quarter, { deliver }: Schedule, id: string): NewJob {
  return { name: 'quarter', payload: { quarter: quarterText(quarter), deliver, once: true }, id };
}

/** How far back each run of a line reads data that may have changed. */
function rereadMs(line: PullLine, { trailingDays }: ScheduledSource): number {
  if (line === 'bills') return trailingDays * DAY_MS;
  return line === 'usage' ? DAY_MS : 0;
}

/**
 * Frequent lines: their finished jobs are removed at once, and their ids are remembered only this
 * long.
 */
const SHORT_MEMORY_MS = 2 * HOUR_MS;

/**
 * One pull for each source of a schedule line. Periods overlap on purpose: late or changed data is
 * found, and known data changes nothing.
 */
export function scheduledPulls(
  line: PullLine,
  sources: readonly ScheduledSource[],
  runAtMs: number,
): NewJob[] {
  return sourcesForLine(line, sources).map((source) => {
    const startMs = isSampled(line) ? runAtMs - MINUTE_MS : extendBack(line, source, runAtMs);
    const id = jobId('pull', line, source.id, instantText(runAtMs));
    return toPullJob({ line, source, window: period(startMs, runAtMs), id });
  });
}

/** Midnight before the instant, minus the days in which data may still change. */
export function extendBack(line: PullLine, source: ScheduledSource, instantMs: number): number {
  return dayStartMs(instantMs) - rereadMs(line, source);
}

interface PullTimes {
  readonly line: PullLine;
  readonly source: ScheduledSource;
  readonly window: Period;
  readonly id: string;
}

export function toPullJob({ line, source, window, id }: PullTimes): NewJob {
  const payload = {
    source: source.id,
    from: instantText(window.startMs),
    to: instantText(window.endMs),
    facts: factsForLine(line, source),
  };
  return { name: 'pull', payload, id, ...(isSampled(line) ? { rememberMs: SHORT_MEMORY_MS } : {}) };
}

/** When a line ran last at or before an instant; absent if it is off. */
export function lastRunMs(
  { crons }: Pick<Schedule, 'crons'>,
  line: CronLine,
  nowMs: number,
): number | undefined {
  const cron = parseCron(crons[line] ?? '');
  return cron === undefined ? undefined : lastCronTimeMs(cron, nowMs);
}

/** A pull may start a little after its scheduled time. */
const SLACK_MS = 10 * MINUTE_MS;

/** Whether a scheduled pull fell into a period in which nothing was pulled. */
export function missedPull({ crons, sources }: Schedule, { startMs, endMs }: Period): boolean {
  const pulls: Partial<Record<CronLine, boolean>> = {
    usage: sourcesForLine('usage', sources).length > 0,
    bills: sourcesForLine('bills', sources).length > 0,
    prices: sources.some(providesPrices),
  };
  const lines = (Object.keys(pulls) as CronLine[]).filter((line) => pulls[line]);
  return lines.some((line) => {
    const runMs = lastRunMs({ crons }, line, endMs - SLACK_MS);
    return runMs !== undefined && runMs > startMs;
  });
}

/** When a job was due: a report by the config's rule, a pull at the end of its period. */
export function jobDueMs(
  { to, quarter }: NewJob['payload'],
  { due }: Schedule,
): number | undefined {
  if (typeof quarter !== 'string') return parseInstant(String(to));
  return due && reportDueMs(parseQuarter(quarter, 0), due);
}
