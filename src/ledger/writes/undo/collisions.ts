/** Rejects an undo that would restore facts which conflict with newer ones. */

import type { Database } from 'better-sqlite3';
import { Failure } from '../../../domain/failure.ts';
import type { FetchName } from '../../imports.ts';
import { equalsStored, type FactShape } from '../factShape.ts';
import { fetchFile, isManual, type FindFetchName } from '../fetchNames.ts';
import type { StoredValue } from '../insert.ts';
import type { FactStatement } from './statements.ts';

/** The import that would count again. */
interface Revived {
  readonly file: FetchName;
  readonly nameOf: FindFetchName;
}

/**
 * Of two lines with one key that describe different things only one can count. An import would
 * reject the second.
 */
export function rejectOtherIdentity(
  shape: FactShape,
  statements: readonly FactStatement[],
  { file, nameOf }: Revived,
): void {
  const active = statements.filter(({ values }) => Number(values[shape.withdrawn]) === 0);
  const own = active.find(({ fetchRef }) => fetchRef === file.fetchRef);
  if (own === undefined) return;
  const other = active.find(({ values }) =>
    shape.identity.some((at) => !equalsStored(values[at], own.values[at])),
  );
  if (other !== undefined) throw collision(file, own.position, nameOf(other.fetchRef));
}

/** CROSS JOIN fixes the order: the one interval first, then the few that may overlap it. */
const OVERLAP = `
SELECT o.fetch_ref AS fetchRef, u.position
FROM usage AS u CROSS JOIN usage_series AS s ON s.series_ref = u.series_ref
CROSS JOIN usage AS o ON o.series_ref = u.series_ref
WHERE u.series_ref = ? AND u.start_ms = ? AND u.undo_ref = ? AND u.withdrawn = 0
  AND o.start_ms > u.start_ms - s.longest_ms AND o.start_ms < u.end_ms
  AND o.start_ms <> u.start_ms AND o.end_ms > u.start_ms AND o.withdrawn = 0
  AND NOT EXISTS (
    SELECT 1 FROM usage AS n
    WHERE n.series_ref = o.series_ref AND n.start_ms = o.start_ms
      AND (n.recorded_at_ms, n.version) > (o.recorded_at_ms, o.version))
LIMIT 1`;

/** Checks, after all writes, whether an interval that the undo wrote overlaps another one. */
export function createOverlapCheck(db: Database) {
  const find = db.prepare(OVERLAP).safeIntegers(false);
  return (key: readonly StoredValue[], undoRef: number, { file, nameOf }: Revived): void => {
    const found = find.get(...key, undoRef) as { fetchRef: number; position: number } | undefined;
    if (found !== undefined) throw collision(file, found.position, nameOf(found.fetchRef));
  };
}

function collision(file: FetchName, line: number, other: FetchName): Failure {
  const since = `conflicts with ${fetchFile(other)} (fetch ${other.fetchRef})`;
  return new Failure(
    'refused',
    `fetch ${file.fetchRef} cannot count again: line ${line} of ${fetchFile(file)} ${since}`,
    {
      expected: 'no other row with the same id, and no other interval for the same time',
      hint: isManual(other)
        ? `undo that import first: rentcheck import --undo ${other.fetchRef}`
        : 'import the rows that should count as a new file',
    },
  );
}
