/** Finds what "undo fetch 12" refers to, an import or an undo, or why it cannot be undone. */

import type { Database } from 'better-sqlite3';
import { Failure } from '../../../domain/failure.ts';
import type { FetchName, UndoOutcome } from '../../imports.ts';
import { findUndone, type Undo } from '../../reads/countingFetches.ts';
import { prepareQuery } from '../../statement.ts';
import { fetchFile, type FindFetchName, isManual, UNDO_KIND } from '../tally.ts';

export interface UndoTarget {
  /** The fetch that was asked for. */
  readonly undone: FetchName;
  /** The import whose facts are affected. */
  readonly file: FetchName;
  /** All fetches that it includes: an import and those that only repeated its bytes. */
  readonly together: readonly number[];
}

const SELECT = 'SELECT same_as_ref AS sameAsRef FROM fetch WHERE fetch_ref = ?';
const REPEATS = 'SELECT fetch_ref FROM fetch WHERE same_as_ref = ? ORDER BY fetch_ref';
const LATEST = `
SELECT fetch_ref AS ref, kind, url FROM fetch
WHERE ((kind >= 'import.' AND kind < 'import/') OR kind = 'ops.add') AND kind <> '${UNDO_KIND}'
ORDER BY fetch_ref DESC LIMIT 5`;

/**
 * Finds the import, or returns why there is nothing to undo.
 * @throws {Failure} `usage` if there is no such fetch, and for a pull.
 */
export function findUndoTarget(
  db: Database,
  fetchRef: number,
  { undos, nameOf }: { undos: readonly Undo[]; nameOf: FindFetchName },
): UndoTarget | Exclude<UndoOutcome, { kind: 'undone' }> {
  const row = prepareQuery<FetchRow>(db, SELECT).get(fetchRef);
  if (row === undefined) throw notFound(db, fetchRef);
  const undone = nameOf(fetchRef);
  const isUndo = undone.kind === UNDO_KIND;
  if (!isUndo && !isManual(undone)) throw notAnImport(undone);
  const by = findActiveUndo(fetchRef, undos);
  if (by !== undefined) return { kind: 'already', undone, by: nameOf(by) };
  if (row.sameAsRef !== null) {
    return { kind: 'nothing', undone, sameAs: nameOf(row.sameAsRef) };
  }
  const file = isUndo ? findFile(fetchRef, { undos, nameOf }) : undone;
  if (isUndo) return { undone, file, together: [fetchRef] };
  const repeats = prepareQuery<number>(db, REPEATS).pluck().all(fetchRef);
  return { undone, file, together: [fetchRef, ...repeats] };
}

interface FetchRow {
  readonly sameAsRef: number | null;
}

/** The active undo of the fetch. */
function findActiveUndo(fetchRef: number, undos: readonly Undo[]): number | undefined {
  const undone = findUndone(undos);
  return undos.find(({ undoRef, undoneRef }) => undoneRef === fetchRef && !undone.has(undoRef))
    ?.undoRef;
}

/** An undo of an undo of an import affects the import. */
function findFile(
  undoRef: number,
  { undos, nameOf }: { undos: readonly Undo[]; nameOf: FindFetchName },
): FetchName {
  // The import is the oldest fetch that an undo removed. The others repeat it.
  const refs = undos.filter((undo) => undo.undoRef === undoRef).map(({ undoneRef }) => undoneRef);
  const name = nameOf(Math.min(...refs));
  return name.kind === UNDO_KIND ? findFile(name.fetchRef, { undos, nameOf }) : name;
}

function notFound(db: Database, fetchRef: number): Failure {
  const rows = prepareQuery<Latest>(db, LATEST).all();
  const latest = rows.map(
    ({ ref, kind, url }) => `${ref} (${kind.replace('import.', '')} ${fetchFile({ url })})`,
  );
  return new Failure('usage', `unknown fetch ${fetchRef}`, {
    expected:
      latest.length === 0
        ? 'the number of an import; there are no imports yet'
        : `the number of an import; the latest are ${latest.join(', ')}`,
    hint:
      'each import prints its number; rentcheck sql "SELECT * FROM pull_history" lists all ' +
      'of them',
  });
}

interface Latest {
  readonly ref: number;
  readonly kind: string;
  readonly url: string;
}

function notAnImport({ fetchRef, sourceId, kind }: FetchName): Failure {
  return new Failure(
    'usage',
    `fetch ${fetchRef} is a pull (${kind} of ${sourceId}); only imports can be undone`,
    {
      expected: 'the number of an import',
      hint:
        "the next pull brings the provider's current data; have the provider correct what is " +
        'wrong',
    },
  );
}
