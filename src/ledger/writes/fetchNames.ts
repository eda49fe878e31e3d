/** How a fetch goes by: for messages that say where a fact came from. */

import type { Database } from 'better-sqlite3';
import { invariant } from '../../domain/invariant.ts';
import type { FetchName } from '../imports.ts';

const SELECT = `
SELECT fetch_ref AS fetchRef, source_id AS sourceId, kind, url, started_at_ms AS startedAtMs
FROM fetch WHERE fetch_ref = ?`;

/** A pull asks a few names over and over, an import a few more. */
const MOST_KEPT = 10_000;

export type NameOf = (fetchRef: number) => FetchName;

export function createFetchNames(db: Database): NameOf {
  const select = db.prepare(SELECT).safeIntegers(false);
  const kept = new Map<number, FetchName>();
  return (fetchRef) => {
    const known = kept.get(fetchRef);
    if (known !== undefined) return known;
    const found = select.get(fetchRef) as FetchName | undefined;
    invariant(found !== undefined, `every fact leads to a fetch, and ${fetchRef} is none`);
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(fetchRef, found);
    return found;
  };
}

/** Did a person bring it: a file, or hours by `ops add`? Only that can be taken back. */
export function isByHand({ kind }: Pick<FetchName, 'kind'>): boolean {
  return (kind.startsWith('import.') && kind !== UNDO_KIND) || kind === 'ops.add';
}

export const UNDO_KIND = 'import.undo';

/** `july.csv`, or what else was asked. */
export function fileOf({ url }: Pick<FetchName, 'url'>): string {
  return url.replace(/^file:/, '');
}
