/**
 * Tables are created by frozen scripts and views by replaceable ones; drizzle's schema mirrors the
 * tables.
 */

import { join } from 'node:path';
import { getTableName, is } from 'drizzle-orm';
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { describe, expect, it } from 'vitest';
import { readMigrations } from '../../src/ledger/migration.ts';
import { openLedger } from '../../src/ledger/open.ts';
import * as audit from '../../src/ledger/tables/audit.ts';
import * as bill from '../../src/ledger/tables/bill.ts';
import * as work from '../../src/ledger/tables/work.ts';
import * as delivery from '../../src/ledger/tables/delivery.ts';
import * as price from '../../src/ledger/tables/price.ts';
import * as provenance from '../../src/ledger/tables/provenance.ts';
import * as usage from '../../src/ledger/tables/usage.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { expectGolden } from '../support/golden.ts';
import { rawDatabase, scratchFolder, scratchLedger } from './ledgerFixture.ts';

/** SHA-256 of every migration on the main branch. */
const FROZEN: Readonly<Record<string, string>> = {
  '0001_ledger': '53128580bdfbc88a149dcdfcda79e913d69953416f4d04541e4ed62f987f598d',
  '0002_decision': '7e5872cc54a1d5b03a5ab4f35d4433cf52b24ed229025132187dfba4b092b768',
  '0003_editions': '607c6559fd7414a4898b2fadf8eafa55c750adaedb7de85d4b101b169e9c0445',
  '0004_worker': '01b08a2de064e22949fa9d80bed839f3e32695b02033852a25c65092fc31e4d0',
  '0005_imports': '9792da2a30cf3259fe5510c80fd85eb93950d194d82f68917fbe413246b94b33',
  '0006_spend_by_day': '826b50d1c7645c7143d75ab767aa95f87f7a110134edacfbd97138aaa2ec1bdd',
  '0007_usage_by_day': '6adf71b0a02d374e62f519f464524d0ad415079fcd43c762c731c76817b03172',
  '0008_time_and_digests': 'f16813e7264608b8c5dd8bb3d21485da64cacbeb203ad529d44d4041a6161fdc',
  '0009_charge_terms': '0ace394fe82c7ed8986f7cafe76ba533605e86bbd79d08f12e150cece0e8f36a',
  '0010_invoices': 'ae2b637faf3e0399edf9de3683998f06ade2bf15eed9408883019089e2bec9d7',
  '0011_exchange_rates': 'df13b8f887583292b94249d24625d8dc026797a8af50d4929cf25b1c88c7bdc2',
  '0012_invoice_currency': '9af4e82c88e8f46bf1112f5e07cb73163000266bd8cbb979518b64c3769009ad',
  '0013_unconverted_charges': '3b77929f1088062d7b97e9bc57a28d8872dea46b50cbc208ef36717cc45ffb8d',
  '0014_usage_facts': '2a5753a853b235f3acef6995a769cd68d3cf61340e9088a285b2dc75046a3095',
  '0015_price_terms': 'cdc926e30a44d86fc15fca0800c3e189f21eeb3ddc159ee864866597d6403b11',
  '0016_hosted_usage': '02c5e8cb13110a9a52d846d61e80a7841c29eea2a8a6f390b2ec7ab560863abf',
  '0017_second_hand_rates': '2e8da3d5638293ff13caae2e0f083cdceb89c2047e68d925469b09bef676df19',
  '0018_request_batches': 'd30dd6ca60a3ec8268c8e273131fc148fa5d8eea1947bf6b3343284e6f738656',
  '0019_request_digests': 'cc0de4109b6e617be8e5592d5e11733abe4fa624ba64edd64a7af7ec20846bdb',
  '0020_regional_rates': '4e3494b7aa7db768f50dc6d318f2f76d9368e8a90d5fe402ffaafdf6954e61af',
  '0021_counted_time': '38534fe7a55b690d5632e431cb23ce012d98ef2031d6527a7f652f0dd7107596',
};

