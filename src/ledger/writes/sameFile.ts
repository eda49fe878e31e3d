/** Detects a file that was imported before and changed nothing. */

import { readUndoneFetches } from '../reads/undone.ts';
import type { Store } from '../store.ts';
import type { RepeatLog } from './confirmed.ts';

const EARLIER = `
SELECT e.fetch_ref
FROM fetch AS f JOIN fetch AS e
  ON e.source_id = f.source_id AND e.kind = f.kind AND e.digest = f.digest
WHERE f.fetch_ref = ? AND e.fetch_ref < f.fetch_ref AND e.finished = 1 AND e.same_as_ref IS NULL
ORDER BY e.fetch_ref DESC`;

interface Changed {
  readonly added: number;
  readonly restated: number;
}

/**
 * Ends an import. If it repeats earlier bytes and changed nothing, it is linked to the earlier
 * import. It is undone with that one, and only its fetch is stored.
 */
export function createRepeatDetector({ db }: Store, confirmed: RepeatLog) {
  const earlier = db.prepare(EARLIER).pluck().safeIntegers(false);
  const link = db.prepare('UPDATE fetch SET same_as_ref = ? WHERE fetch_ref = ?');
  return {
    /** Returns the import that this one repeats. */
    close(fetchRef: number, { added, restated }: Changed): number | undefined {
      const undone = readUndoneFetches(db, Number.MAX_SAFE_INTEGER);
      const all = added + restated > 0 ? [] : (earlier.all(fetchRef) as number[]);
      const same = all.find((ref) => !undone.has(ref) && confirmed.repeatsOnly(fetchRef, ref));
      if (same === undefined) {
        confirmed.close(fetchRef);
        return undefined;
      }
      confirmed.forget(fetchRef);
      link.run(same, fetchRef);
      return same;
    },
  };
}
