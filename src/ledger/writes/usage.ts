/** Writes a batch of intervals: in bulk for a new period, otherwise one by one. */

import type { Database } from 'better-sqlite3';
import type { Located } from '../../domain/provenance.ts';
import type { UsageRow } from '../../domain/usage.ts';
import { createUsageRollup } from '../usageDays.ts';
import type { RepeatLog } from './repeatLog.ts';
import { getFactDigests } from '../factDigests.ts';
import { createIntervalWriter, type IntervalResult, type StoredInterval } from './interval.ts';
import {
  extendPeriod,
  extendReach,
  factExcerpt,
  type FactOrigin,
  type FetchOrigin,
  type FindFetchName,
  MAX_LISTED,
  type Tally,
  toContradiction,
} from './tally.ts';
import { createBatchSorter } from './series.ts';
import { invariant } from '../../domain/failure.ts';
import { instantText } from '../../domain/period.ts';
import { quoteShort } from '../../platform/text.ts';
import { describeChange } from './factText.ts';
import type { StoredValue } from './insert.ts';
import { originText, undoHint } from './factReport.ts';

export interface UsageWriter {
  append(located: readonly Located<UsageRow>[], origin: FetchOrigin, tally: Tally): void;
}

/** Rows sorted by series at a time, few enough for their objects to be freed early. */
const SLICE = 2_000;

/** The columns of an interval's first version, in the order of the table. */
const COLUMNS = (
  'series_ref start_ms version end_ms uncached_prompt_tokens cached_prompt_tokens ' +
  'output_tokens requests busy_ms replica_ms counted_ms estimated withdrawn recorded_at_ms ' +
  'fetch_ref position'
).split(' ');

export function createUsageWriter(db: Database, repeats: RepeatLog): UsageWriter {
  const sortBatch = createBatchSorter(db);
  const days = createUsageRollup(db);
  const putInterval = createIntervalWriter(db, repeats, days);
  const putFirst = createFirstWriter(db);
  const appendSlice = (
    located: readonly Located<UsageRow>[],
    origin: FetchOrigin,
    tally: Tally,
  ) => {
    const batch = sortBatch(located);
    for (const { series, position, fact } of batch.rows) {
      const place = { ...origin, position };
      if (series.fresh) {
        putFirst(series.seriesRef, fact, place);
        days.touch(series.seriesRef, fact.period.startMs);
        tally.added += 1;
        extendReach(tally, 'added', fact.period.endMs);
        continue;
      }
      const result = putInterval(fact, series, place);
      tally.restated += result.withdrawn;
      extendReach(tally, result.put, fact.period.endMs);
      reportInterval(tally, result, { fact, place, nameOf: repeats.nameOf });
    }
    for (const series of batch.series) extendPeriod(tally, series);
  };
  return {
    append(located, origin, tally) {
      for (let from = 0; from < located.length; from += SLICE) {
        appendSlice(located.slice(from, from + SLICE), origin, tally);
      }
      days.roll();
    },
  };
}

function createFirstWriter(db: Database) {
  const placeholders = COLUMNS.map(() => '?').join(', ');
  const insert = db.prepare(`INSERT INTO usage (${COLUMNS.join(', ')}) VALUES (${placeholders})`);
  const note = getFactDigests(db).noter('usage', COLUMNS);
  return (seriesRef: number, row: UsageRow, place: FactOrigin): void => {
    const { startMs, endMs } = row.period;
    // Positional, without intermediate objects: this runs a million times for a large file.
    const values = [
      seriesRef,
      startMs,
      1,
      endMs,
      row.uncachedPromptTokens,
      row.cachedPromptTokens ?? null,
      row.outputTokens,
      row.requests ?? null,
      row.busyMs ?? null,
      row.replicaMs ?? null,
      row.countedMs ?? null,
      row.estimated === true ? 1 : 0,
      0,
      place.recordedAtMs,
      place.fetchRef,
      place.position,
    ];
    note(values);
    insert.run(...values);
  };
}

interface Line {
  readonly fact: UsageRow;
  readonly place: FactOrigin;
  readonly nameOf: FindFetchName;
}

/** Counts one interval. For a line of a file it also records what to report to the user. */
function reportInterval(tally: Tally, { put, earlier }: IntervalResult, line: Line): void {
  const { fact, place, nameOf } = line;
  if (put === 'contradicted') {
    tally.rejects.push(toContradiction(place.position, usageText(fact), fact));
    return;
  }
  if (put === 'misplaced') {
    invariant(earlier !== undefined, 'only an interval that is there can be in the way');
    const reason = overlap(earlier, line);
    const { position } = place;
    const refusal = { position, reason, excerpt: factExcerpt(fact), metRef: earlier.fetchRef };
    tally.rejects.push(refusal);
    return;
  }
  tally[put] += 1;
  if (place.byHand !== true || put !== 'restated' || earlier === undefined) return;
  if (tally.restatements.length >= MAX_LISTED) return;
  const change = describeChange('usage', storedValues(fact, earlier), newValues(fact));
  const from = { ...nameOf(earlier.fetchRef), position: earlier.position };
  tally.restatements.push({ position: place.position, ...change, earlier: from });
}

function usageText({ deployment, period }: UsageRow): string {
  return `usage of "${deployment}" from ${instantText(period.startMs)}`;
}

function overlap(old: StoredInterval, { fact, nameOf }: Line): string {
  const from = nameOf(old.fetchRef);
  const place = originText(from, old.position);
  const conflict =
    `the usage of ${quoteShort(fact.deployment)} from ${spanText(fact.period)} overlaps known ` +
    `usage from ${spanText(old)} (${place})`;
  const expected = 'expected the same interval, which restates it, or one without overlap';
  const todo =
    'import the same intervals again, or import this file with another --source' +
    undoHint(from, 'to replace them all');
  return `${conflict}; ${expected}; ${todo}`;
}

function spanText({ startMs, endMs }: { startMs: number; endMs: number }): string {
  return `${instantText(startMs)} to ${instantText(endMs)}`;
}

function storedValues({ deployment }: UsageRow, old: StoredInterval): Map<string, StoredValue> {
  return new Map<string, StoredValue>([
    ['deployment', deployment],
    ['startMs', old.startMs],
    ['endMs', old.endMs],
    ['uncachedPromptTokens', old.uncached],
    ['cachedPromptTokens', old.cached],
    ['outputTokens', old.output],
    ['requests', old.requests],
    ['busyMs', old.busyMs],
    ['replicaMs', old.replicaMs],
    ['withdrawn', old.withdrawn],
  ]);
}

function newValues(fact: UsageRow): Map<string, StoredValue> {
  return new Map<string, StoredValue>([
    ['deployment', fact.deployment],
    ['startMs', fact.period.startMs],
    ['endMs', fact.period.endMs],
    ['uncachedPromptTokens', fact.uncachedPromptTokens],
    ['cachedPromptTokens', fact.cachedPromptTokens ?? null],
    ['outputTokens', fact.outputTokens],
    ['requests', fact.requests ?? null],
    ['busyMs', fact.busyMs ?? null],
    ['replicaMs', fact.replicaMs ?? null],
    ['withdrawn', 0],
  ]);
}