describe('migrations', () => {
  it('are frozen: existing ledgers were created from exactly these', () => {
    const found = readMigrations().map(({ name, digest }) => [name, digest]);
    expect(
      Object.fromEntries(found),
      'never edit a migration that has landed: write the next one and add its digest here',
    ).toEqual(FROZEN);
  });

  it('are numbered without a gap', () => {
    const numbers = readMigrations().map(({ name }) => Number(name.slice(0, 4)));
    expect(numbers).toEqual(numbers.map((_, at) => at + 1));
  });

  it('create the schema of the golden file', async () => {
    const { path } = await scratchLedger();
    const rows = rawDatabase(path)
      .prepare(`SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name`)
      .pluck()
      .all();
    expectGolden('schema.sql', rows.map((sql) => `${String(sql)};\n`).join('\n'));
  });

  it('mark the file as a ledger and store their count in its header', async () => {
    const { path } = await scratchLedger();
    const db = rawDatabase(path);
    expect(db.pragma('application_id', { simple: true })).toBe(0x5243484b);
    expect(db.pragma('user_version', { simple: true })).toBe(readMigrations().length);
  });

  it('create strict tables with foreign keys', async () => {
    const { path } = await scratchLedger();
    const db = rawDatabase(path);
    const tables = db.pragma('table_list') as { name: string; type: string; strict: number }[];
    const loose = tables.filter(({ name, type, strict }) => {
      return type === 'table' && !name.startsWith('sqlite_') && strict === 0;
    });
    expect(loose).toEqual([]);
    expect(db.pragma('foreign_key_check')).toEqual([]);
  });
});

describe('opening a ledger again', () => {
  it('writes nothing when everything is up to date', async () => {
    const path = join(await scratchFolder(), 'rentcheck.db');
    await (await openLedger(path, { clock: settableClock(1) })).close();
    const holdsNothing = rawDatabase(path);
    const version = () => holdsNothing.pragma('data_version', { simple: true });
    const before = version();
    await (await openLedger(path, { clock: settableClock(2) })).close();
    expect(version()).toBe(before);
  });

  it('repairs changed, missing and superfluous views', async () => {
    const path = join(await scratchFolder(), 'rentcheck.db');
    const clock = settableClock(1);
    await (await openLedger(path, { clock })).close();
    const db = rawDatabase(path);
    db.exec(`
      UPDATE ledger_view SET digest = 'old' WHERE name = 'spend_by_day';
      DROP VIEW usage_by_day;
      UPDATE ledger_view SET digest = 'old' WHERE name = 'usage_by_day';
      CREATE VIEW gone_by_now AS SELECT 1 AS x;
      INSERT INTO ledger_view VALUES ('gone_by_now', 'd', 'One row per nothing.', 1);`);
    const ledger = await openLedger(path, { clock });
    expect((await ledger.query('SELECT * FROM usage_by_day')).rows).toEqual([]);
    await expect(ledger.query('SELECT * FROM gone_by_now')).rejects.toThrow('no such table');
    expect((await ledger.views()).map(({ name }) => name)).not.toContain('gone_by_now');
    await ledger.close();
  });
});

const MIRRORED = [audit, bill, delivery, price, provenance, usage, work]
  .flatMap((module) => Object.values(module))
  .filter((value): value is SQLiteTable => is(value, SQLiteTable));

interface ColumnInfo {
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  readonly pk: number;
}

describe("drizzle's schema", () => {
  it('mirrors every table', async () => {
    const { path } = await scratchLedger();
    const tables = rawDatabase(path)
      .prepare(`SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`)
      .pluck()
      .all();
    expect(MIRRORED.map(getTableName).sort()).toEqual(tables);
  });

  it.each(MIRRORED.map((table) => [getTableName(table), table] as const))(
    'of %s has its columns, types, keys and references',
    async (name, table) => {
      const { path } = await scratchLedger();
      const db = rawDatabase(path);
      const config = getTableConfig(table);
      const columns = db.pragma(`table_info(${name})`) as ColumnInfo[];
      const composite = config.primaryKeys[0]?.columns.map((column) => column.name) ?? [];
      const own = config.columns.filter((column) => column.primary).map((column) => column.name);
      const key = [...own, ...composite];
      const rowId = (column: string) => own.includes(column) && composite.length === 0;
      expect(
        config.columns.map((column) => ({
          name: column.name,
          type: column.getSQLType().toUpperCase(),
          // SQLite does not report a row id as NOT NULL, although it never is null.
          notnull: Number(column.notNull && !(rowId(column.name) && column.dataType === 'custom')),
          pk: key.indexOf(column.name) + 1,
        })),
      ).toEqual(columns.map(({ name, type, notnull, pk }) => ({ name, type, notnull, pk })));
      const references = db.pragma(`foreign_key_list(${name})`) as {
        from: string;
        table: string;
      }[];
      const mirrored = config.foreignKeys.map((foreign) => {
        const { columns: from, foreignTable } = foreign.reference();
        return { from: from[0]?.name, table: getTableName(foreignTable) };
      });
      const byColumn = (a: { from: string | undefined }, b: { from: string | undefined }) =>
        String(a.from).localeCompare(String(b.from));
      expect(mirrored.sort(byColumn)).toEqual(
        references.map(({ from, table: to }) => ({ from, table: to })).sort(byColumn),
      );
    },
  );
});
