/** Names fetches for messages about the origin of a fact. */

import type { Database } from 'better-sqlite3';
import { invariant } from '../../domain/invariant.ts';
import type { FetchName } from '../imports.ts';

const SELECT = `
SELECT fetch_ref AS fetchRef, source_id AS sourceId, kind, url, started_at_ms AS startedAtMs
FROM fetch WHERE fetch_ref = ?`;

/** A pull needs a few names again and again, an import a few more. */
const MOST_KEPT = 10_000;

export type FindFetchName = (fetchRef: number) => FetchName;

export function createFetchNames(db: Database): FindFetchName {
  const select = db.prepare(SELECT).safeIntegers(false);
  const cache = new Map<number, FetchName>();
  return (fetchRef) => {
    const cached = cache.get(fetchRef);
    if (cached !== undefined) return cached;
    const found = select.get(fetchRef) as FetchName | undefined;
    invariant(found !== undefined, `every fact leads to a fetch, and ${fetchRef} is none`);
    if (cache.size >= MOST_KEPT) cache.clear();
    cache.set(fetchRef, found);
    return found;
  };
}

/** Whether a person added it, with a file or `ops add`. Only that can be undone. */
export function isManual({ kind }: Pick<FetchName, 'kind'>): boolean {
  return (kind.startsWith('import.') && kind !== UNDO_KIND) || kind === 'ops.add';
}

export const UNDO_KIND = 'import.undo';

/** `july.csv` for an import, otherwise the URL. */
export function fetchFile({ url }: Pick<FetchName, 'url'>): string {
  return url.replace(/^file:/, '');
}
