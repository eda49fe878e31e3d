/** Reads the totals that providers stated, to compare them with the charges. */

import type { Database } from 'better-sqlite3';
import type { Period } from '../../domain/period.ts';
import type { StatedScope, StatedTotal } from '../../domain/statedTotal.ts';
import { and, gte, eq, lte } from '../drizzle.ts';
import type { Store } from '../store.ts';
import { fetches, statedTotals } from '../tables/provenance.ts';
import { readCountingFetches } from './standing.ts';

/** Totals whose window lies inside the given one. For repeated requests the newest counts. */
export function readStatedTotals(store: Store, window: Period, asOfMs: number): StatedTotal[] {
  const standing = new Set(readCountingFetches(store, window, asOfMs).map((row) => row.fetchRef));
  const rows = store.orm
    .select()
    .from(statedTotals)
    .innerJoin(fetches, eq(fetches.fetchRef, statedTotals.fetchRef))
    .where(
      and(
        gte(statedTotals.startMs, window.startMs),
        lte(statedTotals.endMs, window.endMs),
        lte(statedTotals.recordedAtMs, asOfMs),
      ),
    )
    .orderBy(statedTotals.fetchRef)
    .all();
  const fetchesOfKind = createAnswersReader(store.db);
  return rows
    .filter(({ fetch }) => standing.has(fetch.fetchRef))
    .map(({ fetch: { sourceId, kind, completeKeyPrefix }, stated_total: stated }) => {
      const of: StatedScope =
        completeKeyPrefix === null
          ? { fetchRefs: fetchesOfKind(sourceId, kind) }
          : { keyPrefix: completeKeyPrefix };
      const span = { startMs: stated.startMs, endMs: stated.endMs };
      return { sourceId, kind, window: span, statedNanoUsd: stated.billedNanoUsd, of };
    });
}

/** All fetches of a kind. A total without a key prefix covers all of their facts. */
function createAnswersReader(db: Database) {
  const ofKind = db
    .prepare('SELECT fetch_ref FROM fetch WHERE source_id = ? AND kind = ?')
    .safeIntegers(false)
    .pluck();
  const cache = new Map<string, ReadonlySet<number>>();
  return (sourceId: string, kind: string): ReadonlySet<number> => {
    const key = `${sourceId}\n${kind}`;
    const answers = cache.get(key) ?? new Set(ofKind.all(sourceId, kind) as number[]);
    cache.set(key, answers);
    return answers;
  };
}
