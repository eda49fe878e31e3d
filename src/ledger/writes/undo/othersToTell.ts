/** Imports that whoever undoes one must hear of: what was refused for it, what is not known. */

import type { Database } from 'better-sqlite3';
import type { FetchName } from '../../imports.ts';

const REFUSED = `
SELECT DISTINCT coalesce(f.same_as_ref, r.fetch_ref) AS ref
FROM reject AS r JOIN fetch AS f ON f.fetch_ref = r.fetch_ref
WHERE r.met_ref = ? ORDER BY ref`;

/** Later imports with rows that this one's facts kept out; they may come in now. */
export function refusedSince(
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

/** Imports from before repeats were remembered that found facts known: perhaps this one's. */
export function unsureOf(
  db: Database,
  { sourceId, kind, fetchRef }: FetchName,
  undone: ReadonlySet<number>,
): number[] {
  const unsure = db.prepare(UNSURE).pluck().safeIntegers(false);
  const refs = unsure.all({ sourceId, kind, fetchRef }) as number[];
  return refs.filter((ref) => !undone.has(ref));
}
