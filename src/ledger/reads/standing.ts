/**
 * Finds the fetches that still count: not undone, and not replaced by a later successful response
 * to the same request.
 */

import { overlapMs, type Period } from '../../domain/period.ts';
import { and, asc, gt, isNull, lt, lte, or } from '../drizzle.ts';
import type { Store } from '../store.ts';
import { fetches } from '../tables/provenance.ts';
import { readUndoneFetches } from './undone.ts';

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
export function concernsWindow(row: FetchRow, window: Period): boolean {
  const overlaps = requestWindow(row) ?? factsWindow(row);
  return overlaps === undefined || overlapMs(overlaps, window) > 0;
}

function factsWindow({ factsStartMs, factsEndMs }: FetchRow): Period | undefined {
  if (factsStartMs === null || factsEndMs === null) return undefined;
  return { startMs: factsStartMs, endMs: factsEndMs };
}
