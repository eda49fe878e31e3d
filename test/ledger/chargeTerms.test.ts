/** The basis of a charge, its invoice and its commitment are stored with it. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { CHARGE_BASES, type Charge } from '../../src/domain/charge.ts';
import { decimal } from '../../src/domain/exact.ts';
import { nanoUsd } from '../../src/domain/money.ts';
import { examineLedger } from '../../src/ledger/examine.ts';
import { readMigrations } from '../../src/ledger/migration.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { settableClock } from '../../src/platform/clock.ts';
import {
  charge,
  EVER,
  fetched,
  JULY_1,
  located,
  NOW,
  rawDatabase,
  scratchFolder,
  scratchLedger,
} from './ledgerFixture.ts';

const TERMS = {
  original: { currency: 'EUR', amount: decimal('-12.340'), list: decimal('20.000000000000000001') },
  invoice: { id: 'INV-7', issuedMs: JULY_1 + 5 },
  commitment: { id: 'arn:sp/1', status: 'unused' },
} satisfies Partial<Charge>;

it.each(CHARGE_BASES)('a charge of basis %s comes back unchanged', async (basis) => {
  const { ledger } = await scratchLedger();
  const stored = charge('pod/a/1', 1_500_000, { ...TERMS, basis });
  await ledger.facts.append(fetched({ charges: located(stored) }), JULY_1);
  const again = await ledger.facts.append(fetched({ charges: located(stored) }), JULY_1 + 1);
  expect(again).toMatchObject({ added: 0, restated: 0, unchanged: 1 });
  expect(await ledger.facts.charges(EVER, NOW)).toMatchObject([{ basis, ...TERMS }]);
  const { rows } = await ledger.query('SELECT x_Basis FROM focus_cost_and_usage');
  expect(rows).toEqual([[basis]]);
});

it('the digests that the doctor compares cover the terms of first and later versions', async () => {
  const { ledger, path } = await scratchLedger();
  for (const [at, invoice] of [{ id: 'INV-7' }, { id: 'INV-8' }].entries()) {
    const stored = charge('pod/a/1', 1_500_000, { ...TERMS, invoice });
    await ledger.facts.append(fetched({ charges: located(stored) }), JULY_1 + at);
  }
  expect(examineLedger(path).faults).toEqual([]);
  const changed = ['invoice_id = commitment_id, commitment_id = invoice_id', "original_list = '2'"];
  for (const [at, what] of changed.entries()) {
    rawDatabase(path).exec(`UPDATE charge SET ${what} WHERE version = ${at + 1}`);
    expect(examineLedger(path).faults).toHaveLength(at + 1);
  }
});

it('an invoice id is stored once it is known, and kept when a later answer omits it', async () => {
  const { ledger } = await scratchLedger();
  const invoices = [undefined, { id: 'INV-7', issuedMs: JULY_1 }, undefined, { id: 'INV-7' }];
  const seen = [];
  for (const [at, invoice] of invoices.entries()) {
    const stored = charge('pod/a/1', 1_500_000, invoice === undefined ? {} : { invoice });
    await ledger.facts.append(fetched({ charges: located(stored) }), JULY_1 + at);
    const [kept] = await ledger.facts.charges(EVER, NOW);
    seen.push([kept?.version, kept?.invoice?.id, kept?.invoice?.issuedMs]);
  }
  expect(seen).toEqual([
    [1, undefined, undefined],
    [2, 'INV-7', JULY_1],
    [2, 'INV-7', JULY_1],
    [2, 'INV-7', JULY_1],
  ]);
});

it('a withdrawn charge bills nothing in any currency', async () => {
  const { ledger, path } = await scratchLedger();
  const completeFor = { keyPrefix: 'pod/', window: EVER };
  const [a, b] = [charge('pod/a', 1_000_000, TERMS), charge('pod/b', 1_000_000, TERMS)];
  await ledger.facts.append(fetched({ charges: located(a, b) }), JULY_1);
  await ledger.facts.append(fetched({ charges: located(a), completeFor }), JULY_1 + 1);
  const gone = rawDatabase(path)
    .prepare(
      `SELECT original_currency, original_amount, original_list, invoice_id FROM charge
       WHERE charge_key = 'pod/b' AND withdrawn = 1`,
    )
    .all();
  expect(gone).toEqual([
    { original_currency: null, original_amount: null, original_list: null, invoice_id: 'INV-7' },
  ]);
});

it('focus_cost_and_usage has the invoice, the commitment and the amount as billed', async () => {
  const { ledger } = await scratchLedger();
  await ledger.facts.append(fetched({ charges: located(charge('pod/a', 1, TERMS)) }), JULY_1);
  const { rows } = await ledger.query(
    `SELECT InvoiceId, x_InvoiceIssued, CommitmentDiscountId, CommitmentDiscountStatus,
       BillingCurrency, x_OriginalCurrency, x_OriginalBilledCost FROM focus_cost_and_usage`,
  );
  expect(rows).toEqual([
    ['INV-7', '2026-07-01T00:00:00Z', 'arn:sp/1', 'Unused', 'USD', 'EUR', -12.34],
  ]);
});

const OLD_ROWS = `
INSERT INTO fetch (source_id, kind, url, started_at_ms, finished, added, restated, unchanged,
  rejected, recorded_at_ms) VALUES ('import', 'import.charges', 'file:c.csv', 1, 1, 2, 0, 0, 0, 1);
INSERT INTO charge (source_id, charge_key, version, resource_id, category, pricing_class, start_ms,
  end_ms, billed_nano_usd, basis, withdrawn, recorded_at_ms, fetch_ref, position) VALUES
  ('import', 'a', 1, 'pod', 'compute', 'on-demand', ${JULY_1}, ${JULY_1 + 1}, 7, 'billed', 0, 1,
    1, 2),
  ('import', 'b', 1, 'pod', 'compute', 'on-demand', ${JULY_1}, ${JULY_1 + 1}, 9, 'estimated', 0, 1,
    1, 3);
INSERT INTO charge_day SELECT ${JULY_1}, charge_ref, billed_nano_usd FROM charge;`;

/** A ledger as the first `count` migrations left it. */
async function ledgerOf(count: number, rows: string): Promise<string> {
  const path = join(await scratchFolder(), 'rentcheck.db');
  const golden = readFileSync(new URL('../golden/schema.sql', import.meta.url), 'utf8');
  const books = golden.match(/CREATE TABLE (?:migration|ledger_view) \([^;]*;/g) ?? [];
  const db = new Sqlite(path);
  db.exec(books.join('\n'));
  for (const { name, digest, sql } of readMigrations().slice(0, count)) {
    db.exec(sql);
    db.prepare('INSERT INTO migration VALUES (?, ?, 1)').run(name, digest);
  }
  db.exec(rows);
  db.pragma('application_id = 0x5243484b');
  db.pragma(`user_version = ${count}`);
  db.close();
  return path;
}

describe('a ledger from before these columns', () => {
  it('reads its estimates as uptime, and the doctor finds no fault', async () => {
    const path = await ledgerOf(5, OLD_ROWS);
    const ledger = await openLedger(path, { clock: settableClock(2) });
    const charges = await ledger.facts.charges(EVER, NOW);
    expect(charges.map(({ key, basis, billed }) => [key, basis, billed])).toEqual([
      ['a', 'billed', nanoUsd(7n)],
      ['b', 'uptime', nanoUsd(9n)],
    ]);
    await ledger.close();
    expect(examineLedger(path).faults).toEqual([]);
  });

  it('keeps its digests: a missing column counts as empty, as before', async () => {
    // How the program digested the two rows before this migration.
    const kept = 'INSERT INTO fact_digest VALUES (1, ?, 2, ?, ?)';
    const path = await ledgerOf(8, OLD_ROWS);
    const digest = ['charge', 3821431126042826112n, -7685009881934285280n];
    rawDatabase(path).prepare(kept).run(digest);
    rawDatabase(path).exec(
      `INSERT INTO spend_day VALUES ('2026-07-01', ${JULY_1}, 'import', 'pod', 'compute',
         'on-demand', 0, '', 16, 2)`,
    );
    await (await openLedger(path, { clock: settableClock(2) })).close();
    expect(examineLedger(path).faults).toEqual([]);
    rawDatabase(path).exec(`UPDATE charge SET rebuilt_from = 'list' WHERE charge_key = 'b'`);
    expect(examineLedger(path).faults).toMatchObject([{ table: 'charge' }]);
  });
});
