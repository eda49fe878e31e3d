/** Checks the file of a ledger and its contents without changing them. */

import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Database } from 'better-sqlite3';
import { Failure } from '../domain/failure.ts';
import { factFaults } from './checks/facts.ts';
import { type LedgerCheck, type LedgerFault, nanoText } from './checks/check.ts';
import { connectForReading, connectForWriting } from './connection.ts';
import type { FetchName } from './imports.ts';
import { lacksTables, readMigrations } from './migration.ts';
import { spendDayFaults } from './spendDays.ts';
import { withLedgerErrors } from './sqliteFailure.ts';
import { usageDayFaults } from './usageDays.ts';
import { DAY_MS, dayText } from '../domain/period.ts';
import { getRow, prepareExactQuery, prepareQuery } from './statement.ts';
import { splitChargeByDay } from './writes/chargeVersions.ts';

interface ChargeRow {
  readonly ref: bigint;
  readonly source: string;
  readonly key: string;
  readonly version: bigint;
  readonly startMs: bigint;
  readonly endMs: bigint;
  readonly billed: bigint;
  readonly withdrawn: bigint;
  readonly fetchRef: bigint;
}

const CHARGES = `
SELECT charge_ref AS ref, source_id AS source, charge_key AS key, version, start_ms AS startMs,
  end_ms AS endMs, billed_nano_usd AS billed, withdrawn, fetch_ref AS fetchRef
FROM charge ORDER BY charge_ref`;

const DAY = 'SELECT billed_nano_usd FROM charge_day WHERE day_ms = ? AND charge_ref = ?';

/** Days outside of their charge, or without a billed charge. */
const STRAYS = `
SELECT d.day_ms AS dayMs, d.charge_ref AS ref, d.billed_nano_usd AS billed, c.source_id AS source,
  c.charge_key AS key, c.version, c.fetch_ref AS fetchRef
FROM charge_day d LEFT JOIN charge c ON c.charge_ref = d.charge_ref
WHERE c.charge_ref IS NULL OR c.withdrawn = 1
  OR d.day_ms % ${DAY_MS} <> 0 OR d.day_ms >= c.end_ms OR d.day_ms + ${DAY_MS} <= c.start_ms`;

/** A century, longer than any charge. */
const MOST_DAYS = 36_525;

/** A fault for each day that is missing, wrong, or without a charge. */
function* chargeDayFaults(db: Database): Generator<LedgerFault> {
  const dayOf = prepareExactQuery<bigint>(db, DAY).pluck();
  let expected = 0n;
  let missing = 0n;
  for (const row of prepareExactQuery<ChargeRow>(db, CHARGES).iterate()) {
    if (row.withdrawn === 1n) continue;
    const days = daysOf(row);
    if (days === undefined) {
      yield { ...locate(row), table: 'charge', wrong: { code: 'charge-too-long' } };
      continue;
    }
    for (const { dayMs, billedNanoUsd } of days) {
      expected += 1n;
      const stored = dayOf.get(dayMs, row.ref);
      if (stored === undefined) missing += 1n;
      if (stored !== billedNanoUsd) yield dayFault(row, { dayMs, billedNanoUsd, stored });
    }
  }
  const count = getRow(prepareExactQuery<bigint>(db, 'SELECT count(*) FROM charge_day').pluck());
  if (count !== expected - missing) yield* strayFaults(db);
}

function daysOf({ startMs, endMs, billed }: ChargeRow) {
  if (endMs <= startMs || Number(endMs - startMs) > MOST_DAYS * DAY_MS) return undefined;
  const [start, end] = [Number(startMs), Number(endMs)];
  return splitChargeByDay({ startMs: start, endMs: end, billedNanoUsd: billed });
}

interface Day {
  readonly dayMs: number;
  readonly billedNanoUsd: bigint;
  readonly stored: bigint | undefined;
}

function dayFault(row: ChargeRow, { dayMs, billedNanoUsd, stored }: Day): LedgerFault {
  const { key, ...rest } = locate(row);
  const given = { code: 'charge-day-differs', chargeUsd: nanoText(billedNanoUsd) } as const;
  const wrong = stored === undefined ? given : { ...given, heldUsd: nanoText(stored) };
  return { ...rest, key: `${key}, ${dayText(dayMs)}`, wrong };
}

type Named = Pick<ChargeRow, 'source' | 'key' | 'version' | 'fetchRef'>;

function locate({ source, key, version, fetchRef }: Named) {
  const name = `charge "${key}" of ${source}, version ${version}`;
  return { table: 'charge_day', key: name, fetchRef: Number(fetchRef) };
}

interface StrayRow extends Named {
  readonly dayMs: bigint;
  readonly ref: bigint;
  readonly billed: bigint;
}

function* strayFaults(db: Database): Generator<LedgerFault> {
  for (const row of prepareExactQuery<StrayRow>(db, STRAYS).iterate()) {
    const day = dayText(Number(row.dayMs));
    // The charge does not exist.
    if (row.source === null) {
      const key = `charge_ref ${row.ref}, ${day}`;
      const wrong = { code: 'charge-day-without-charge', heldUsd: nanoText(row.billed) } as const;
      yield { table: 'charge_day', key, wrong };
      continue;
    }
    const { key, ...rest } = locate(row);
    const wrong = { code: 'charge-day-not-billed', heldUsd: nanoText(row.billed) } as const;
    yield { ...rest, key: `${key}, ${day}`, wrong };
  }
}

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
  const fetchOf = prepareQuery<FetchName>(db, FETCH);
  const toFound = (fault: LedgerFault, hasMore: boolean): FoundFault => {
    const fetch = fetchOf.get(fault.fetchRef ?? -1);
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
