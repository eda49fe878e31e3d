/** Finds imports whose process died before their end, and closes them: nothing of them counts. */

import { existsSync, rmSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { counted } from '../../domain/counted.ts';
import { failsBusy } from '../sqliteFailure.ts';
import type { CutImport } from '../imports.ts';
import { CUT_OFF } from '../reads/standing.ts';
import type { Store } from '../store.ts';
import { FACT_SHAPES } from './factTables.ts';
import { fileOf } from './fetchNames.ts';
import { undoImport } from './undo/undoImport.ts';

/** What says that a file is still coming in. */
export interface ImportHold {
  release(): void;
}

/**
 * Held beside the ledger while a file comes in. It is a lock of the operating system, so that it
 * ends with the process, however that ends.
 */
export function holdImport({ path, isAside }: Store, fetchRef: number): ImportHold {
  // Nobody else can find it unfinished.
  if (isAside) return { release: () => undefined };
  const file = holdPath(path, fetchRef);
  const db = new Sqlite(file, { timeout: 0 });
  db.pragma('journal_mode = MEMORY');
  db.pragma('locking_mode = EXCLUSIVE');
  // The lock comes with the first write, and stays.
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
    if (failsBusy(error)) return true;
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

/** The imports that have not ended and that no living process holds, oldest first. */
export function cutImports(store: Store): CutImport[] {
  const open = store.db.prepare(OPEN).safeIntegers(false).all() as OpenImport[];
  return open
    .filter(({ fetchRef }) => !isHeld(store, fetchRef))
    .map(({ fetchRef, url, rows }) => ({ fetchRef, file: fileOf({ url }), rows }));
}

/** When an import is closed, and the one that has just come in whole, if one has. */
export interface Closing {
  readonly atMs: number;
  readonly after?: number;
}

/**
 * Ends the fetch of a cut import with the reason; call inside a transaction. What it brought is
 * taken back, but for what other answers tell too. Where the same file has now come in whole and
 * says all of it again, there is nothing to take back.
 */
export function closeCutImport(store: Store, cut: CutImport, { atMs, after }: Closing): void {
  const { fetchRef, file, rows } = cut;
  const says = `the import of ${file} was interrupted after ${counted(rows, 'row')}`;
  const close = (code: string, message: string) => {
    store.db.prepare(CLOSE).run(atMs, code, message, fetchRef);
    if (!store.isAside) rmSync(holdPath(store.path, fetchRef), { force: true });
  };
  if (after !== undefined && isRepeated(store, fetchRef, after)) {
    close(CUT_OFF, `${says}; fetch ${after} imported the whole file`);
    return;
  }
  const { kind } = undoImport(store, fetchRef, { nowMs: atMs, recordedAtMs: atMs });
  if (kind === 'undone') close(CUT_OFF, `${says}; none of them count; import it again`);
  // Whoever took it back while it came in need not be told of it in each audit.
  else close('refused', `${says} and had been undone`);
}

const SAME_FILE = `
SELECT 1 FROM fetch AS a JOIN fetch AS b
  ON b.source_id = a.source_id AND b.kind = a.kind AND b.url = a.url
WHERE a.fetch_ref = ? AND b.fetch_ref = ?`;

/** Is every fact that a fetch wrote told again by a later import of the same file? */
function isRepeated({ db }: Store, fetchRef: number, later: number): boolean {
  if (db.prepare(SAME_FILE).get(fetchRef, later) === undefined) return false;
  return Object.values(FACT_SHAPES).every(({ name, key }) => {
    const columns = key.map((plan) => `f.${plan.name}`).join(', ');
    const untold = db.prepare(
      `SELECT 1 FROM ${name} AS f WHERE f.fetch_ref = ? AND NOT EXISTS (
         SELECT 1 FROM repeated_fact AS r
         WHERE r.fact_table = '${name}' AND r.fact_key = json_array(${columns})
           AND r.fetch_ref = ?) LIMIT 1`,
    );
    return untold.get(fetchRef, later) === undefined;
  });
}
