/** Writes one usage interval beside existing ones: added, unchanged, restated, or rejected. */

import type { Database } from 'better-sqlite3';
import type { UsageRow } from '../../domain/usage.ts';
import type { UsageRollup } from '../usageDays.ts';
import type { RepeatLog } from './repeatLog.ts';
import { getFactDigests } from '../factDigests.ts';
import { toKeyJson } from './factShape.ts';
import type { FactOrigin, PutResult } from './tally.ts';
import { prepareQuery } from '../statement.ts';
import type { BatchSeries } from './series.ts';

/** The compared columns of `usage`. */
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

/** Every version of every interval that may overlap a period, oldest record first. */
const NEAR = `
SELECT uncached_prompt_tokens AS uncached, cached_prompt_tokens AS cached, output_tokens AS output,
  requests, busy_ms AS busyMs, replica_ms AS replicaMs, counted_ms AS countedMs, estimated,
  end_ms AS endMs, withdrawn, start_ms AS startMs, version, recorded_at_ms AS recordedAtMs,
  fetch_ref AS fetchRef, position, undo_ref AS undoRef
FROM usage WHERE series_ref = ? AND start_ms > ? AND start_ms < ?
ORDER BY start_ms, recorded_at_ms, version`;

/** The names of the columns of `usage`. */
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

/** The result of writing one interval. */
export interface IntervalResult {
  readonly put: PutResult;
  /** The number of overlapping intervals with other boundaries that were withdrawn. */
  readonly withdrawn: number;
  /** The interval with the same start, or the one that blocks this one. */
  readonly earlier?: StoredInterval;
}

/**
 * Writes one interval. Equal values change nothing, other values for the same start are a new
 * version. Overlapping intervals with other boundaries are withdrawn, so that no traffic counts
 * twice.
 * A line of a file withdraws nothing: it is rejected if it overlaps other boundaries. If two
 * intervals of one response conflict, the first one counts.
 */
export function createIntervalWriter(db: Database, repeats: RepeatLog, days: UsageRollup) {
  const near = prepareQuery<StoredInterval>(db, NEAR);
  const insert = createInserter(db);
  return (
    row: UsageRow,
    { seriesRef, longestMs }: BatchSeries,
    place: FactOrigin,
  ): IntervalResult => {
    const { startMs, endMs } = row.period;
    const rows = near.all(seriesRef, startMs - longestMs, endMs);
    const inForce = inForceByStart(rows, place.recordedAtMs);
    const contents = toContents(row);
    const candidate = { startMs, contents, place };
    const keyOf = (interval: StoredInterval) => toKeyJson([seriesRef, interval.startMs]);
    const { put, same, replaced, blocking } = judged(inForce, candidate, (old) => {
      if (old.fetchRef === place.fetchRef) return true;
      return repeats.has(place.fetchRef, 'usage', keyOf(old));
    });
    const earlier = blocking ?? same;
    const withEarlier = earlier === undefined ? {} : { earlier };
    if (put === 'unchanged' && same !== undefined && alike(contents, same)) {
      const isOwn = same.fetchRef === place.fetchRef && same.undoRef === null;
      const known = { ...same, undoRef: same.undoRef ?? undefined };
      if (!isOwn) repeats.note({ table: 'usage', key: keyOf(same), ...place, known });
    }
    if (put !== 'added' && put !== 'restated') return { put, withdrawn: 0, ...withEarlier };
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
    const otherStarts = replaced.filter((old) => old.startMs !== startMs);
    for (const old of otherStarts) write({ ...old, withdrawn: 1 }, old.startMs);
    write(contents, startMs);
    return { put, withdrawn: otherStarts.length, ...withEarlier };
  };
}

function createInserter(db: Database): (interval: NewInterval) => void {
  const keys = Object.keys(COLUMNS) as Column[];
  const names = keys.map((key) => COLUMNS[key]);
  const marks = names.map(() => '?').join(', ');
  const insert = db.prepare(`INSERT INTO usage (${names.join(', ')}) VALUES (${marks})`);
  const note = getFactDigests(db).noter('usage', names);
  return (interval) => {
    const values = keys.map((key) => interval[key]);
    note(values);
    insert.run(...values);
  };
}

interface Candidate {
  readonly startMs: number;
  readonly contents: Contents;
  readonly place: FactOrigin;
}

/** Decides what to do with an interval, given the intervals around it. */
function judged(
  inForce: ReadonlyMap<number, StoredInterval>,
  { startMs, contents, place }: Candidate,
  isOfThisResponse: (old: StoredInterval) => boolean,
) {
  const found = inForce.get(startMs);
  const same = found !== undefined && isUndone(found) ? undefined : found;
  const all = [...inForce.values()];
  const replaced = all.filter((old) => old.endMs > startMs && old.withdrawn === 0);
  const isOther = (old: StoredInterval) => old.startMs !== startMs || old.endMs !== contents.endMs;
  const blocking = place.byHand === true ? replaced.find(isOther) : undefined;
  const judge = (): PutResult => {
    if (same !== undefined && (alike(contents, same) || isCoarser(contents, same))) {
      return 'unchanged';
    }
    if (replaced.some(isOfThisResponse)) return 'contradicted';
    if (blocking !== undefined) return 'misplaced';
    return same === undefined ? 'added' : 'restated';
  };
  return { put: judge(), same, replaced, blocking };
}

/** An interval that an undo withdrew counts as never recorded. */
function isUndone({ withdrawn, undoRef }: StoredInterval): boolean {
  return withdrawn === 1 && undoRef !== null;
}

/**
 * An estimate does not replace measured values of the same time, unless it covers more replica
 * time. That happens when a silent replica responds again, and the estimate then includes the
 * measured part.
 */
function isCoarser(candidate: Contents, known: Contents): boolean {
  const isSameTime = candidate.endMs === known.endMs && known.withdrawn === 0;
  return (
    isSameTime &&
    candidate.estimated === 1 &&
    known.estimated === 0 &&
    !coversMore(candidate, known)
  );
}

/** False if either does not state the time that it covers. */
function coversMore(candidate: Contents, known: Contents): boolean {
  const [more, less] = [
    candidate.countedMs ?? candidate.replicaMs,
    known.countedMs ?? known.replicaMs,
  ];
  return more !== null && less !== null && more > less;
}

function toContents(row: UsageRow): Contents {
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

/** Whether the first adds nothing to the second. */
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
    !coversMore(a, b)
  );
}

/** The newest version of each start. Rows are ordered oldest first, so the last one wins. */
function inForceByStart(rows: readonly StoredInterval[], atMs: number) {
  const known = rows.filter((row) => row.recordedAtMs <= atMs);
  return new Map(known.map((row) => [row.startMs, row]));
}

function nextVersion(rows: readonly StoredInterval[], startMs: number): number {
  const versions = rows.filter((row) => row.startMs === startMs).map((row) => row.version);
  return Math.max(0, ...versions) + 1;
}
