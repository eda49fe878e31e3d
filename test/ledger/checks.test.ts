/** The doctor finds a row that was changed outside the ledger, and names it. */

import { describe, expect, it } from 'vitest';
import { DAY_MS, period } from '../../src/domain/period.ts';
import { examineLedger } from '../../src/ledger/examine.ts';
import { digestAllFacts } from '../../src/ledger/checks/facts.ts';
import { nanoUsd } from '../../src/domain/money.ts';
import { LOG_INTERVAL_MS, type LoggedRequest } from '../../src/domain/usageFacts.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { settableClock } from '../../src/platform/clock.ts';
import {
  charge,
  fetched,
  usageHour,
  JULY,
  JULY_1,
  located,
  NOW,
  price,
  rawDatabase,
  scratchLedger,
  snapshot,
} from './ledgerFixture.ts';
import type { LedgerFault } from '../../src/ledger/checks/check.ts';
import { ledgerWrongText } from '../../src/report/copy/ledgerFindings.ts';

const withText = <Fault extends LedgerFault>({ wrong, ...fault }: Fault) => ({
  ...fault,
  says: ledgerWrongText(wrong),
});

/** A day's charge of $10.00, a two-day charge of $3.00, and one that a later answer withdrew. */
async function billed() {
  const scratch = await scratchLedger();
  const twoDays = period(JULY_1, JULY_1 + 2 * DAY_MS);
  const charges = located(
    charge('pod/a', 10_000_000),
    charge('pod/b', 3_000_000, { period: twoDays }),
    charge('pod/c', 1_000_000),
  );
  const completeFor = { keyPrefix: 'pod/', window: period(JULY_1, JULY_1 + 2 * DAY_MS) };
  await scratch.ledger.facts.append(fetched({ charges }), JULY_1);
  const fewer = fetched({ charges: charges.slice(0, 2), completeFor });
  await scratch.ledger.facts.append(fewer, JULY_1 + 1);
  return scratch;
}

describe('the days of charges', () => {
  it('are sound when nothing was changed', async () => {
    const { path } = await billed();
    expect(examineLedger(path).faults).toEqual([]);
  });

  it.each([
    [
      'UPDATE charge_day SET billed_nano_usd = 9000000000 WHERE charge_ref = 1',
      'pod/a',
      'the day has $9.000000000, but the charge gives it $10.000000000',
    ],
    [
      'DELETE FROM charge_day WHERE charge_ref = 2 AND day_ms > 1782864000000',
      'pod/b',
      'the day is missing, but the charge gives it $1.500000000',
    ],
    [
      'INSERT INTO charge_day VALUES (1783036800000, 2, 5)',
      'pod/b',
      'the day has $0.000000005, but the charge bills nothing on that day',
    ],
    [
      'INSERT INTO charge_day VALUES (1782864000000, 4, 7)',
      'pod/c',
      'the day has $0.000000007, but the charge bills nothing on that day',
    ],
  ])('name the row after %s', async (sql, key, says) => {
    const { path } = await billed();
    rawDatabase(path).exec(sql);
    const { faults } = examineLedger(path);
    const ofDays = faults.filter(({ table }) => table === 'charge_day').map(withText);
    expect(ofDays).toHaveLength(1);
    expect(ofDays[0]).toMatchObject({ says, hasMore: false });
    expect(ofDays[0]?.key).toContain(`charge "${key}" of runpod`);
    expect(ofDays[0]?.fetch?.kind).toBe('runpod.billing.pods');
  });

  it('are listed five at a time', async () => {
    const { ledger, path } = await scratchLedger();
    const charges = located(...['a', 'b', 'c', 'd', 'e', 'f'].map((key) => charge(key, 1)));
    await ledger.facts.append(fetched({ charges }), JULY_1);
    rawDatabase(path).exec('UPDATE charge_day SET billed_nano_usd = 2');
    const ofDays = examineLedger(path).faults.filter(({ table }) => table === 'charge_day');
    expect(ofDays.map(({ hasMore }) => hasMore)).toEqual([true, true, true, true, true]);
  });
});

