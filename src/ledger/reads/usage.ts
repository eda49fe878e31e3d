/** How a deployment's intervals are read back: column by column, the newest version of each. */

import type { Database } from 'better-sqlite3';
import type { Period } from '../../domain/period.ts';
import {
  emptySeries,
  type OpenSeries,
  packedSeries,
  USAGE_COLUMNS,
  type UsageSeries,
} from '../../domain/usage.ts';

/** In key order, so that nothing is sorted and the versions of an interval follow one another. */
const ROWS = `
SELECT start_ms, end_ms, uncached_prompt_tokens, cached_prompt_tokens, output_tokens, requests,
  busy_ms, replica_ms, estimated + 2 * withdrawn, recorded_at_ms, version
FROM usage
WHERE series_ref = ? AND (start_ms, version) > (?, ?) AND start_ms < ? AND recorded_at_ms <= ?
ORDER BY start_ms, version LIMIT ?`;

const SERIES = `
SELECT source_id, series_ref, longest_ms FROM usage_series WHERE deployment = ? ORDER BY source_id`;

/** Two marks in one column: each column of a million rows takes its time. */
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

/** About four days of 5-minute rows: the page is gone before the next one comes. */
const PAGE_ROWS = 1_024;
const ANY_VERSION = Number.MAX_SAFE_INTEGER;

/** Reads every interval that overlaps the window, by source; a source without any is absent. */
export function createUsageReader(db: Database) {
  const series = db.prepare(SERIES).safeIntegers(false).raw();
  const page = db.prepare(ROWS).safeIntegers(false).raw();
  const scratch = createScratch();
  return (deployment: string, window: Period, asOfMs: number): Map<string, UsageSeries> => {
    const found = new Map<string, UsageSeries>();
    for (const row of series.all(deployment)) {
      const [sourceId, seriesRef, longestMs] = row as [string, number, number];
      const intervals = intervalsIn(scratch, window.startMs);
      // No interval is longer, so that none which reaches into the window begins before this.
      let after: readonly [number, number] = [window.startMs - longestMs, ANY_VERSION];
      for (let rows = PAGE_ROWS; rows === PAGE_ROWS; ) {
        const all = page.all(seriesRef, ...after, window.endMs, asOfMs, PAGE_ROWS) as IntervalRow[];
        intervals.add(all);
        rows = all.length;
        const last = all.at(-1);
        if (last !== undefined) after = [last[0], last[10]];
      }
      const built = intervals.build();
      if (built.length > 0) found.set(sourceId, built);
    }
    return found;
  };
}

/** Room in which one series after the other is laid out before it is packed. */
interface Scratch {
  /** The room, with its first `kept` rows, for at least `length` of them. */
  roomFor(length: number, kept: number): OpenSeries;
  clear(): void;
}

/** Nine months of 5-minute rows; larger room is not kept, for a worker lives long. */
const MOST_KEPT_ROWS = 80_000;

function createScratch(): Scratch {
  let room = emptySeries(0);
  return {
    roomFor(length, kept) {
      if (length > room.length) {
        const wider = emptySeries(Math.max(length, 2 * room.length));
        for (const name of [...USAGE_COLUMNS, 'estimated'] as const) {
          wider[name].set(room[name].subarray(0, kept));
        }
        room = wider;
      }
      return room;
    },
    clear() {
      if (room.length > MOST_KEPT_ROWS) room = emptySeries(0);
    },
  };
}

/**
 * Takes in rows by start and version, page by page, and keeps the newest version of each start;
 * intervals that end at or before `fromMs` and withdrawn ones are left out.
 */
function intervalsIn(scratch: Scratch, fromMs: number) {
  let room = scratch.roomFor(0, 0);
  let length = 0;
  let newest: IntervalRow | undefined;
  const flush = (): void => {
    if (newest === undefined || (newest[8] & WITHDRAWN) > 0 || newest[1] <= fromMs) return;
    put(room, length, newest);
    length += 1;
  };
  return {
    add(rows: readonly IntervalRow[]): void {
      room = scratch.roomFor(length + rows.length + 1, length);
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
      const packed = packedSeries(room, length);
      scratch.clear();
      return packed;
    },
  };
}

function put(series: OpenSeries, at: number, row: IntervalRow): void {
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
