/** Maps SQLite's error codes to failures that name the file. */

import Sqlite from 'better-sqlite3';
import { BrokenInvariant, Failure, type FailureCode } from '../domain/failure.ts';

interface Meaning {
  readonly code: FailureCode;
  readonly problem: string;
}

const LOCKED: Meaning = { code: 'ledger-locked', problem: 'is locked by another program' };
const READONLY: Meaning = { code: 'ledger-readonly', problem: 'cannot be opened or written' };
const CORRUPT: Meaning = { code: 'ledger-corrupt', problem: 'is damaged or not a database' };
const FULL: Meaning = { code: 'disk-full', problem: 'cannot be written: the disk is full' };
const UNREADABLE: Meaning = { code: 'file-unreadable', problem: 'cannot be read' };

/** The first match wins. Extended codes begin with their primary code. */
const MEANINGS: readonly (readonly [prefix: string, meaning: Meaning])[] = [
  ['SQLITE_BUSY', LOCKED],
  ['SQLITE_LOCKED', LOCKED],
  ['SQLITE_PROTOCOL', LOCKED],
  ['SQLITE_READONLY', READONLY],
  ['SQLITE_CANTOPEN', READONLY],
  ['SQLITE_PERM', READONLY],
  ['SQLITE_CORRUPT', CORRUPT],
  ['SQLITE_NOTADB', CORRUPT],
  ['SQLITE_FULL', FULL],
  ['SQLITE_IOERR_SHORT_READ', CORRUPT],
  ['SQLITE_IOERR_CORRUPTFS', CORRUPT],
  ['SQLITE_IOERR_WRITE', FULL],
  ['SQLITE_IOERR_FSYNC', FULL],
  ['SQLITE_IOERR_DIR_FSYNC', FULL],
  ['SQLITE_IOERR_TRUNCATE', FULL],
  ['SQLITE_IOERR_SHMSIZE', FULL],
  ['SQLITE_IOERR', UNREADABLE],
];

/**
 * Runs the work and turns SQLite errors into failures that name the file: locked, read-only,
 * damaged, full. A violated constraint is a bug of ours and becomes a `BrokenInvariant`.
 */
export function withLedgerErrors<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw meaningOf(error, path);
  }
}

function meaningOf(error: unknown, path: string): unknown {
  if (!(error instanceof Sqlite.SqliteError)) return error;
  const meaning = MEANINGS.find(([prefix]) => error.code.startsWith(prefix))?.[1];
  if (meaning !== undefined) {
    const message = `the ledger ${path} ${meaning.problem} (${error.message})`;
    return new Failure(meaning.code, message, { where: path, cause: error });
  }
  if (!error.code.startsWith('SQLITE_CONSTRAINT')) return error;
  return new BrokenInvariant(`the ledger rejected a value: ${error.message}`, { cause: error });
}

/** A failure to open that has no SQLite error. */
export function cannotOpenLedger(path: string, why: string, hint: string): Failure {
  return new Failure('ledger-readonly', `cannot open the ledger ${path}: ${why}`, {
    where: path,
    hint,
  });
}

/** Whether another program holds the lock. */
export function isBusyError(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY');
}
