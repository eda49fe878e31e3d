/** Stores rejected rows: up to a limit, and once for equal bytes. */

import type { Store } from '../store.ts';
import { rejects } from '../tables/provenance.ts';
import { createInserter } from './insert.ts';
import type { RejectedRow } from './place.ts';

/** The most rejects stored per fetch. `fetch.rejected` counts all. */
const MOST_REJECTS = 1_000;

/** A reason quotes cells, which can be long in a malicious file. */
const LONGEST = 500;

interface RejectOrigin {
  readonly fetchRef: number;
  readonly recordedAtMs: number;
}

export interface RejectWriter {
  keep(found: readonly RejectedRow[], origin: RejectOrigin): void;
  /** Call it after the fetch has ended. Equal rejects of equal bytes are stored once. */
  share(fetchRef: number): void;
}

const EARLIER = `
SELECT coalesce(e.rejects_ref, e.fetch_ref)
FROM fetch AS f JOIN fetch AS e
  ON e.digest = f.digest AND e.source_id = f.source_id AND e.kind = f.kind
WHERE f.fetch_ref = :fetchRef AND f.rejected > 0 AND e.rejected > 0
  AND e.rejected = f.rejected AND e.fetch_ref < f.fetch_ref
ORDER BY e.fetch_ref DESC LIMIT 1`;

const ROWS = 'SELECT position, reason, excerpt FROM reject WHERE fetch_ref =';
const DIFFERENT = `
SELECT EXISTS (${ROWS} :fetchRef EXCEPT ${ROWS} :earlierRef)
  OR EXISTS (${ROWS} :earlierRef EXCEPT ${ROWS} :fetchRef)`;

export function createRejectWriter({ db }: Store): RejectWriter {
  const insert = createInserter(db, rejects);
  const countStored = db.prepare('SELECT count(*) FROM reject WHERE fetch_ref = ?').pluck();
  const earlier = db.prepare(EARLIER).pluck();
  const different = db.prepare(DIFFERENT).pluck();
  const remove = db.prepare('DELETE FROM reject WHERE fetch_ref = ?');
  const link = db.prepare('UPDATE fetch SET rejects_ref = ? WHERE fetch_ref = ?');
  return {
    keep(found, { fetchRef, recordedAtMs }) {
      if (found.length === 0) return;
      const free = MOST_REJECTS - Number(countStored.get(fetchRef));
      for (const { reason, excerpt, ...rest } of found.slice(0, Math.max(0, free))) {
        const text = { reason: reason.slice(0, LONGEST), excerpt: excerpt.slice(0, LONGEST) };
        insert({ fetchRef, ...rest, ...text, recordedAtMs });
      }
    },
    share(fetchRef) {
      const earlierRef = earlier.get({ fetchRef });
      if (earlierRef === undefined) return;
      if (Number(different.get({ fetchRef, earlierRef })) === 1) return;
      remove.run(fetchRef);
      link.run(earlierRef, fetchRef);
    },
  };
}
