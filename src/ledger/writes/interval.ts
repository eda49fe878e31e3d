/**
 * Writes one interval where others stand near it: known, restated, refused, or on another grid.
 */

import type { Database } from 'better-sqlite3';
import type { UsageRow } from '../../domain/usage.ts';
import type { UsageDays } from '../usageDays.ts';
import type { Confirmed } from './confirmed.ts';
import { factDigestsOf } from './factDigests.ts';
import { keyText } from './factShape.ts';
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
  readonly countedMs: number | null;
  readonly estimated: number;
  readonly endMs: number;
  readonly withdrawn: number;
}

export interface StoredInterval extends Contents {
  readonly startMs: number;
  readonly version: number;
  readonly recordedAtMs: number;
  readonly fetchRef: number;
  readonly position: number;
  readonly undoRef: number | null;
}

/** Every version of every interval that may reach into a stretch of time, oldest record first. */
const NEAR = `
SELECT uncached_prompt_tokens AS uncached, cached_prompt_tokens AS cached, output_tokens AS output,
  requests, busy_ms AS busyMs, replica_ms AS replicaMs, counted_ms AS countedMs, estimated,
  end_ms AS endMs, withdrawn, start_ms AS startMs, version, recorded_at_ms AS recordedAtMs,
  fetch_ref AS fetchRef, position, undo_ref AS undoRef
FROM usage WHERE series_ref = ? AND start_ms > ? AND start_ms < ?
ORDER BY start_ms, recorded_at_ms, version`;

/** The columns of `usage` by what they are called here. */
const COLUMNS = {
  uncached: 'uncached_prompt_tokens',
  cached: 'cached_prompt_tokens',
  output: 'output_tokens',
  requests: 'requests',
  busyMs: 'busy_ms',
  replicaMs: 'replica_ms',
  countedMs: 'counted_ms',
  estimated: 'estimated',
  endMs: 'end_ms',
  withdrawn: 'withdrawn',
  seriesRef: 'series_ref',
  startMs: 'start_ms',
  version: 'version',
  recordedAtMs: 'recorded_at_ms',
  fetchRef: 'fetch_ref',
  position: 'position',
} as const;

type Column = keyof typeof COLUMNS;
type NewInterval = Omit<StoredInterval, 'undoRef'> & { readonly seriesRef: number };

/** What writing one interval did. */
export interface IntervalPut {
  readonly put: Put;
  /** Counts intervals of another grid that it replaced. */
  readonly withdrawn: number;
  /** The interval that stood there, or that is in the way. */
  readonly earlier?: StoredInterval;
}

/**
 * Writes one interval. The same again is known; other values for the same start are a new version;
 * intervals of another grid that it overlaps are withdrawn, so that no traffic is counted twice. A
 * file's line withdraws nothing: over another grid it is refused. Of two in one answer that
 * disagree the first stands.
 */
export function createIntervalWriter(db: Database, confirmed: Confirmed, days: UsageDays) {
  const near = db.prepare(NEAR).safeIntegers(false);
  const insert = intervalInserter(db);
  return (row: UsageRow, { seriesRef, longestMs }: BatchSeries, place: Place): IntervalPut => {
    const { startMs, endMs } = row.period;
    const rows = near.all(seriesRef, startMs - longestMs, endMs) as StoredInterval[];
    const standing = inForceByStart(rows, place.recordedAtMs);
    const contents = contentsOf(row);
    const told = { startMs, contents, place };
    const keyOf = (interval: StoredInterval) => keyText([seriesRef, interval.startMs]);
    const { put, same, replaced, inTheWay } = judged(standing, told, (old) => {
      if (old.fetchRef === place.fetchRef) return true;
      return confirmed.has(place.fetchRef, 'usage', keyOf(old));
    });
    const earlier = inTheWay ?? same;
    const met = earlier === undefined ? {} : { earlier };
    if (put === 'unchanged' && same !== undefined && alike(contents, same)) {
      const ours = same.fetchRef === place.fetchRef && same.undoRef === null;
      const known = { ...same, undoRef: same.undoRef ?? undefined };
      if (!ours) confirmed.note({ table: 'usage', key: keyOf(same), ...place, known });
    }
    if (put !== 'added' && put !== 'restated') return { put, withdrawn: 0, ...met };
    const origin = { fetchRef: place.fetchRef, position: place.position, seriesRef };
    const write = (values: Contents, atMs: number) => {
      insert({
        ...values,
        ...origin,
        recordedAtMs: place.recordedAtMs,
        startMs: atMs,
        version: nextVersion(rows, atMs),
      });
      days.touch(seriesRef, atMs);
    };
    const elsewhere = replaced.filter((old) => old.startMs !== startMs);
    for (const old of elsewhere) write({ ...old, withdrawn: 1 }, old.startMs);
    write(contents, startMs);
    return { put, withdrawn: elsewhere.length, ...met };
  };
}

