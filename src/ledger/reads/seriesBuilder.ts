/**
 * Knows how rows of intervals become columns: one entry an interval, whatever number of versions
 * it has.
 */

import { emptySeries, USAGE_COLUMNS, type UsageSeries } from '../../domain/usage.ts';

type Cell = number | null;
export type IntervalRow = readonly [
  startMs: number,
  endMs: number,
  uncached: number,
  cached: Cell,
  output: number,
  requests: Cell,
  busyMs: Cell,
  replicaMs: Cell,
  estimated: number,
  withdrawn: number,
  recordedAtMs: number,
  version: number,
];

export interface SeriesBuilder {
  /** Rows by start and version; the versions of an interval may go on in the next call. */
  add(rows: readonly IntervalRow[]): void;
  build(): UsageSeries;
}

/** Takes in rows; intervals that end at or before `fromMs` and withdrawn ones are left out. */
export function createSeriesBuilder(fromMs: number): SeriesBuilder {
  let series = emptySeries(0);
  let length = 0;
  let newest: IntervalRow | undefined;
  const flush = (): void => {
    if (newest === undefined || newest[9] === 1 || newest[1] <= fromMs) return;
    put(series, length, newest);
    length += 1;
  };
  return {
    add(rows) {
      const needed = length + rows.length + 1;
      if (needed > series.length) series = resized(series, Math.max(needed, 2 * length));
      for (const row of rows) {
        if (newest === undefined || row[0] !== newest[0]) {
          flush();
          newest = row;
        } else if (row[10] >= newest[10]) {
          newest = row;
        }
      }
    },
    build() {
      flush();
      newest = undefined;
      return resized(series, length);
    },
  };
}

function put(series: UsageSeries, at: number, row: IntervalRow): void {
  series.startMs[at] = row[0];
  series.endMs[at] = row[1];
  series.uncachedPromptTokens[at] = row[2];
  series.cachedPromptTokens[at] = row[3] ?? Number.NaN;
  series.outputTokens[at] = row[4];
  series.requests[at] = row[5] ?? Number.NaN;
  series.busyMs[at] = row[6] ?? Number.NaN;
  series.replicaMs[at] = row[7] ?? Number.NaN;
  series.estimated[at] = row[8];
}

/** The series with room for `length` intervals, the first ones kept. */
function resized(series: UsageSeries, length: number): UsageSeries {
  const next = emptySeries(length);
  const kept = Math.min(length, series.length);
  for (const name of COLUMNS) next[name].set(series[name].subarray(0, kept));
  return next;
}

const COLUMNS = [...USAGE_COLUMNS, 'estimated'] as const;
