/** Totals that providers gave with their answers, as they are laid beside the charges. */

import type { Database } from 'better-sqlite3';
import type { Period } from '../../domain/period.ts';
import type { StatedOf, StatedTotal } from '../../domain/statedTotal.ts';
import { and, gte, eq, lte } from '../drizzle.ts';
import type { Store } from '../store.ts';
import { fetches, statedTotals } from '../tables/provenance.ts';
import { standingFetches } from './standing.ts';

/** Totals whose window lies inside the given one; of several for a question the newest counts. */
export function readStatedTotals(store: Store, window: Period, asOfMs: number): StatedTotal[] {
  const standing = new Set(standingFetches(store, window, asOfMs).map((row) => row.fetchRef));
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
  const answersOf = createAnswersReader(store.db);
  return rows
    .filter(({ fetch }) => standing.has(fetch.fetchRef))
    .map(({ fetch: { sourceId, kind, completeKeyPrefix }, stated_total: stated }) => {
      const of: StatedOf =
        completeKeyPrefix === null
          ? { fetchRefs: answersOf(sourceId, kind) }
          : { keyPrefix: completeKeyPrefix };
      const span = { startMs: stated.startMs, endMs: stated.endMs };
      return { sourceId, kind, window: span, statedNanoUsd: stated.billedNanoUsd, of };
    });
}

/** All answers of a kind: where no keys are named, a total is about all that those brought. */
function createAnswersReader(db: Database) {
  const ofKind = db
    .prepare('SELECT fetch_ref FROM fetch WHERE source_id = ? AND kind = ?')
    .safeIntegers(false)
    .pluck();
  const known = new Map<string, ReadonlySet<number>>();
  return (sourceId: string, kind: string): ReadonlySet<number> => {
    const question = `${sourceId}\n${kind}`;
    const answers = known.get(question) ?? new Set(ofKind.all(sourceId, kind) as number[]);
    known.set(question, answers);
    return answers;
  };
}
