/** Finds imports to report after an undo: those with rejected rows, and uncertain ones. */

import type { Database } from 'better-sqlite3';
import type { FetchName } from '../../imports.ts';

const REFUSED = `
SELECT DISTINCT coalesce(f.same_as_ref, r.fetch_ref) AS ref
FROM reject AS r JOIN fetch AS f ON f.fetch_ref = r.fetch_ref
WHERE r.met_ref = ? ORDER BY ref`;

/** Later imports with rows that were rejected because of this one's facts. They may succeed now. */
export function findRejectedSince(
  db: Database,
  { fetchRef }: FetchName,
  undone: ReadonlySet<number>,
): number[] {
  const refs = db.prepare(REFUSED).pluck().safeIntegers(false).all(fetchRef) as number[];
  return refs.filter((ref) => !undone.has(ref));
}

const UNSURE = `
SELECT fetch_ref FROM fetch
WHERE source_id = :sourceId AND kind = :kind AND fetch_ref <> :fetchRef AND unchanged > 0
  AND recorded_at_ms < (SELECT applied_at_ms FROM migration WHERE name = '0005_imports')
ORDER BY fetch_ref`;

/** Imports from before repeats were recorded that found facts known, perhaps this one's. */
export function findUncertainImports(
  db: Database,
  { sourceId, kind, fetchRef }: FetchName,
  undone: ReadonlySet<number>,
): number[] {
  const select = db.prepare(UNSURE).pluck().safeIntegers(false);
  const refs = select.all({ sourceId, kind, fetchRef }) as number[];
  return refs.filter((ref) => !undone.has(ref));
}
