/** Checks the file of a ledger and its contents without changing them. */

import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Database } from 'better-sqlite3';
import { Failure } from '../domain/failure.ts';
import { chargeDayFaults } from './checks/chargeDays.ts';
import { factFaults } from './checks/facts.ts';
import type { LedgerCheck, LedgerFault } from './checks/check.ts';
import { connectForReading, connectForWriting } from './connection.ts';
import type { FetchName } from './imports.ts';
import { lacksTables, readMigrations } from './migration.ts';
import { spendDayFaults } from './spendDays.ts';
import { withLedgerErrors } from './sqliteFailure.ts';
import { usageDayFaults } from './usageDays.ts';

/** All checks. Each is independent of the others. */
const CHECKS: readonly LedgerCheck[] = [
  chargeDayFaults,
  factFaults,
  spendDayFaults,
  usageDayFaults,
];

/** Short, because a person waits. */
const BUSY_TIMEOUT_MS = 2_000;
/** Faults listed per check. More do not help to find the cause. */
const MAX_FAULTS = 5;

export interface LedgerHealth {
  /** False if there is no file yet. The other fields are empty then. */
  readonly exists: boolean;
  readonly bytes: number;
  /** False if the ledger needs a migration first. No checks are run then. */
  readonly isCurrent: boolean;
  readonly faults: readonly FoundFault[];
  /** The reason why the ledger cannot be written to now. */
  readonly notWritable?: Failure;
}

/** A fault, and the fetch of its fact. */
export interface FoundFault extends LedgerFault {
  readonly fetch?: FetchName;
  /** Whether the check found more faults than are listed. */
  readonly hasMore: boolean;
}

/**
 * Reads every page of the file, runs all checks, and takes the write lock for a moment.
 * @throws {Failure} if the file cannot be opened or is damaged, like opening it does.
 */
export function examineLedger(ledgerPath: string): LedgerHealth {
  const path = resolve(ledgerPath);
  if (!existsSync(path)) return { exists: false, bytes: 0, isCurrent: false, faults: [] };
  const inside = examineInside(path);
  const notWritable = writeFailure(path);
  return {
    exists: true,
    bytes: statSync(path).size,
    ...inside,
    ...(notWritable === undefined ? {} : { notWritable }),
  };
}

function examineInside(path: string): Pick<LedgerHealth, 'isCurrent' | 'faults'> {
  const connection = connectForReading(path, BUSY_TIMEOUT_MS);
  const { db } = connection;
  try {
    return withLedgerErrors(path, () => {
      const [problem] = db.pragma('quick_check(1)') as { quick_check: string }[];
      if (problem?.quick_check !== 'ok') throw damaged(path, problem?.quick_check ?? 'no answer');
      const isCurrent = !lacksTables(db, path, readMigrations());
      return { isCurrent, faults: isCurrent ? faultsIn(db) : [] };
    });
  } finally {
    connection.close();
  }
}

const FETCH = `
SELECT fetch_ref AS fetchRef, source_id AS sourceId, kind, url, started_at_ms AS startedAtMs
FROM fetch WHERE fetch_ref = ?`;

/** All checks read one snapshot, so that a pull at the same time does not look like a fault. */
function faultsIn(db: Database): FoundFault[] {
  const fetchOf = db.prepare(FETCH).safeIntegers(false);
  const toFound = (fault: LedgerFault, hasMore: boolean): FoundFault => {
    const fetch = fetchOf.get(fault.fetchRef ?? -1) as FetchName | undefined;
    return { ...fault, hasMore, ...(fetch === undefined ? {} : { fetch }) };
  };
  const runChecks = () =>
    CHECKS.flatMap((check) => {
      const { listed, hasMore } = takeFirst(check(db));
      return listed.map((fault) => toFound(fault, hasMore));
    });
  return db.transaction(runChecks).deferred();
}

function takeFirst(faults: Iterable<LedgerFault>) {
  const listed: LedgerFault[] = [];
  for (const fault of faults) {
    if (listed.length === MAX_FAULTS) return { listed, hasMore: true };
    listed.push(fault);
  }
  return { listed, hasMore: false };
}

function damaged(path: string, problem: string): Failure {
  return new Failure('ledger-corrupt', `the ledger ${path} is damaged: ${problem}`, {
    where: path,
  });
}

function writeFailure(path: string): Failure | undefined {
  try {
    const connection = connectForWriting(path, BUSY_TIMEOUT_MS);
    try {
      withLedgerErrors(path, () => connection.db.exec('BEGIN IMMEDIATE; ROLLBACK'));
    } finally {
      connection.close();
    }
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}
