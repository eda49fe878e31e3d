/** Finds imports whose process died, and closes them so that their facts do not count. */

import { existsSync, rmSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { formatCount } from '../../domain/figures.ts';
import { isBusyError } from '../sqliteFailure.ts';
import type { InterruptedImport } from '../imports.ts';
import { INTERRUPTED_CODE } from '../reads/countingFetches.ts';
import { prepareQuery } from '../statement.ts';
import type { Store } from '../store.ts';
import { FACT_SHAPES } from './factShape.ts';
import { fetchFile } from './tally.ts';
import { undoImport } from './undo/undoImport.ts';

/** Marks a file as still being imported. */
export interface ImportHold {
  release(): void;
}

/**
 * A lock file beside the ledger, held during an import. It is a lock of the operating system, so it
 * ends with the process.
 */
export function holdImport({ path, isPrivateCopy }: Store, fetchRef: number): ImportHold {
  // No other process can see this ledger.
  if (isPrivateCopy) return { release: () => undefined };
  const file = holdPath(path, fetchRef);
  const db = new Sqlite(file, { timeout: 0 });
  db.pragma('journal_mode = MEMORY');
  db.pragma('locking_mode = EXCLUSIVE');
  // The first write takes the lock and keeps it.
  db.pragma('user_version = 1');
  return {
    release() {
      db.close();
      rmSync(file, { force: true });
    },
  };
}

function isHeld({ path }: Store, fetchRef: number): boolean {
  const file = holdPath(path, fetchRef);
  if (!existsSync(file)) return false;
  const db = new Sqlite(file, { timeout: 0 });
  try {
    db.pragma('user_version');
    return false;
  } catch (error) {
    if (isBusyError(error)) return true;
    throw error;
  } finally {
    db.close();
  }
}

function holdPath(path: string, fetchRef: number): string {
  return `${path}-import-${fetchRef}`;
}

const OPEN = `
SELECT fetch_ref AS fetchRef, url, added + restated + unchanged + rejected AS rows FROM fetch
WHERE finished = 0 AND kind >= 'import.' AND kind < 'import/' ORDER BY fetch_ref`;

const CLOSE = `
UPDATE fetch SET finished = 1, ended_at_ms = ?, failure_code = ?, failure_message = ?
WHERE fetch_ref = ? AND finished = 0`;

interface OpenImport {
  readonly fetchRef: number;
  readonly url: string;
  readonly rows: number;
}

/** Unfinished imports that no living process holds, oldest first. */
export function findInterruptedImports(store: Store): InterruptedImport[] {
  const unfinished = prepareQuery<OpenImport>(store.db, OPEN).all();
  return unfinished
    .filter(({ fetchRef }) => !isHeld(store, fetchRef))
    .map(({ fetchRef, url, rows }) => ({ fetchRef, file: fetchFile({ url }), rows }));
}

/** The time of closing, and the import that has just finished, if any. */
export interface ImportClosing {
  readonly atMs: number;
  readonly after?: number;
}

/**
 * Closes the fetch of an interrupted import with the reason. Call it inside a transaction. Its
 * facts are withdrawn, except those that other responses contain too. If the same file has now been
 * imported as a whole, nothing needs to be withdrawn.
 */
export function closeInterruptedImport(
  store: Store,
  cut: InterruptedImport,
  { atMs, after }: ImportClosing,
): void {
  const { fetchRef, file, rows } = cut;
  const summary = `the import of ${file} was interrupted after ${formatCount(rows, 'row')}`;
  const close = (code: string, message: string) => {
    store.db.prepare(CLOSE).run(atMs, code, message, fetchRef);
    if (!store.isPrivateCopy) rmSync(holdPath(store.path, fetchRef), { force: true });
  };
  if (after !== undefined && isRepeated(store, fetchRef, after)) {
    close(INTERRUPTED_CODE, `${summary}; fetch ${after} imported the whole file`);
    return;
  }
  const { kind } = undoImport(store, fetchRef, { nowMs: atMs, recordedAtMs: atMs });
  if (kind === 'undone') close(INTERRUPTED_CODE, `${summary}; none of them count; import it again`);
  // It was undone on purpose, so audits need not report it.
  else close('refused', `${summary} and had been undone`);
}

const SAME_FILE = `
SELECT 1 FROM fetch AS a JOIN fetch AS b
  ON b.source_id = a.source_id AND b.kind = a.kind AND b.url = a.url
WHERE a.fetch_ref = ? AND b.fetch_ref = ?`;

/** Whether a later import of the same file repeats every fact of a fetch. */
function isRepeated({ db }: Store, fetchRef: number, later: number): boolean {
  if (prepareQuery<1>(db, SAME_FILE).get(fetchRef, later) === undefined) return false;
  return Object.values(FACT_SHAPES).every(({ name, key }) => {
    const columns = key.map((plan) => `f.${plan.name}`).join(', ');
    const missing = prepareQuery<1>(
      db,
      `SELECT 1 FROM ${name} AS f WHERE f.fetch_ref = ? AND NOT EXISTS (
         SELECT 1 FROM repeated_fact AS r
         WHERE r.fact_table = '${name}' AND r.fact_key = json_array(${columns})
           AND r.fetch_ref = ?) LIMIT 1`,
    );
    return missing.get(fetchRef, later) === undefined;
  });
}