describe('the digests of what fetches brought', () => {
  /** A ledger with facts of each kind, from two fetches and a restatement. */
  async function filled() {
    const scratch = await scratchLedger();
    const { ledger } = scratch;
    const more = {
      usage: located(usageHour(0), usageHour(1), usageHour(2)),
      prices: located(price('a', 200_000), price('b', 300_000)),
      priceSnapshots: located(snapshot(JULY_1 + 5, { c: 100_000 })),
      ops: located({ sourceId: 'import', key: 'k', dayMs: JULY_1, workedMs: 3_600_000 }),
    };
    await ledger.facts.append(fetched({ charges: located(charge('pod/a', 5)), ...more }), JULY_1);
    await ledger.facts.append(fetched({ charges: located(charge('pod/a', 6)) }), JULY_1 + 9);
    const totals = { window: JULY, billedNanoUsd: nanoUsd(9n) };
    await ledger.facts.append(
      fetched({ statedTotal: totals, usage: located(usageHour(3)) }),
      JULY_1 + 10,
    );
    return scratch;
  }

  /** A changed interval no longer matches its day either, which is reported too. */
  const faultsOf = (path: string) =>
    examineLedger(path)
      .faults.filter(({ table }) => !table.endsWith('_day'))
      .map(withText);

  it('match when nothing was changed', async () => {
    const { path } = await filled();
    expect(examineLedger(path).faults).toEqual([]);
  });

  it.each([
    [
      'UPDATE usage SET output_tokens = 0 WHERE start_ms = 1782867600000',
      'usage',
      1,
      'deployment chat-70b, source prom, start_ms 2026-07-01T01:00:00Z, version 1',
    ],
    [
      "UPDATE hosted_price SET input_nano_usd_per_mtok = NULL WHERE host = 'b'",
      'hosted_price',
      1,
      'source_id router, model llama, host b, quantization fp8, ' +
        'valid_from_ms 2026-07-01T00:00:00Z, version 1',
    ],
    [
      'UPDATE charge SET recorded_at_ms = 7 WHERE version = 2',
      'charge',
      2,
      'source_id runpod, charge_key pod/a, version 2',
    ],
    [
      "UPDATE ops_entry SET deployment = 'chat-70b'",
      'ops_entry',
      1,
      'source_id import, entry_key k, version 1',
    ],
    ['UPDATE stated_total SET billed_nano_usd = 8', 'stated_total', 3, 'fetch_ref 3'],
    [
      'UPDATE price_snapshot SET position = 8',
      'price_snapshot',
      1,
      'source_id router, model llama, taken_at_ms 2026-07-01T00:00:00.005Z',
    ],
  ])('name the row after %s', async (...row) => {
    const [sql, table, fetchRef, key] = row;
    const { path } = await filled();
    rawDatabase(path).exec(sql);
    const says = 'the row differs from what the fetch stored';
    expect(faultsOf(path)).toMatchObject([{ table, key, fetchRef, says }]);
  });

  it('name a row that no fetch brought, and count missing rows', async () => {
    const { path } = await filled();
    const db = rawDatabase(path);
    db.exec(`INSERT INTO usage SELECT series_ref, start_ms + 36000000, version, end_ms + 36000000,
      100, 0, 100, 1, 1, 1, 0, 0, recorded_at_ms, fetch_ref, 9, NULL, NULL
      FROM usage WHERE fetch_ref = 3`);
    expect(faultsOf(path)).toMatchObject([
      {
        table: 'usage',
        fetchRef: 3,
        says: 'no fetch stored this row',
        key: 'deployment chat-70b, source prom, start_ms 2026-07-01T13:00:00Z, version 1',
      },
    ]);
    db.exec('DELETE FROM usage WHERE fetch_ref = 3');
    expect(faultsOf(path)).toMatchObject([
      { table: 'usage', key: 'rows of fetch 3', says: '1 row missing' },
    ]);
  });

  it('do not match after usage moved to another deployment', async () => {
    const { path } = await filled();
    rawDatabase(path).exec("UPDATE usage_series SET deployment = 'other'");
    const { faults } = examineLedger(path);
    expect(faults.map(({ table, fetchRef }) => [table, fetchRef])).toEqual([
      ['usage', 1],
      ['usage', 3],
    ]);
  });

  it('detect a change in the last nano-dollar of a charge beyond 2^53', async () => {
    const { ledger, path } = await scratchLedger();
    const billed = nanoUsd(9_007_199_254_740_993n);
    await ledger.facts.append(fetched({ charges: located(charge('big', 0, { billed })) }), JULY_1);
    expect(examineLedger(path).faults).toEqual([]);
    const db = rawDatabase(path);
    db.exec('UPDATE charge SET billed_nano_usd = 9007199254740992');
    db.exec('UPDATE charge_day SET billed_nano_usd = 9007199254740992');
    const spend = { table: 'spend_day' };
    expect(examineLedger(path).faults).toMatchObject([{ table: 'charge' }, spend]);
  });

  it('are written by the migration for older facts', async () => {
    const { path } = await filled();
    const db = rawDatabase(path);
    const before = db.prepare('SELECT * FROM fact_digest').all();
    db.exec('DELETE FROM fact_digest');
    db.transaction(() => digestAllFacts(db))();
    expect(db.prepare('SELECT * FROM fact_digest').all()).toEqual(before);
  });

  it('are written for access log requests that were imported before digests existed', async () => {
    const { ledger, path } = await scratchLedger();
    const start = { kind: 'import.requests', url: 'file:a.jsonl', startedAtMs: JULY_1 };
    const session = await ledger.facts.beginImport({ sourceId: 'import', ...start });
    const request: LoggedRequest = {
      sourceId: 'import',
      deployment: 'chat-70b',
      period: period(JULY_1, JULY_1 + LOG_INTERVAL_MS),
      id: '00ff80c3a9fffe7f',
      outcome: 'answered',
      isTraced: false,
      promptTokens: 5,
      outputTokens: 1,
    };
    await session.append({ requests: located(request) });
    await session.finish({ digest: 'a', endedAtMs: JULY_1 });
    await ledger.close();
    const db = rawDatabase(path);
    const digests = () =>
      db.prepare("SELECT * FROM fact_digest WHERE fact_table = 'request_batch'").all();
    const before = digests();
    expect(before).toHaveLength(1);
    db.exec("DELETE FROM fact_digest WHERE fact_table = 'request_batch'");
    expect(examineLedger(path).faults).toMatchObject([{ table: 'request_batch' }]);
    db.exec("DELETE FROM migration WHERE name = '0019_request_digests'");
    await (await openLedger(path, { clock: settableClock(NOW) })).close();
    expect(digests()).toEqual(before);
    expect(examineLedger(path).faults).toEqual([]);
  });

  it('keep nothing of a failed write', async () => {
    const { ledger, path } = await filled();
    const sql = "CREATE TRIGGER no BEFORE INSERT ON ops_entry BEGIN SELECT RAISE(FAIL, 'no'); END";
    const db = rawDatabase(path);
    db.exec(sql);
    const ops = located({ sourceId: 'import', key: 'l', dayMs: JULY_1, workedMs: 1 });
    await expect(
      ledger.facts.append(fetched({ usage: located(usageHour(7)), ops }), JULY_1 + 20),
    ).rejects.toThrow('no');
    db.exec('DROP TRIGGER no');
    await ledger.facts.append(fetched({ usage: located(usageHour(8)) }), JULY_1 + 21);
    expect(examineLedger(path).faults).toEqual([]);
  });
});
