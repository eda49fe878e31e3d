/** Reads the intervals of a deployment as columns, in the newest version of each. */

import type { Database } from 'better-sqlite3';
import type { Period } from '../../domain/period.ts';
import { prepareQuery } from '../statement.ts';
import {
  emptySeries,
  type OpenSeries,
  packedSeries,
  USAGE_COLUMNS,
  type UsageSeries,
} from '../../domain/usage.ts';

/** In key order: no sorting, and the versions of an interval are adjacent. */
const ROWS = `
SELECT start_ms, end_ms, uncached_prompt_tokens, cached_prompt_tokens, output_tokens, requests,
  busy_ms, replica_ms, estimated + 2 * withdrawn, recorded_at_ms, version
FROM usage
WHERE series_ref = ? AND (start_ms, version) > (?, ?) AND start_ms < ? AND recorded_at_ms <= ?
ORDER BY start_ms, version LIMIT ?`;

const SERIES = `
SELECT source_id, series_ref, longest_ms FROM usage_series WHERE deployment = ? ORDER BY source_id`;

/** Two flags share a column, because each column costs time in a million rows. */
const ESTIMATED = 1;
const WITHDRAWN = 2;

type Cell = number | null;
type IntervalRow = readonly [
  startMs: number,
  endMs: number,
  uncached: number,
  cached: Cell,
  output: number,
  requests: Cell,
  busyMs: Cell,
  replicaMs: Cell,
  flags: number,
  recordedAtMs: number,
  version: number,
];

/** About four days of 5-minute rows, few enough to be freed before the next page. */
const PAGE_ROWS = 1_024;
const ANY_VERSION = Number.MAX_SAFE_INTEGER;

/** Reads every interval that overlaps the window, by source. A source without any is missing. */
export function createUsageReader(db: Database) {
  const series = prepareQuery<[string, number, number]>(db, SERIES).raw();
  const page = prepareQuery<IntervalRow>(db, ROWS).raw();
  const scratch = createScratch();
  return (deployment: string, window: Period, asOfMs: number): Map<string, UsageSeries> => {
    const found = new Map<string, UsageSeries>();
    for (const [sourceId, seriesRef, longestMs] of series.all(deployment)) {
      const intervals = createIntervals(scratch, window.startMs);
      // No interval is longer, so none that overlaps the window starts before this.
      let after: readonly [number, number] = [window.startMs - longestMs, ANY_VERSION];
      for (let rows = PAGE_ROWS; rows === PAGE_ROWS; ) {
        const pageRows = page.all(seriesRef, ...after, window.endMs, asOfMs, PAGE_ROWS);
        intervals.add(pageRows);
        rows = pageRows.length;
        const last = pageRows.at(-1);
        if (last !== undefined) after = [last[0], last[10]];
      }
      const built = intervals.build();
      if (built.length > 0) found.set(sourceId, built);
    }
    return found;
  };
}

/** A reusable buffer in which a series is built before it is packed. */
interface Scratch {
  /** The buffer with room for `length` rows. Its first `kept` rows are preserved. */
  roomFor(length: number, kept: number): OpenSeries;
  clear(): void;
}

/** Nine months of 5-minute rows. A larger buffer is not kept, because workers run for long. */
const MOST_KEPT_ROWS = 80_000;

function createScratch(): Scratch {
  let buffer = emptySeries(0);
  return {
    roomFor(length, kept) {
      if (length > buffer.length) {
        const larger = emptySeries(Math.max(length, 2 * buffer.length));
        for (const name of [...USAGE_COLUMNS, 'estimated'] as const) {
          larger[name].set(buffer[name].subarray(0, kept));
        }
        buffer = larger;
      }
      return buffer;
    },
    clear() {
      if (buffer.length > MOST_KEPT_ROWS) buffer = emptySeries(0);
    },
  };
}

/**
 * Takes rows by start and version, page by page, and keeps the newest version of each start.
 * Withdrawn intervals and those that end at or before `fromMs` are left out.
 */
function createIntervals(scratch: Scratch, fromMs: number) {
  let buffer = scratch.roomFor(0, 0);
  let length = 0;
  let newest: IntervalRow | undefined;
  const flush = (): void => {
    if (newest === undefined || (newest[8] & WITHDRAWN) > 0 || newest[1] <= fromMs) return;
    writeRow(buffer, length, newest);
    length += 1;
  };
  return {
    add(rows: readonly IntervalRow[]): void {
      buffer = scratch.roomFor(length + rows.length + 1, length);
      for (const row of rows) {
        if (newest === undefined || row[0] !== newest[0]) {
          flush();
          newest = row;
        } else if (row[9] >= newest[9]) {
          newest = row;
        }
      }
    },
    build(): UsageSeries {
      flush();
      const packed = packedSeries(buffer, length);
      scratch.clear();
      return packed;
    },
  };
}

function writeRow(series: OpenSeries, at: number, row: IntervalRow): void {
  series.startMs[at] = row[0];
  series.endMs[at] = row[1];
  series.uncachedPromptTokens[at] = row[2];
  series.cachedPromptTokens[at] = row[3] ?? Number.NaN;
  series.outputTokens[at] = row[4];
  series.requests[at] = row[5] ?? Number.NaN;
  series.busyMs[at] = row[6] ?? Number.NaN;
  series.replicaMs[at] = row[7] ?? Number.NaN;
  series.estimated[at] = row[8] & ESTIMATED;
}

const SERVED = `
SELECT DISTINCT deployment FROM usage_series AS series
WHERE EXISTS (
  SELECT 1 FROM usage AS u
  WHERE series_ref = series.series_ref AND start_ms >= :startMs AND start_ms < :endMs
    AND recorded_at_ms <= :asOfMs AND withdrawn = 0
    AND NOT EXISTS (
      SELECT 1 FROM usage AS n
      WHERE n.series_ref = u.series_ref AND n.start_ms = u.start_ms
        AND n.recorded_at_ms <= :asOfMs
        AND (n.recorded_at_ms, n.version) > (u.recorded_at_ms, u.version)))
ORDER BY deployment`;

/** Names in alphabetical order. */
export function readServedDeployments(db: Database, window: Period, asOfMs: number): string[] {
  const served = prepareQuery<string>(db, SERVED).pluck();
  return served.all({ ...window, asOfMs });
}
