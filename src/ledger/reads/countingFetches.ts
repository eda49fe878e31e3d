/**
 * Finds the fetches that still count: not undone, and not replaced by a later successful response
 * to the same request.
 */

import type { Database } from 'better-sqlite3';
import { overlapMs, type Period } from '../../domain/period.ts';
import { prepareQuery } from '../statement.ts';
import { and, asc, eq, gt, isNull, lt, lte, or, type Store } from '../store.ts';
import { fetches, rejects } from '../tables/provenance.ts';
import type { IngestTrouble } from '../facts.ts';

/** The failure code of an import whose process died. */
export const INTERRUPTED_CODE = 'file-unreadable';

export type FetchRow = typeof fetches.$inferSelect;

/**
 * The fetches known at a time that still count, oldest first: those whose window overlaps the given
 * one, and those without a window.
 */
export function readCountingFetches(
  { db, orm }: Store,
  window: Period,
  asOfMs: number,
): FetchRow[] {
  const { windowStartMs, windowEndMs, recordedAtMs } = fetches;
  const overlaps = and(lt(windowStartMs, window.endMs), gt(windowEndMs, window.startMs));
  const undone = readUndoneFetches(db, asOfMs);
  const all = orm
    .select()
    .from(fetches)
    .where(and(lte(recordedAtMs, asOfMs), or(isNull(windowStartMs), isNull(windowEndMs), overlaps)))
    .orderBy(asc(fetches.startedAtMs), asc(fetches.fetchRef))
    .all();
  // The facts of an interrupted import do not count, but it is reported until the file is imported.
  const rows = all.filter(
    ({ fetchRef, failureCode }) => !undone.has(fetchRef) || failureCode === INTERRUPTED_CODE,
  );
  const succeeded = new Map<string, FetchRow[]>();
  const standing: FetchRow[] = [];
  // From newest to oldest, so that every later response was seen before.
  for (const row of rows.toReversed()) {
    const key = requestKey(row);
    const later = succeeded.get(key) ?? [];
    if (later.some((answer) => covers(answer, row))) continue;
    standing.push(row);
    if (row.finished && row.failureCode === null) succeeded.set(key, [...later, row]);
  }
  return standing.toReversed();
}

const INSTANT = /\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-][\d:]+)?)?|\b\d{9,}(\.\d+)?\b/g;

/** The same for requests of one source that differ only in time. */
function requestKey({ sourceId, kind, url }: FetchRow): string {
  return [sourceId, kind, decodeColons(url).replaceAll(INSTANT, '@')].join('\n');
}

function decodeColons(url: string): string {
  return url.replaceAll(/%3A/gi, ':');
}

function covers(later: FetchRow, earlier: FetchRow): boolean {
  const window = requestWindow(earlier);
  const newer = requestWindow(later);
  if (window === undefined || newer === undefined) return window === newer;
  return newer.startMs <= window.startMs && newer.endMs >= window.endMs;
}

/** The window of the request. */
function requestWindow({ windowStartMs, windowEndMs }: FetchRow): Period | undefined {
  if (windowStartMs === null || windowEndMs === null) return undefined;
  return { startMs: windowStartMs, endMs: windowEndMs };
}

/** Whether a fetch concerns the window. One without a window and dated facts may. */
function concernsWindow(row: FetchRow, window: Period): boolean {
  const overlaps = requestWindow(row) ?? factsWindow(row);
  return overlaps === undefined || overlapMs(overlaps, window) > 0;
}

function factsWindow({ factsStartMs, factsEndMs }: FetchRow): Period | undefined {
  if (factsStartMs === null || factsEndMs === null) return undefined;
  return { startMs: factsStartMs, endMs: factsEndMs };
}

const UNDOS = `
SELECT u.undo_ref AS undoRef, u.undone_ref AS undoneRef
FROM import_undo AS u JOIN fetch AS f ON f.fetch_ref = u.undo_ref
WHERE f.recorded_at_ms <= ? ORDER BY u.undo_ref DESC`;

export interface Undo {
  readonly undoRef: number;
  readonly undoneRef: number;
}

/** All undos known at a time, newest first. */
export function readUndos(db: Database, asOfMs: number): Undo[] {
  return prepareQuery<Undo>(db, UNDOS).all(asOfMs);
}

/**
 * Goes from newest to oldest: an undo only affects older fetches, so each is settled in one pass.
 */
export function findUndone(undos: readonly Undo[]): ReadonlySet<number> {
  const undone = new Set<number>();
  for (const { undoRef, undoneRef } of undos) {
    if (!undone.has(undoRef)) undone.add(undoneRef);
  }
  return undone;
}

/** The fetches that do not count at a time. */
export function readUndoneFetches(db: Database, asOfMs: number): ReadonlySet<number> {
  return findUndone(readUndos(db, asOfMs));
}

/**
 * Troubles by source, kind and type. The fixed order keeps audits equal, whichever source responds
 * first.
 */
export function readTroubles(store: Store, window: Period, asOfMs: number): IngestTrouble[] {
  const found = new Map<string, IngestTrouble>();
  for (const row of readCountingFetches(store, window, asOfMs)) {
    if (!concernsWindow(row, window)) continue;
    for (const trouble of findTroubles(store, row, asOfMs)) {
      const name = [trouble.sourceId, trouble.kind, trouble.what].join('\n');
      const first = found.get(name);
      const count = (first?.count ?? 0) + trouble.count;
      found.set(name, { ...(first ?? trouble), count });
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, trouble]) => trouble);
}

function findTroubles(store: Store, row: FetchRow, asOfMs: number): IngestTrouble[] {
  const { sourceId, kind } = row;
  const troubles: IngestTrouble[] = [];
  if (row.failureCode !== null) {
    const example = row.failureMessage ?? row.failureCode;
    troubles.push({ sourceId, kind, what: 'failed', count: 1, example });
  }
  if (!row.finished) {
    const example = `${row.url} was imported only in part; import it again`;
    troubles.push({ sourceId, kind, what: 'unfinished', count: 1, example });
  }
  const first = row.rejected === 0 ? undefined : firstReject(store, row, asOfMs);
  if (first !== undefined) {
    troubles.push({ sourceId, kind, what: 'rejects', count: row.rejected, example: first });
  }
  return troubles;
}

function firstReject(
  { orm }: Store,
  { fetchRef: own, rejectsRef }: FetchRow,
  asOfMs: number,
): string | undefined {
  const fetchRef = rejectsRef ?? own;
  const row = orm
    .select()
    .from(rejects)
    .where(and(eq(rejects.fetchRef, fetchRef), lte(rejects.recordedAtMs, asOfMs)))
    .orderBy(asc(rejects.position))
    .limit(1)
    .get();
  return row === undefined ? undefined : `${row.position}: ${row.reason}`;
}
