/** Knows whether a ledger's file is sound and can be written to, without changing it. */

import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure } from '../domain/failure.ts';
import { connectForReading, connectForWriting } from './connection.ts';
import { lacksTables, readMigrations } from './migration.ts';
import { naming } from './sqliteFailure.ts';

/** A moment, for a person waits. */
const BUSY_TIMEOUT_MS = 2_000;

export interface LedgerHealth {
  /** False where there is no file yet; the rest is then nothing. */
  readonly exists: boolean;
  readonly bytes: number;
  /** False where a command that writes must bring it up to date first. */
  readonly isCurrent: boolean;
  /** Why nothing can be written to it now. */
  readonly notWritable?: Failure;
}

/**
 * Reads every page of the file, and takes the right to write for a moment.
 * @throws {Failure} for a file that cannot be opened or is not whole, like opening it does.
 */
export function examineLedger(ledgerPath: string): LedgerHealth {
  const path = resolve(ledgerPath);
  if (!existsSync(path)) return { exists: false, bytes: 0, isCurrent: false };
  const isCurrent = soundAndCurrent(path);
  const notWritable = writeFailure(path);
  return {
    exists: true,
    bytes: statSync(path).size,
    isCurrent,
    ...(notWritable === undefined ? {} : { notWritable }),
  };
}

function soundAndCurrent(path: string): boolean {
  const connection = connectForReading(path, BUSY_TIMEOUT_MS);
  const { db } = connection;
  try {
    return naming(path, () => {
      const [problem] = db.pragma('quick_check(1)') as { quick_check: string }[];
      if (problem?.quick_check !== 'ok') throw notWhole(path, problem?.quick_check ?? 'no answer');
      return !lacksTables(db, path, readMigrations());
    });
  } finally {
    connection.close();
  }
}

function notWhole(path: string, problem: string): Failure {
  return new Failure('ledger-corrupt', `the ledger ${path} is damaged: ${problem}`, {
    where: path,
  });
}

function writeFailure(path: string): Failure | undefined {
  try {
    const connection = connectForWriting(path, BUSY_TIMEOUT_MS);
    try {
      naming(path, () => connection.db.exec('BEGIN IMMEDIATE; ROLLBACK'));
    } finally {
      connection.close();
    }
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}
