/** A ledger from before the decision's columns is upgraded without loss. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { readMigrations } from '../../src/ledger/migration.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { auditRecord } from './auditFixture.ts';
import { JULY, JULY_1, rawDatabase, scratchFolder } from './ledgerFixture.ts';

/** Rows as the first version wrote them: a fetch, a charge, an entry of hours and an audit. */
const ROWS = `
INSERT INTO fetch (source_id, kind, url, started_at_ms, finished, added, restated, unchanged,
  rejected, recorded_at_ms) VALUES ('import', 'import.ops', 'file:o.csv', 1, 1, 2, 0, 0, 0, 1);
INSERT INTO charge (source_id, charge_key, version, resource_id, category, pricing_class, start_ms,
  end_ms, billed_nano_usd, basis, withdrawn, recorded_at_ms, fetch_ref, position)
  VALUES ('import', 'a', 1, 'pod', 'compute', 'on-demand', ${JULY_1}, ${JULY_1 + 1}, 7, 'billed',
  0, 1, 1, 2);
INSERT INTO ops_entry VALUES ('import', 'k', 1, ${JULY_1}, NULL, 5400000, 'patch', 1, 1, 3);
INSERT INTO audit_run VALUES (1, 'run-old', '2026-Q3', ${JULY.startMs}, ${JULY.endMs}, 5, 6, 'd',
  '0.1.0', 0, '{}', '{}', 'delete', 0.5, 9007199254740993, 8, 9, 10, 1.0, 0.25, 0.125);
INSERT INTO audit_deployment VALUES (1, 'a', 0, 'm', 'delete', 0.5, 8, 10, 0.25, 0.5, 0.75, 1.0,
  'host', 11, 9007199254740993);
INSERT INTO audit_option VALUES (1, 'a', 'keep', 0, 1, 2, 3, 4, 5, 6);`;

/** A ledger with only the first migration, and its version. */
async function oldLedger(): Promise<string> {
  const path = join(await scratchFolder(), 'rentcheck.db');
  const first = readMigrations()[0];
  const schema = readFileSync(new URL('../golden/schema.sql', import.meta.url), 'utf8');
  const books = /CREATE TABLE (?:migration|ledger_view) \([^;]*;/g;
  const db = new Sqlite(path);
  db.exec([...schema.matchAll(books)].map(([made]) => made).join('\n'));
  db.exec(first?.sql ?? '');
  db.prepare('INSERT INTO migration VALUES (?, ?, 1)').run(first?.name, first?.digest);
  db.exec(`CREATE VIEW option_by_deployment AS SELECT option FROM audit_option;
    INSERT INTO ledger_view VALUES ('option_by_deployment', 'old', 'One row per option.', 1);`);
  db.exec(ROWS);
  db.pragma('application_id = 0x5243484b');
  db.pragma('user_version = 1');
  db.close();
  return path;
}

const WATCHED = ['fetch', 'charge', 'ops_entry', 'audit_run', 'audit_deployment', 'audit_option'];

function rowsOf(path: string): Record<string, Record<string, unknown>[]> {
  const db = rawDatabase(path).defaultSafeIntegers();
  const rows = WATCHED.map((table) => [table, db.prepare(`SELECT * FROM ${table}`).all()]);
  return Object.fromEntries(rows) as Record<string, Record<string, unknown>[]>;
}

/** Columns that the old rows did not have. */
function gained(row: object, old: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !(name in old)));
}

describe('a ledger that only the first migration made', () => {
  it('keeps every row exactly, withdraws none, and has null in new columns', async () => {
    const path = await oldLedger();
    const before = rowsOf(path);
    await (await openLedger(path, { clock: settableClock(2) })).close();
    const after = rowsOf(path);
    for (const table of WATCHED) {
      const [old = {}] = before[table] ?? [];
      expect(after[table]).toHaveLength(1);
      expect(after[table]?.[0]).toMatchObject(old);
      const { withdrawn = 0n, ...rest } = gained(after[table]?.[0] ?? {}, old);
      expect(withdrawn).toBe(0n);
      expect(Object.values(rest).every((v) => v === null)).toBe(true);
    }
    const option = gained(after['audit_option']?.[0] ?? {}, before['audit_option']?.[0] ?? {});
    expect(Object.keys(option)).toEqual([
      'gpu_nano_usd',
      'storage_nano_usd',
      'other_nano_usd',
      'migration_nano_usd',
      'probability',
      'low_nano_usd',
      'high_nano_usd',
    ]);
  });

  it('returns its audits, and stores new ones next to them', async () => {
    const path = await oldLedger();
    const ledger = await openLedger(path, { clock: settableClock(2) });
    const old = await ledger.audits.load({ runId: 'run-old' });
    expect(old?.stack).toMatchObject({ verdict: 'delete', savingNanoUsd: 9_007_199_254_740_993n });
    expect(old?.stack).not.toHaveProperty('lowNanoUsd');
    expect(old?.deployments[0]).not.toHaveProperty('leaning');
    expect(old?.options[0]).toEqual({
      deployment: 'a',
      option: 'keep',
      costNanoUsd: 1n,
      infraNanoUsd: 2n,
      laborNanoUsd: 3n,
      hostedNanoUsd: 4n,
      strandedNanoUsd: 5n,
      savingNanoUsd: 6n,
    });
    expect(await ledger.audits.save(auditRecord())).toBe(true);
    expect(await ledger.audits.load({ runId: 'run-1' })).toEqual(auditRecord());
    const { rows } = await ledger.query(
      'SELECT run_id, deployment, leaning, low_nano_usd FROM verdict_history ORDER BY 1, 2',
    );
    expect(rows).toEqual([
      ['run-1', null, null, -2_000_000_000],
      ['run-1', 'a', null, null],
      ['run-1', 'z-first', 'hybrid', -9_007_199_254_740_995n],
      ['run-old', null, null, null],
      ['run-old', 'a', null, null],
    ]);
    await ledger.close();
  });

  it('cannot be read without the columns: a read-only open says what to do', async () => {
    const path = await oldLedger();
    await expect(
      openLedger(path, { clock: settableClock(2), mode: 'readonly' }),
    ).rejects.toMatchObject({ code: 'ledger-readonly' });
  });
});
