/** Opens the file of a ledger: for writing, read-only, or as a copy. */

import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { Failure } from '../domain/failure.ts';
import { copyInto } from './copyInto.ts';
import { identifyDatabase } from './migration.ts';
import { cannotOpenLedger, isBusyError, withLedgerErrors } from './sqliteFailure.ts';

/** An open database. */
export interface Connection {
  readonly db: Database;
  /** The open file: the ledger or a private copy of it. Empty for a database without a file. */
  readonly openPath: string;
  close(): void;
}

/** Opens for writing and creates the file if needed. Checks the file first after a crash. */
export function connectForWriting(path: string, busyTimeoutMs: number): Connection {
  requireFolder(path);
  return withLedgerErrors(path, () => {
    checkAfterCrash(path);
    return configure(new Sqlite(path, { timeout: busyTimeoutMs }), path, (db) => {
      identifyDatabase(db, path);
      useWriteAheadLog(db, busyTimeoutMs);
      // A commit survives a crash of the program. A power cut may lose the last commits, never the
      // file.
      db.pragma('synchronous = NORMAL');
      // Every fact must refer to its fetch. SQLite checks foreign keys only with this setting.
      db.pragma('foreign_keys = ON');
    });
  });
}

/**
 * Opens for reading. SQLite needs a writable folder for the index of its log. If there is none, a
 * private copy is read and removed on close.
 * @throws {Failure} `no-data` if there is no ledger yet.
 */
export function connectForReading(path: string, busyTimeoutMs: number): Connection {
  requireFolder(path);
  requireLedger(path);
  return withLedgerErrors(path, () => {
    const unclean = hasUnmergedLog(path);
    const open = (file: string) =>
      configure(new Sqlite(file, { readonly: true, timeout: busyTimeoutMs }), file, (db) => {
        if (identifyDatabase(db, path) === 'fresh') throw emptyLedger(path);
        if (unclean) requireWhole(db, path);
      });
    try {
      return open(path);
    } catch (error) {
      if (!needsWritableFolder(error)) throw error;
      return openReadCopy(path, open);
    }
  });
}

/**
 * Opens a writable copy of the ledger, or an empty one if there is no ledger yet. It has no name
 * and is gone when it is closed or the process ends.
 */
export function connectToCopy(path: string, busyTimeoutMs: number): Connection {
  if (!existsSync(path)) return connectToEmpty(path, busyTimeoutMs);
  const original = connectForReading(path, busyTimeoutMs);
  try {
    return openNameless(path, busyTimeoutMs, (db) => copyInto(db, original.openPath));
  } finally {
    original.close();
  }
}

/** An empty ledger without a file. */
export function connectToEmpty(path: string, busyTimeoutMs: number): Connection {
  return openNameless(path, busyTimeoutMs, () => undefined);
}

function openNameless(
  path: string,
  busyTimeoutMs: number,
  fill: (db: Database) => void,
): Connection {
  return withLedgerErrors(path, () =>
    configure(new Sqlite('', { timeout: busyTimeoutMs }), '', (db) => {
      // The data is lost with the process in any case.
      db.pragma('journal_mode = MEMORY');
      db.pragma('synchronous = OFF');
      fill(db);
      db.pragma('foreign_keys = ON');
    }),
  );
}

/** @throws {Failure} `no-data` if there is no file. */
export function requireLedger(path: string): void {
  if (existsSync(path)) return;
  throw new Failure('no-data', `no ledger at ${path} yet`, {
    where: path,
    expected: 'a ledger with bills, usage and prices',
    hint: 'run "rentcheck pull" or "rentcheck import" first; either one creates it',
  });
}

function emptyLedger(path: string): Failure {
  return new Failure('no-data', `${path} is not a ledger yet`, { where: path });
}

function configure(db: Database, openPath: string, prepare: (db: Database) => void): Connection {
  try {
    // Money is a 64-bit integer, so integers are read as bigints unless a statement opts out.
    db.defaultSafeIntegers(true);
    prepare(db);
  } catch (error) {
    db.close();
    throw error;
  }
  return { db, openPath, close: () => db.close() };
}

/**
 * In WAL mode readers and the writer do not wait for each other. Switching to it needs exclusive
 * access for a moment.
 */
function useWriteAheadLog(db: Database, busyTimeoutMs: number): void {
  const pauseMs = 20;
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let waitedMs = 0; ; waitedMs += pauseMs) {
    try {
      db.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      const busy = error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY');
      if (!busy || waitedMs >= busyTimeoutMs) throw error;
      Atomics.wait(pause, 0, 0, pauseMs);
    }
  }
}

function requireFolder(path: string): void {
  const folder = dirname(path);
  if (!existsSync(folder)) {
    throw cannotOpenLedger(
      path,
      `the folder ${folder} does not exist`,
      `create it: mkdir -p ${folder}`,
    );
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw cannotOpenLedger(
      path,
      'it is a folder',
      'use the path of a file in it, e.g. rentcheck.db',
    );
  }
}

function needsWritableFolder(error: unknown): boolean {
  if (!(error instanceof Sqlite.SqliteError)) return false;
  return /^SQLITE_(CANTOPEN|READONLY)/.test(error.code);
}

function openReadCopy(path: string, open: (file: string) => Connection): Connection {
  const folder = temporaryFolder(path);
  const removeCopy = () => rmSync(folder, { recursive: true, force: true });
  try {
    const copy = join(folder, 'copy.db');
    copyReadable(path, copy);
    // The log contains commits that are not in the file yet.
    if (hasUnmergedLog(path)) copyReadable(`${path}-wal`, `${copy}-wal`);
    const connection = open(copy);
    const close = () => {
      connection.close();
      removeCopy();
    };
    return { ...connection, close };
  } catch (error) {
    removeCopy();
    throw error;
  }
}

function temporaryFolder(path: string): string {
  try {
    return mkdtempSync(join(tmpdir(), 'rentcheck-'));
  } catch (error) {
    const why = `cannot make a read copy in ${tmpdir()}: ${reasonOf(error)}`;
    throw cannotOpenLedger(
      path,
      why,
      'make the folder of the ledger or the temporary folder writable',
    );
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function copyReadable(from: string, to: string): void {
  try {
    copyFileSync(from, to);
  } catch (error) {
    throw cannotOpenLedger(from, reasonOf(error), 'give this user read access to the ledger file');
  }
}

/**
 * Checks a ledger that was not closed: its log `-wal` exists, and no program has it open. Only then
 * does SQLite grant exclusive access. A living writer has done this check itself.
 * @throws {Failure} `ledger-corrupt` if pages do not fit together.
 */
function checkAfterCrash(path: string): void {
  if (!hasUnmergedLog(path)) return;
  const db = new Sqlite(path, { timeout: 0 });
  try {
    db.pragma('locking_mode = EXCLUSIVE');
    if (isAlone(db, path)) requireWhole(db, path);
  } finally {
    db.close();
  }
}

/** Whether there is a non-empty write-ahead log. SQLite removes it when the last user closes. */
function hasUnmergedLog(path: string): boolean {
  return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

function isAlone(db: Database, path: string): boolean {
  try {
    identifyDatabase(db, path);
    return true;
  } catch (error) {
    if (isBusyError(error)) return false;
    throw error;
  }
}

/** Reads every page and checks that they fit together. Takes about a second per gigabyte. */
function requireWhole(db: Database, path: string): void {
  const result = db.pragma('quick_check(1)', { simple: true });
  if (result === 'ok') return;
  throw new Failure('ledger-corrupt', `the ledger ${path} is damaged: ${String(result)}`, {
    where: path,
  });
}
