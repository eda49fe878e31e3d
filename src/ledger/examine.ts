/** Looks at a ledger's file and at what it holds, and changes neither. */

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
import { naming } from './sqliteFailure.ts';
import { usageDayFaults } from './usageDays.ts';

/** Everything that is compared; each ends on its own. */
const CHECKS: readonly LedgerCheck[] = [
  chargeDayFaults,
  factFaults,
  spendDayFaults,
  usageDayFaults,
];

/** A moment, for a person waits. */
const BUSY_TIMEOUT_MS = 2_000;
/** So many faults of one check are told; a person needs no more to know what happened. */
const MOST_TOLD = 5;

export interface LedgerHealth {
  /** False where there is no file yet; the rest is then nothing. */
  readonly exists: boolean;
  readonly bytes: number;
  /** False where a command that writes must bring it up to date first; no fault is looked for. */
  readonly isCurrent: boolean;
  readonly faults: readonly FoundFault[];
  /** Why nothing can be written to it now. */
  readonly notWritable?: Failure;
}

/** A fault, and the fetch that brought the fact. */
export interface FoundFault extends LedgerFault {
  readonly fetch?: FetchName;
  /** True where the same check found more than is told. */
  readonly hasMore: boolean;
}

/**
 * Reads every page of the file, compares what it holds, and takes the right to write for a moment.
 * @throws {Failure} for a file that cannot be opened or is not whole, like opening it does.
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
    return naming(path, () => {
      const [problem] = db.pragma('quick_check(1)') as { quick_check: string }[];
      if (problem?.quick_check !== 'ok') throw notWhole(path, problem?.quick_check ?? 'no answer');
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

/** One snapshot for all checks: a pull that writes beside them must not look like a fault. */
function faultsIn(db: Database): FoundFault[] {
  const fetchOf = db.prepare(FETCH).safeIntegers(false);
  const found = (fault: LedgerFault, hasMore: boolean): FoundFault => {
    const fetch = fetchOf.get(fault.fetchRef ?? -1) as FetchName | undefined;
    return { ...fault, hasMore, ...(fetch === undefined ? {} : { fetch }) };
  };
  const look = () =>
    CHECKS.flatMap((check) => {
      const { told, hasMore } = firstOf(check(db));
      return told.map((fault) => found(fault, hasMore));
    });
  return db.transaction(look).deferred();
}

function firstOf(faults: Iterable<LedgerFault>) {
  const told: LedgerFault[] = [];
  for (const fault of faults) {
    if (told.length === MOST_TOLD) return { told, hasMore: true };
    told.push(fault);
  }
  return { told, hasMore: false };
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
