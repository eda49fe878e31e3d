/**
 * How a ledger's file is opened: for writing, for reading only, or as a copy aside; and with which
 * settings.
 */

import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { Failure } from '../domain/failure.ts';
import { copyInto } from './copyInto.ts';
import { identify } from './identity.ts';
import { checkAfterCrash, hasUnmergedLog, requireWhole } from './recovery.ts';
import { cannotOpen, naming } from './sqliteFailure.ts';

/** An open file and how to let go of it. */
export interface Connection {
  readonly db: Database;
  /** The file that is open: the ledger's, or a private copy of it; empty where it has no name. */
  readonly openPath: string;
  close(): void;
}

/**
 * Opens for writing, creating the file where there is none; a crash before is looked into first.
 */
export function connectForWriting(path: string, busyTimeoutMs: number): Connection {
  requireFolder(path);
  return naming(path, () => {
    checkAfterCrash(path);
    return configured(new Sqlite(path, { timeout: busyTimeoutMs }), path, (db) => {
      identify(db, path);
      useWriteAheadLog(db, busyTimeoutMs);
      // A commit survives a crash of the program; a power cut may cost the last commits, never the
      // file.
      db.pragma('synchronous = NORMAL');
      // Every fact must lead to its fetch; SQLite checks that only when told to.
      db.pragma('foreign_keys = ON');
    });
  });
}

/**
 * Opens for reading. Where even reading needs a writable folder (SQLite keeps its log's index
 * beside the file), a private copy is read instead and removed on close.
 * @throws {Failure} `no-data` where there is no ledger yet.
 */
export function connectForReading(path: string, busyTimeoutMs: number): Connection {
  requireFolder(path);
  requireLedger(path);
  return naming(path, () => {
    const unclean = hasUnmergedLog(path);
    const open = (file: string) =>
      configured(new Sqlite(file, { readonly: true, timeout: busyTimeoutMs }), file, (db) => {
        if (identify(db, path) === 'fresh') throw emptyLedger(path);
        if (unclean) requireWhole(db, path);
      });
    try {
      return open(path);
    } catch (error) {
      if (!needsWritableFolder(error)) throw error;
      return readingACopy(path, open);
    }
  });
}

/**
 * Opens a copy of the ledger to be written to, or an empty one where there is no ledger yet. It has
 * no name: it is gone when it is closed, and however the process ends.
 */
export function connectToCopy(path: string, busyTimeoutMs: number): Connection {
  if (!existsSync(path)) return connectToNothing(path, busyTimeoutMs);
  const original = connectForReading(path, busyTimeoutMs);
  try {
    return nameless(path, busyTimeoutMs, (db) => copyInto(db, original.openPath));
  } finally {
    original.close();
  }
}

/** The same of a ledger that holds nothing. */
export function connectToNothing(path: string, busyTimeoutMs: number): Connection {
  return nameless(path, busyTimeoutMs, () => undefined);
}

function nameless(path: string, busyTimeoutMs: number, fill: (db: Database) => void): Connection {
  return naming(path, () =>
    configured(new Sqlite('', { timeout: busyTimeoutMs }), '', (db) => {
      // It is lost with the process in any case.
      db.pragma('journal_mode = MEMORY');
      db.pragma('synchronous = OFF');
      fill(db);
      db.pragma('foreign_keys = ON');
    }),
  );
}

/** @throws {Failure} `no-data` where there is no file. */
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

function configured(db: Database, openPath: string, prepare: (db: Database) => void): Connection {
  try {
    // Money is a 64-bit integer: every integer is read as a bigint unless a statement says
    // otherwise.
    db.defaultSafeIntegers(true);
    prepare(db);
  } catch (error) {
    db.close();
    throw error;
  }
  return { db, openPath, close: () => db.close() };
}

/**
 * Readers and one writer do not wait for each other. Switching needs the file for itself for a
 * moment.
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
    throw cannotOpen(path, `the folder ${folder} does not exist`, `create it: mkdir -p ${folder}`);
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw cannotOpen(path, 'it is a folder', 'use the path of a file in it, e.g. rentcheck.db');
  }
}

function needsWritableFolder(error: unknown): boolean {
  if (!(error instanceof Sqlite.SqliteError)) return false;
  return /^SQLITE_(CANTOPEN|READONLY)/.test(error.code);
}

function readingACopy(path: string, open: (file: string) => Connection): Connection {
  const folder = temporaryFolder(path);
  const forget = () => rmSync(folder, { recursive: true, force: true });
  try {
    const copy = join(folder, 'copy.db');
    copyReadable(path, copy);
    // The log holds commits that are not in the file yet.
    if (hasUnmergedLog(path)) copyReadable(`${path}-wal`, `${copy}-wal`);
    const connection = open(copy);
    const close = () => {
      connection.close();
      forget();
    };
    return { ...connection, close };
  } catch (error) {
    forget();
    throw error;
  }
}

function temporaryFolder(path: string): string {
  try {
    return mkdtempSync(join(tmpdir(), 'rentcheck-'));
  } catch (error) {
    const why = `cannot make a read copy in ${tmpdir()}: ${reasonOf(error)}`;
    throw cannotOpen(path, why, 'make the folder of the ledger or the temporary folder writable');
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function copyReadable(from: string, to: string): void {
  try {
    copyFileSync(from, to);
  } catch (error) {
    throw cannotOpen(from, reasonOf(error), 'give this user read access to the ledger file');
  }
}
