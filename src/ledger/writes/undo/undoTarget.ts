/** What a person means by "undo fetch 12": an import, or an undo; and why it cannot be. */

import type { Database } from 'better-sqlite3';
import { Failure } from '../../../domain/failure.ts';
import type { FetchName, UndoOutcome } from '../../imports.ts';
import { type Undo, undoneBy } from '../../reads/undone.ts';
import { fileOf, isByHand, type NameOf, UNDO_KIND } from '../fetchNames.ts';

export interface UndoTarget {
  /** As it was asked for. */
  readonly undone: FetchName;
  /** The import whose facts are concerned. */
  readonly file: FetchName;
  /** All fetches that go with it: an import and those that only repeated its bytes. */
  readonly together: readonly number[];
}

const HELD = 'SELECT same_as_ref AS sameAsRef FROM fetch WHERE fetch_ref = ?';
const REPEATS = 'SELECT fetch_ref FROM fetch WHERE same_as_ref = ? ORDER BY fetch_ref';
const LATEST = `
SELECT fetch_ref AS ref, kind, url FROM fetch
WHERE ((kind >= 'import.' AND kind < 'import/') OR kind = 'ops.add') AND kind <> '${UNDO_KIND}'
ORDER BY fetch_ref DESC LIMIT 5`;

/**
 * Finds the import, or answers why there is nothing to undo.
 * @throws {Failure} `usage` where there is no such fetch, and for a pull.
 */
export function undoTarget(
  db: Database,
  fetchRef: number,
  { undos, nameOf }: { undos: readonly Undo[]; nameOf: NameOf },
): UndoTarget | Exclude<UndoOutcome, { kind: 'undone' }> {
  const held = db.prepare(HELD).safeIntegers(false).get(fetchRef) as Held | undefined;
  if (held === undefined) throw notFound(db, fetchRef);
  const undone = nameOf(fetchRef);
  const isUndo = undone.kind === UNDO_KIND;
  if (!isUndo && !isByHand(undone)) throw notByHand(undone);
  const by = liveUndoOf(fetchRef, undos);
  if (by !== undefined) return { kind: 'already', undone, by: nameOf(by) };
  if (held.sameAsRef !== null) {
    return { kind: 'nothing', undone, sameAs: nameOf(held.sameAsRef) };
  }
  const file = isUndo ? fileBehind(fetchRef, { undos, nameOf }) : undone;
  if (isUndo) return { undone, file, together: [fetchRef] };
  const repeats = db.prepare(REPEATS).pluck().safeIntegers(false).all(fetchRef) as number[];
  return { undone, file, together: [fetchRef, ...repeats] };
}

interface Held {
  readonly sameAsRef: number | null;
}

/** The undo that counts and took the fetch back. */
function liveUndoOf(fetchRef: number, undos: readonly Undo[]): number | undefined {
  const undone = undoneBy(undos);
  return undos.find(({ undoRef, undoneRef }) => undoneRef === fetchRef && !undone.has(undoRef))
    ?.undoRef;
}

/** An undo of an undo of an import concerns the import. */
function fileBehind(
  undoRef: number,
  { undos, nameOf }: { undos: readonly Undo[]; nameOf: NameOf },
): FetchName {
  // The import itself is the oldest of what an undo took back; the others repeat it.
  const refs = undos.filter((undo) => undo.undoRef === undoRef).map(({ undoneRef }) => undoneRef);
  const name = nameOf(Math.min(...refs));
  return name.kind === UNDO_KIND ? fileBehind(name.fetchRef, { undos, nameOf }) : name;
}

function notFound(db: Database, fetchRef: number): Failure {
  const rows = db.prepare(LATEST).safeIntegers(false).all() as Latest[];
  const latest = rows.map(
    ({ ref, kind, url }) => `${ref} (${kind.replace('import.', '')} ${fileOf({ url })})`,
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

function notByHand({ fetchRef, sourceId, kind }: FetchName): Failure {
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
