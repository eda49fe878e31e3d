/**
 * Which fetches still count: those that are not undone, and that no later, successful answer to the
 * same question made good.
 */

import { overlapMs, type Period } from '../../domain/period.ts';
import { and, asc, gt, isNull, lt, lte, or } from '../drizzle.ts';
import type { Store } from '../store.ts';
import { fetches } from '../tables/provenance.ts';
import { undoneFetches } from './undone.ts';

/** The failure of an import whose process died before its end. */
export const CUT_OFF = 'file-unreadable';

export type FetchRow = typeof fetches.$inferSelect;

/**
 * The fetches known at a time that still count, oldest first: those that asked about the window, or
 * about none. What makes one of them good asked about the window, too.
 */
export function standingFetches({ db, orm }: Store, window: Period, asOfMs: number): FetchRow[] {
  const { windowStartMs, windowEndMs, recordedAtMs } = fetches;
  const asked = and(lt(windowStartMs, window.endMs), gt(windowEndMs, window.startMs));
  const undone = undoneFetches(db, asOfMs);
  const all = orm
    .select()
    .from(fetches)
    .where(and(lte(recordedAtMs, asOfMs), or(isNull(windowStartMs), isNull(windowEndMs), asked)))
    .orderBy(asc(fetches.startedAtMs), asc(fetches.fetchRef))
    .all();
  // Of one that was cut off nothing counts, and that is told until the file is in.
  const rows = all.filter(
    ({ fetchRef, failureCode }) => !undone.has(fetchRef) || failureCode === CUT_OFF,
  );
  const good = new Map<string, FetchRow[]>();
  const standing: FetchRow[] = [];
  // From the newest to the oldest, so that every later answer is known already.
  for (const row of rows.toReversed()) {
    const question = questionOf(row);
    const later = good.get(question) ?? [];
    if (later.some((answer) => covers(answer, row))) continue;
    standing.push(row);
    if (row.finished && row.failureCode === null) good.set(question, [...later, row]);
  }
  return standing.toReversed();
}

const INSTANT = /\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-][\d:]+)?)?|\b\d{9,}(\.\d+)?\b/g;

/** The same source asked for the same thing, though perhaps for another time. */
function questionOf({ sourceId, kind, url }: FetchRow): string {
  return [sourceId, kind, decodeURIComponentSafely(url).replaceAll(INSTANT, '@')].join('\n');
}

function decodeURIComponentSafely(url: string): string {
  return url.replaceAll(/%3A/gi, ':');
}

function covers(later: FetchRow, earlier: FetchRow): boolean {
  const window = windowOf(earlier);
  const newer = windowOf(later);
  if (window === undefined || newer === undefined) return window === newer;
  return newer.startMs <= window.startMs && newer.endMs >= window.endMs;
}

/** What the fetch asked about. */
function windowOf({ windowStartMs, windowEndMs }: FetchRow): Period | undefined {
  if (windowStartMs === null || windowEndMs === null) return undefined;
  return { startMs: windowStartMs, endMs: windowEndMs };
}

/** Does a fetch speak of the window? One that told neither a window nor dated facts may. */
export function touches(row: FetchRow, window: Period): boolean {
  const asked = windowOf(row) ?? factsOf(row);
  return asked === undefined || overlapMs(asked, window) > 0;
}

function factsOf({ factsStartMs, factsEndMs }: FetchRow): Period | undefined {
  if (factsStartMs === null || factsEndMs === null) return undefined;
  return { startMs: factsStartMs, endMs: factsEndMs };
}
