/**
 * Computes overdue work from the work record alone, so downtime of a worker or a lost queue is
 * noticed.
 */

import type { ProvidedFact } from '../domain/provenance.ts';
import { QUARTER_DAYS } from './horizons.ts';
import { newestDueQuarter, reportDueMs } from './reportDue.ts';
import { jobId, type NewJob } from './queuedJob.ts';
import {
  DAY_MS,
  dayStartMs,
  dayText,
  HOUR_MS,
  instantText,
  mergePeriods,
  type Period,
  period,
} from '../domain/period.ts';
import { previousQuarter, type Quarter, quarterText } from './quarter.ts';
import {
  factsForLine,
  providesPrices,
  type PullLine,
  type Schedule,
  type ScheduledSource,
  sourcesForLine,
} from './schedule.ts';
import { extendBack, toPullJob, toQuarterJob, lastRunMs } from './timetable.ts';
import type { Delivery } from '../domain/delivery.ts';

/** Work older than this is no longer due. */
const HORIZON_DAYS = 400;
/** Longest period of one pull: a year is caught up month by month. */
const CHUNK_DAYS = 31;
/** The name under which the first run of a schedule line for a subject is recorded. */
const BEGUN = 'begun';

export interface WorkRecord {
  readonly nowMs: number;
  readonly schedule: Schedule;
  readonly done: readonly DoneUpTo[];
  readonly pulled: readonly PulledPeriod[];
}

export interface Backlog {
  /** In the order in which they run. */
  readonly jobs: readonly NewJob[];
  /** Schedule lines seen for the first time, to be recorded. Nothing before that is due. */
  readonly firstSeen: readonly DoneUpTo[];
}

/**
 * Work due at `nowMs`: pulls of periods not covered by any pull, oldest first, merged and split by
 * month; then prices; then quarters past their due time, oldest first; then checks. The same record
 * always gives the same jobs. Nothing before a line was first seen is due.
 *
 * An hourly line that was down from March 1 to April 10 is due two pulls, not 960.
 */
export function computeBacklog(record: WorkRecord): Backlog {
  const lines = (['usage', 'bills'] as const).filter((line) => record.schedule.crons[line]);
  const pulls = lines.flatMap((line) =>
    sourcesForLine(line, record.schedule.sources).map((source) =>
      overduePulls(line, source, record),
    ),
  );
  const quarters = overdueQuarters(record);
  return {
    jobs: [
      ...pulls.flatMap(({ jobs }) => jobs).sort(byStart),
      ...(record.schedule.sources.some(providesPrices) ? overdueDaily('prices', record) : []),
      ...quarters.jobs,
      ...overdueDaily('check', record),
    ],
    firstSeen: [...pulls.flatMap(({ firstSeen: begun }) => begun), ...quarters.firstSeen],
  };
}

function byStart(a: NewJob, b: NewJob): number {
  return String(a.payload['from']).localeCompare(String(b.payload['from']));
}

/** When a subject was first seen; now if it is new. */
function firstSeen(subject: string, { done, nowMs }: WorkRecord) {
  const known = done.find((one) => one.line === BEGUN && one.subject === subject);
  const begun = known === undefined ? [{ line: BEGUN, subject, dueAtMs: nowMs }] : [];
  return { sinceMs: known?.dueAtMs ?? nowMs, begun };
}

function overduePulls(line: PullLine, source: ScheduledSource, record: WorkRecord): Backlog {
  const { sinceMs, begun } = firstSeen(`${line}/${source.id}`, record);
  const { nowMs } = record;
  const untilMs = lastRunMs(record.schedule, line, record.nowMs) ?? nowMs;
  const startMs = Math.max(
    extendBack(line, source, sinceMs),
    dayStartMs(nowMs) - HORIZON_DAYS * DAY_MS,
  );
  if (startMs >= untilMs) return { jobs: [], firstSeen: begun };
  const windows = findGaps({ line, source, window: period(startMs, untilMs) }, record).flatMap(
    splitByMonth,
  );
  const jobs = windows.map((window) => {
    const span = [window.startMs, window.endMs].map(instantText);
    const id = jobId('owed', dayText(nowMs), line, source.id, ...span);
    return toPullJob({ line, source, window, id });
  });
  return { jobs, firstSeen: begun };
}

interface PullRequest {
  readonly line: PullLine;
  readonly source: ScheduledSource;
  readonly window: Period;
}

/**
 * Periods that no pull covered for some fact, each extended back as far as data may have changed;
 * merged.
 */
function findGaps({ line, source, window }: PullRequest, { pulled }: WorkRecord): Period[] {
  const gaps = factsForLine(line, source).flatMap((fact) =>
    uncoveredPeriods(window, pulledPeriods(pulled, source, fact)),
  );
  const extended = gaps.map(({ startMs, endMs }) =>
    period(Math.max(window.startMs, extendBack(line, source, startMs)), endMs),
  );
  return mergePeriods(extended);
}

function pulledPeriods(
  pulled: readonly PulledPeriod[],
  source: Pick<ScheduledSource, 'id'>,
  fact: ProvidedFact,
): Period[] {
  return pulled
    .filter((one) => one.source === source.id && one.fact === fact)
    .map(({ window }) => window);
}

