/** Writes a batch of intervals: in bulk for a new period, otherwise one by one. */

import type { Database } from 'better-sqlite3';
import type { Located } from '../../domain/provenance.ts';
import type { UsageRow } from '../../domain/usage.ts';
import { createUsageRollup } from '../usageDays.ts';
import type { RepeatLog } from './confirmed.ts';
import { getFactDigests } from './factDigests.ts';
import { createIntervalWriter } from './interval.ts';
import { reportInterval } from './intervalWords.ts';
import {
  type FactOrigin,
  extendReach,
  extendPeriod,
  type Tally,
  type FetchOrigin,
} from './place.ts';
import { createBatchSorter } from './series.ts';

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

export function createUsageWriter(db: Database, confirmed: RepeatLog): UsageWriter {
  const sortBatch = createBatchSorter(db);
  const days = createUsageRollup(db);
  const putInterval = createIntervalWriter(db, confirmed, days);
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
      reportInterval(tally, result, { fact, place, nameOf: confirmed.nameOf });
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
