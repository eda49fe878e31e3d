/** Compares the stored days of every charge with the days computed from the charge. */

import type { Database } from 'better-sqlite3';
import { DAY_MS, dayText } from '../../domain/period.ts';
import { splitChargeByDay } from '../writes/chargeFact.ts';
import { type LedgerFault, nanoText } from './check.ts';

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
export function* chargeDayFaults(db: Database): Generator<LedgerFault> {
  const dayOf = db.prepare(DAY).pluck();
  let expected = 0n;
  let missing = 0n;
  for (const row of db.prepare(CHARGES).iterate() as Iterable<ChargeRow>) {
    if (row.withdrawn === 1n) continue;
    const days = daysOf(row);
    if (days === undefined) {
      yield { ...locate(row), table: 'charge', wrong: { code: 'charge-too-long' } };
      continue;
    }
    for (const { dayMs, billedNanoUsd } of days) {
      expected += 1n;
      const stored = dayOf.get(dayMs, row.ref) as bigint | undefined;
      if (stored === undefined) missing += 1n;
      if (stored !== billedNanoUsd) yield dayFault(row, { dayMs, billedNanoUsd, stored });
    }
  }
  const count = db.prepare('SELECT count(*) FROM charge_day').pluck().get() as bigint;
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
  for (const row of db.prepare(STRAYS).iterate() as Iterable<StrayRow>) {
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
