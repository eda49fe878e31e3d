/**
 * Knows how one interval is written where others stand near it: known, restated, or on another
 * grid.
 */

import type { Database } from 'better-sqlite3';
import type { UsageRow } from '../../domain/usage.ts';
import type { Confirmed } from './confirmed.ts';
import type { Place, Put } from './place.ts';
import type { BatchSeries } from './series.ts';

/** What an interval says; the columns of `usage` that are compared. */
interface Contents {
  readonly uncached: number;
  readonly cached: number | null;
  readonly output: number;
  readonly requests: number | null;
  readonly busyMs: number | null;
  readonly replicaMs: number | null;
  readonly estimated: number;
  readonly endMs: number;
  readonly withdrawn: number;
}

interface StoredInterval extends Contents {
  readonly startMs: number;
  readonly version: number;
  readonly recordedAtMs: number;
  readonly fetchRef: number;
}

/** Every version of every interval that may reach into a stretch of time, oldest record first. */
const NEAR = `
SELECT uncached_prompt_tokens AS uncached, cached_prompt_tokens AS cached, output_tokens AS output,
  requests, busy_ms AS busyMs, replica_ms AS replicaMs, estimated, end_ms AS endMs, withdrawn,
  start_ms AS startMs, version, recorded_at_ms AS recordedAtMs, fetch_ref AS fetchRef
FROM usage WHERE series_ref = ? AND start_ms > ? AND start_ms < ?
ORDER BY start_ms, recorded_at_ms, version`;

const INSERT = `
INSERT INTO usage (
  uncached_prompt_tokens, cached_prompt_tokens, output_tokens, requests, busy_ms, replica_ms,
  estimated, end_ms, withdrawn, series_ref, start_ms, version, recorded_at_ms, fetch_ref, position
) VALUES (
  :uncached, :cached, :output, :requests, :busyMs, :replicaMs,
  :estimated, :endMs, :withdrawn, :seriesRef, :startMs, :version,
  :recordedAtMs, :fetchRef, :position
)`;

/** What writing one interval did; `withdrawn` counts intervals of another grid that it replaced. */
export interface IntervalPut {
  readonly put: Put;
  readonly withdrawn: number;
}

/**
 * Writes one interval. The same again is known; other values for the same start are a new version;
 * intervals of another grid that it overlaps are withdrawn, so that no traffic is counted twice. Of
 * two in one answer that disagree the first stands.
 */
export function createIntervalWriter(db: Database, confirmed: Confirmed) {
  const near = db.prepare(NEAR).safeIntegers(false);
  const insert = db.prepare(INSERT);
  return (row: UsageRow, { seriesRef, longestMs }: BatchSeries, place: Place): IntervalPut => {
    const { startMs, endMs } = row.period;
    const rows = near.all(seriesRef, startMs - longestMs, endMs) as StoredInterval[];
    const standing = inForceByStart(rows, place.recordedAtMs);
    const same = standing.get(startMs);
    const keyOf = (interval: StoredInterval) => `${seriesRef}\n${interval.startMs}`;
    const contents = contentsOf(row);
    if (same !== undefined && alike(contents, same)) {
      const ours = same.fetchRef === place.fetchRef;
      if (!ours) confirmed.note(place.fetchRef, 'usage', keyOf(same));
      return { put: 'unchanged', withdrawn: 0 };
    }
    const replaced = [...standing.values()].filter((old) => old.endMs > startMs && !old.withdrawn);
    const ofThisAnswer = (old: StoredInterval) =>
      old.fetchRef === place.fetchRef || confirmed.has(place.fetchRef, 'usage', keyOf(old));
    if (replaced.some(ofThisAnswer)) return { put: 'contradicted', withdrawn: 0 };
    const write = (values: Contents, atMs: number) =>
      insert.run({
        ...values,
        ...place,
        seriesRef,
        startMs: atMs,
        version: nextVersion(rows, atMs),
      });
    const elsewhere = replaced.filter((old) => old.startMs !== startMs);
    for (const old of elsewhere) write({ ...old, withdrawn: 1 }, old.startMs);
    write(contents, startMs);
    return { put: same === undefined ? 'added' : 'restated', withdrawn: elsewhere.length };
  };
}

function contentsOf(row: UsageRow): Contents {
  return {
    uncached: row.uncachedPromptTokens,
    cached: row.cachedPromptTokens ?? null,
    output: row.outputTokens,
    requests: row.requests ?? null,
    busyMs: row.busyMs ?? null,
    replicaMs: row.replicaMs ?? null,
    estimated: row.estimated === true ? 1 : 0,
    endMs: row.period.endMs,
    withdrawn: 0,
  };
}

function alike(a: Contents, b: Contents): boolean {
  return (
    a.uncached === b.uncached &&
    a.cached === b.cached &&
    a.output === b.output &&
    a.requests === b.requests &&
    a.busyMs === b.busyMs &&
    a.replicaMs === b.replicaMs &&
    a.estimated === b.estimated &&
    a.endMs === b.endMs &&
    a.withdrawn === b.withdrawn
  );
}

/** The newest of each start; rows come oldest first, so that the last one stays. */
function inForceByStart(rows: readonly StoredInterval[], atMs: number) {
  const known = rows.filter((row) => row.recordedAtMs <= atMs);
  return new Map(known.map((row) => [row.startMs, row]));
}

function nextVersion(rows: readonly StoredInterval[], startMs: number): number {
  const versions = rows.filter((row) => row.startMs === startMs).map((row) => row.version);
  return Math.max(0, ...versions) + 1;
}