function splitByMonth({ startMs, endMs }: Period): Period[] {
  const parts: Period[] = [];
  for (let atMs = startMs; atMs < endMs; atMs += CHUNK_DAYS * DAY_MS) {
    parts.push(period(atMs, Math.min(endMs, atMs + CHUNK_DAYS * DAY_MS)));
  }
  return parts;
}

/** A line without a period: past values cannot be fetched any more. */
function overdueDaily(line: 'prices' | 'check', record: WorkRecord): NewJob[] {
  const runMs = lastRunMs(record.schedule, line, record.nowMs);
  if (runMs === undefined || doneUntil(record, line, '') >= runMs) return [];
  return [{ name: line, payload: {}, id: jobId('owed', line, instantText(runMs)) }];
}

function doneUntil({ done }: WorkRecord, line: string, subject: string): number {
  const found = done.find((one) => one.line === line && one.subject === subject);
  return found?.dueAtMs ?? Number.NEGATIVE_INFINITY;
}

function overdueQuarters(record: WorkRecord): Backlog {
  const { schedule, nowMs } = record;
  if (schedule.due === undefined) return { jobs: [], firstSeen: [] };
  const { sinceMs, begun } = firstSeen('quarter', record);
  const oldestMs = Math.max(sinceMs, nowMs - HORIZON_DAYS * DAY_MS);
  const quarters: Quarter[] = [];
  let quarter = newestDueQuarter(nowMs, schedule.due);
  while (reportDueMs(quarter, schedule.due) > oldestMs) {
    const isDone = Number.isFinite(doneUntil(record, 'quarter', quarterText(quarter)));
    if (!isDone) quarters.unshift(quarter);
    quarter = previousQuarter(quarter);
  }
  const jobs = quarters.map((one) =>
    toQuarterJob(one, schedule, jobId('owed', dayText(nowMs), 'quarter', quarterText(one))),
  );
  return { jobs, firstSeen: begun };
}

/** A worker returns to a delivery sooner: the longest pause between attempts is 4 hours. */
const ABANDONED_AFTER_MS = 6 * HOUR_MS;

/**
 * A job for each recipient whose delivery should have been sent automatically and has not changed
 * for six hours. The job sends to that recipient only: recipients are fixed when an edition is
 * planned.
 */
export function findAbandonedDeliveries(deliveries: readonly Delivery[], nowMs: number): NewJob[] {
  const jobs = deliveries
    .filter((delivery) => isAbandoned(delivery, nowMs))
    .map(({ edition, recipient }) => ({
      name: 'deliver',
      payload: { edition, to: recipient },
      id: jobId('owed', dayText(nowMs), 'deliver', edition, recipient),
    }));
  return [...new Map(jobs.map((job) => [job.id, job])).values()];
}

function isAbandoned(delivery: Delivery, nowMs: number): boolean {
  const dueMs = dueAtMs(delivery);
  return (
    dueMs !== undefined &&
    dueMs < nowMs - ABANDONED_AFTER_MS &&
    dueMs > nowMs - QUARTER_DAYS * DAY_MS
  );
}

/** When it should have changed; `undefined` if nothing happens automatically. */
function dueAtMs({ state, changedAtMs, nextTryAtMs, leaseUntilMs }: Delivery): number | undefined {
  if (state === 'waiting') return changedAtMs;
  return state === 'deferred' ? nextTryAtMs : leaseUntilMs;
}

/** The last due time up to which a schedule line's work for a subject is done. */
export interface DoneUpTo {
  readonly line: string;
  readonly subject: string;
  readonly dueAtMs: number;
}

/** A period for which a source returned a fact completely. */
export interface PulledPeriod {
  readonly source: string;
  readonly fact: string;
  readonly window: Period;
}

/**
 * The parts of the period not covered by the others, in order. `[0, 10)` without `[2, 4)` and `[3,
 * 6)` is `[0, 2)` and `[6, 10)`.
 */
export function uncoveredPeriods(window: Period, covered: readonly Period[]): Period[] {
  const gaps: Period[] = [];
  let atMs = window.startMs;
  for (const { startMs, endMs } of covered.toSorted((a, b) => a.startMs - b.startMs)) {
    if (atMs >= window.endMs) break;
    if (startMs > atMs) gaps.push(period(atMs, Math.min(startMs, window.endMs)));
    atMs = Math.max(atMs, endMs);
  }
  if (atMs < window.endMs) gaps.push(period(atMs, window.endMs));
  return gaps;
}

export interface PlannedPull {
  readonly source: string;
  readonly facts: readonly ProvidedFact[];
  readonly window: Period;
}

/**
 * The pulls before the audit of a quarter. Bills are pulled for the whole quarter, because charges
 * arrive late and are restated. Usage is pulled only for windows that no pull covered: older data
 * may have been downsampled since.
 */
export function quarterPulls(
  quarter: Period,
  sources: readonly ScheduledSource[],
  pulled: readonly PulledPeriod[],
): PlannedPull[] {
  const bills = sourcesForLine('bills', sources).map((source) => ({
    source: source.id,
    facts: factsForLine('bills', source),
    window: quarter,
  }));
  const usage = sourcesForLine('usage', sources)
    .filter(({ provides }) => provides.includes('usage'))
    .flatMap((source) =>
      uncoveredPeriods(quarter, pulledPeriods(pulled, source, 'usage')).map((window) => ({
        source: source.id,
        facts: ['usage' as const],
        window,
      })),
    );
  return [...bills, ...usage];
}
