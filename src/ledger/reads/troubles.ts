/** Reads import problems: rejected rows, and failed and unfinished fetches that still count. */

import type { Period } from '../../domain/period.ts';
import { and, asc, eq, lte } from '../drizzle.ts';
import type { IngestTrouble } from '../ledger.ts';
import type { Store } from '../store.ts';
import { rejects } from '../tables/provenance.ts';
import { type FetchRow, readCountingFetches, concernsWindow } from './standing.ts';

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
