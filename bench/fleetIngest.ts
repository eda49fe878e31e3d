/** Speed of storing charges, compared with bare statements into the same tables. */

import { join } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import type { Charge } from '../src/domain/charge.ts';
import { DAY_MS, dayStartMs, period } from '../src/domain/period.ts';
import type { Located } from '../src/domain/provenance.ts';
import { openLedger } from '../src/ledger/open.ts';
import { settableClock } from '../src/platform/clock.ts';
import { chargesOf, countRows, type Fleet } from './fleetWorld.ts';
import type { Measured } from './measured.ts';

const START_MS = Date.UTC(2026, 6, 1);
const REACH = 0.7;

export interface IngestSize {
  readonly fleet: Fleet;
  readonly days: number;
  readonly rounds: number;
}

type Insert = (charges: readonly Located<Charge>[]) => unknown;

/** The lowest CPU of each over several rounds on new files, one day of the bill at a time. */
export async function ingestOfCharges(folder: string, size: IngestSize): Promise<Measured> {
  let [bare, ours] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < size.rounds; round += 1) {
    const one = await roundOf(folder, round, size);
    [bare, ours] = [Math.min(bare, one.bare), Math.min(ours, one.ours)];
  }
  const window = period(START_MS, START_MS + size.days * DAY_MS);
  const charges = countRows(size.fleet, window).charges.toLocaleString('en-US');
  return {
    name: `ingest of ${charges} charges, of bare prepared statements into charge and charge_day`,
    value: bare / ours,
    reach: REACH,
    better: 'higher',
  };
}

async function roundOf(folder: string, round: number, { fleet, days }: IngestSize) {
  const clock = settableClock(START_MS);
  const [own, plain] = ['own', 'plain'].map((name) => join(folder, `${name}-${round}.db`));
  if (own === undefined || plain === undefined) throw new Error('there are two files');
  const start = { sourceId: 'import', kind: 'import.charges', url: 'file:c.csv' };
  const ledger = await openLedger(own, { clock });
  const session = await ledger.facts.beginImport({ ...start, startedAtMs: START_MS });
  const prepared = await openLedger(plain, { clock });
  await prepared.facts.beginImport({ ...start, startedAtMs: START_MS });
  await prepared.close();
  const db = new Sqlite(plain);
  db.pragma('synchronous = NORMAL');
  db.pragma('foreign_keys = ON');
  const insert = bareInsert(db);
  const spent = { bare: 0, ours: 0 };
  for (let day = 0; day < days; day += 1) {
    const startMs = START_MS + day * DAY_MS;
    const charges = chargesOf(fleet, period(startMs, startMs + DAY_MS));
    spent.bare += await cpuOf(insert, charges);
    spent.ours += await cpuOf((rows) => session.append({ charges: rows }), charges);
  }
  db.close();
  await ledger.close();
  return spent;
}

async function cpuOf(insert: Insert, charges: readonly Located<Charge>[]): Promise<number> {
  const before = process.cpuUsage();
  await insert(charges);
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function bareInsert(db: Database): Insert {
  const places = (count: number) => Array.from({ length: count }, () => '?').join(', ');
  const charge = db.prepare(
    `INSERT INTO charge (source_id, charge_key, version, resource_id, resource_name, category,
       pricing_class, start_ms, end_ms, billed_nano_usd, quantity_num, quantity_den, unit, gpu_type,
       gpu_count, basis, withdrawn, recorded_at_ms, fetch_ref, position) VALUES (${places(20)})`,
  );
  const chargeDay = db.prepare('INSERT INTO charge_day VALUES (?, ?, ?)');
  return db.transaction((rows: readonly Located<Charge>[]) => {
    for (const { position, fact } of rows) {
      const { lastInsertRowid } = charge.run(
        fact.sourceId,
        fact.key,
        1,
        fact.resourceId,
        fact.resourceName,
        fact.category,
        fact.pricingClass,
        fact.period.startMs,
        fact.period.endMs,
        fact.billed,
        String(fact.quantity?.num),
        String(fact.quantity?.den),
        fact.unit,
        fact.gpuType,
        fact.gpuCount,
        fact.basis,
        0,
        START_MS,
        1,
        position,
      );
      chargeDay.run(dayStartMs(fact.period.startMs), lastInsertRowid, fact.billed);
    }
  });
}
