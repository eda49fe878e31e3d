/**
 * What should have happened and did not: computed from the record of work alone, so that a
 * machine that was down, or a queue that was lost, is never silent.
 */

import { lastRingMs, parseCron } from './cron.ts';
import { newestDueQuarter, reportDueMs } from './due.ts';
import { type Order, orderId } from './order.ts';
import {
  DAY_MS,
  dayStartMs,
  dayText,
  instantText,
  type Period,
  period,
  previousQuarter,
  type Quarter,
  quarterText,
} from './period.ts';
import { pullOrder, widened } from './pullOrders.ts';
import {
  type CronLine,
  factsOf,
  type PullLine,
  type Rhythm,
  type RhythmSource,
  sourcesOf,
  tellsPrices,
} from './rhythm.ts';
import { type PulledWindow, uncovered, type WorkDone } from './work.ts';

/** Nothing older than this is due any more. */
const HORIZON_DAYS = 400;
/** One pull covers at most this many days, so that a year is caught up month by month. */
const CHUNK_DAYS = 31;
/** The line under which the first sight of a line and its subject is recorded. */
const BEGUN = 'begun';

export interface WorkRecord {
  readonly nowMs: number;
  readonly rhythm: Rhythm;
  readonly done: readonly WorkDone[];
  readonly pulled: readonly PulledWindow[];
}

export interface Owed {
  /** In the order in which they are to be worked. */
  readonly orders: readonly Order[];
  /** Lines seen for the first time: to be recorded; nothing before that is due. */
  readonly begun: readonly WorkDone[];
}

/**
 * What is due at `nowMs`: pulls of the windows that no pull covered, oldest first, merged and cut
 * by the month; then prices; then quarters whose day has passed, oldest first; then the checks.
 * The same record gives the same orders. Nothing before a line was first seen is due.
 *
 * An hourly line that was down from March 1 to April 10 is due two pulls, not 960.
 */
export function owedWork(record: WorkRecord): Owed {
  const lines = (['usage', 'bills'] as const).filter((line) => record.rhythm.crons[line]);
  const pulls = lines.flatMap((line) =>
    sourcesOf(line, record.rhythm.sources).map((source) => owedPulls(line, source, record)),
  );
  const quarters = owedQuarters(record);
  return {
    orders: [
      ...pulls.flatMap(({ orders }) => orders).sort(byStart),
      ...(record.rhythm.sources.some(tellsPrices) ? owedDaily('prices', record) : []),
      ...quarters.orders,
      ...owedDaily('check', record),
    ],
    begun: [...pulls.flatMap(({ begun }) => begun), ...quarters.begun],
  };
}

function byStart(a: Order, b: Order): number {
  return String(a.payload['from']).localeCompare(String(b.payload['from']));
}

/** When a subject was first seen; recorded now where it was not. */
function beginning(subject: string, { done, nowMs }: WorkRecord) {
  const known = done.find((one) => one.line === BEGUN && one.subject === subject);
  const begun = known === undefined ? [{ line: BEGUN, subject, dueAtMs: nowMs }] : [];
  return { sinceMs: known?.dueAtMs ?? nowMs, begun };
}

function owedPulls(line: PullLine, source: RhythmSource, record: WorkRecord): Owed {
  const { sinceMs, begun } = beginning(`${line}/${source.id}`, record);
  const { nowMs } = record;
  const untilMs = lastRing(line, record) ?? nowMs;
  const startMs = Math.max(
    widened(line, source, sinceMs),
    dayStartMs(nowMs) - HORIZON_DAYS * DAY_MS,
  );
  if (startMs >= untilMs) return { orders: [], begun };
  const windows = gapsOf({ line, source, window: period(startMs, untilMs) }, record).flatMap(cut);
  const orders = windows.map((window) => {
    const span = [window.startMs, window.endMs].map(instantText);
    const id = orderId('owed', dayText(nowMs), line, source.id, ...span);
    return pullOrder({ line, source, window, id });
  });
  return { orders, begun };
}

interface Asked {
  readonly line: PullLine;
  readonly source: RhythmSource;
  readonly window: Period;
}

/** What no pull covered of any fact, each reaching back as far as may have changed; merged. */
function gapsOf({ line, source, window }: Asked, { pulled }: WorkRecord): Period[] {
  const gaps = factsOf(line, source).flatMap((fact) =>
    uncovered(
      window,
      pulled
        .filter((one) => one.source === source.id && one.fact === fact)
        .map((one) => one.window),
    ),
  );
  const reaching = gaps.map(({ startMs, endMs }) =>
    period(Math.max(window.startMs, widened(line, source, startMs)), endMs),
  );
  return merged(reaching);
}

function merged(windows: readonly Period[]): Period[] {
  const out: Period[] = [];
  for (const next of windows.toSorted((a, b) => a.startMs - b.startMs)) {
    const last = out.at(-1);
    if (last === undefined || next.startMs > last.endMs) out.push(next);
    else out[out.length - 1] = period(last.startMs, Math.max(last.endMs, next.endMs));
  }
  return out;
}

function cut({ startMs, endMs }: Period): Period[] {
  const parts: Period[] = [];
  for (let atMs = startMs; atMs < endMs; atMs += CHUNK_DAYS * DAY_MS) {
    parts.push(period(atMs, Math.min(endMs, atMs + CHUNK_DAYS * DAY_MS)));
  }
  return parts;
}

function lastRing(line: CronLine, { rhythm, nowMs }: WorkRecord): number | undefined {
  const cron = parseCron(rhythm.crons[line] ?? '');
  return cron === undefined ? undefined : lastRingMs(cron, nowMs);
}

/** A line that needs no window: what it told of days gone by cannot be had any more. */
function owedDaily(line: 'prices' | 'check', record: WorkRecord): Order[] {
  const ringMs = lastRing(line, record);
  if (ringMs === undefined || doneUntil(record, line, '') >= ringMs) return [];
  return [{ name: line, payload: {}, id: orderId('owed', line, instantText(ringMs)) }];
}

function doneUntil({ done }: WorkRecord, line: string, subject: string): number {
  const found = done.find((one) => one.line === line && one.subject === subject);
  return found?.dueAtMs ?? Number.NEGATIVE_INFINITY;
}

function owedQuarters(record: WorkRecord): Owed {
  const { rhythm, nowMs } = record;
  if (rhythm.due === undefined) return { orders: [], begun: [] };
  const { sinceMs, begun } = beginning('quarter', record);
  const oldestMs = Math.max(sinceMs, nowMs - HORIZON_DAYS * DAY_MS);
  const quarters: Quarter[] = [];
  let quarter = newestDueQuarter(nowMs, rhythm.due);
  while (reportDueMs(quarter, rhythm.due) > oldestMs) {
    const isDone = Number.isFinite(doneUntil(record, 'quarter', quarterText(quarter)));
    if (!isDone) quarters.unshift(quarter);
    quarter = previousQuarter(quarter);
  }
  const orders = quarters.map((one) =>
    quarterOrder(one, rhythm, orderId('owed', dayText(nowMs), 'quarter', quarterText(one))),
  );
  return { orders, begun };
}

/** A quarter's report, once: nothing is done where it was made before. */
export function quarterOrder(quarter: Quarter, { deliver }: Rhythm, id: string): Order {
  return { name: 'quarter', payload: { quarter: quarterText(quarter), deliver, once: true }, id };
}