function intervalInserter(db: Database): (interval: NewInterval) => void {
  const keys = Object.keys(COLUMNS) as Column[];
  const names = keys.map((key) => COLUMNS[key]);
  const marks = names.map(() => '?').join(', ');
  const insert = db.prepare(`INSERT INTO usage (${names.join(', ')}) VALUES (${marks})`);
  const note = factDigestsOf(db).noter('usage', names);
  return (interval) => {
    const values = keys.map((key) => interval[key]);
    note(values);
    insert.run(...values);
  };
}

interface Told {
  readonly startMs: number;
  readonly contents: Contents;
  readonly place: Place;
}

/** What is to become of an interval, given those that stand near it. */
function judged(
  standing: ReadonlyMap<number, StoredInterval>,
  { startMs, contents, place }: Told,
  isOfThisAnswer: (old: StoredInterval) => boolean,
) {
  const found = standing.get(startMs);
  const same = found !== undefined && isUndone(found) ? undefined : found;
  const all = [...standing.values()];
  const replaced = all.filter((old) => old.endMs > startMs && old.withdrawn === 0);
  const isOther = (old: StoredInterval) => old.startMs !== startMs || old.endMs !== contents.endMs;
  const inTheWay = place.byHand === true ? replaced.find(isOther) : undefined;
  const judge = (): Put => {
    if (same !== undefined && (alike(contents, same) || isCoarser(contents, same))) {
      return 'unchanged';
    }
    if (replaced.some(isOfThisAnswer)) return 'contradicted';
    if (inTheWay !== undefined) return 'misplaced';
    return same === undefined ? 'added' : 'restated';
  };
  return { put: judge(), same, replaced, inTheWay };
}

/** What an undo withdrew was never said, as far as anyone can tell now. */
function isUndone({ withdrawn, undoRef }: StoredInterval): boolean {
  return withdrawn === 1 && undoRef !== null;
}

/**
 * What was counted once is not given up for an estimate of the same time, unless that tells of more
 * time of the replicas, as where one that was silent answers again: then what was counted is part
 * of it.
 */
function isCoarser(told: Contents, known: Contents): boolean {
  const isSameTime = told.endMs === known.endMs && known.withdrawn === 0;
  return isSameTime && told.estimated === 1 && known.estimated === 0 && !knowsMore(told, known);
}

/** Where one of them does not say of how much time it tells, nobody knows. */
function knowsMore(told: Contents, known: Contents): boolean {
  const [more, less] = [told.countedMs ?? told.replicaMs, known.countedMs ?? known.replicaMs];
  return more !== null && less !== null && more > less;
}

function contentsOf(row: UsageRow): Contents {
  return {
    uncached: row.uncachedPromptTokens,
    cached: row.cachedPromptTokens ?? null,
    output: row.outputTokens,
    requests: row.requests ?? null,
    busyMs: row.busyMs ?? null,
    replicaMs: row.replicaMs ?? null,
    countedMs: row.countedMs ?? null,
    estimated: row.estimated === true ? 1 : 0,
    endMs: row.period.endMs,
    withdrawn: 0,
  };
}

/** Does the first say nothing that the second does not? */
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
    a.withdrawn === b.withdrawn &&
    !knowsMore(a, b)
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
