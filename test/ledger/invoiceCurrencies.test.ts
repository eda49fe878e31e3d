/** Invoices in other currencies: stored as invoiced, in dollars at the rate known at the time. */

import Sqlite from 'better-sqlite3';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { InvoiceLine } from '../../src/domain/invoice.ts';
import { decimal, exact } from '../../src/domain/exact.ts';
import { nanoUsd } from '../../src/domain/money.ts';
import { type Period, period } from '../../src/domain/period.ts';
import { examineLedger } from '../../src/ledger/examine.ts';
import { readMigrations } from '../../src/ledger/migration.ts';
import { JULY, JULY_1, located, NOW, rawDatabase, scratchLedger } from './ledgerFixture.ts';

const AUGUST_1 = JULY.endMs;
const AUGUST = period(AUGUST_1, Date.UTC(2026, 8, 1));
const QUARTER = period(JULY_1, Date.UTC(2026, 9, 1));

const euros = (key: string, cents: number, span: Period = JULY): InvoiceLine => ({
  sourceId: 'nebius',
  key,
  invoiceId: `INV-${span.startMs}`,
  period: span,
  amount: { currency: 'EUR', amount: exact(BigInt(cents), 100n) },
});

const rate = (usdPerUnit: string, monthMs = JULY_1) => ({
  sourceId: 'import',
  currency: 'EUR',
  monthMs,
  usdPerUnit: decimal(usdPerUnit),
});

async function stage() {
  const { ledger, path, clock } = await scratchLedger();
  const files = { count: 0 };
  const take = async (facts: Parameters<Awaited<ReturnType<typeof session>>['append']>[0]) => {
    const open = await session();
    const { warnings } = await open.append(facts);
    const digest = String((files.count += 1)).padStart(64, '0');
    return { ...(await open.finish({ digest, endedAtMs: clock.nowMs() })), warnings };
  };
  const session = () => {
    clock.set(clock.nowMs() + 10);
    const start = { sourceId: 'nebius', kind: 'import.invoice', url: 'file:i.csv' };
    return ledger.facts.beginImport({ ...start, startedAtMs: clock.nowMs() });
  };
  const invoiced = async (asOfMs = NOW) =>
    (await ledger.facts.invoicedMonths(QUARTER, asOfMs)).map(({ invoiced, waiting = [] }) => ({
      nano: invoiced.reduce((sum, one) => sum + one.nanoUsd, 0n),
      waits: waiting.map(({ rate: { currency, monthMs } }) => [currency, monthMs]),
    }));
  return { ledger, path, clock, take, invoiced };
}

it('an invoice line waits for its rate, and follows its restatement and undo', async () => {
  const { ledger, path, clock, take, invoiced } = await stage();
  const waits = { nano: 0n, waits: [['EUR', JULY_1]] };
  const { warnings, fetchRef } = await take({ invoice: located(euros('a', 10_000)) });
  expect(warnings).toEqual([
    { code: 'invoice-lines-without-rate', currency: 'EUR', month: '2026-07', lines: 1 },
  ]);
  expect(await invoiced()).toEqual([waits]);
  const beforeMs = clock.nowMs();
  await take({ exchangeRates: located(rate('1.0842')) });
  const firstMs = clock.nowMs();
  // 100.00 EUR at 1.0842 is $108.42.
  expect(await invoiced()).toEqual([{ nano: 108_420_000_000n, waits: [] }]);
  const second = await take({ exchangeRates: located(rate('1.1')) });
  expect(await invoiced()).toEqual([{ nano: 110_000_000_000n, waits: [] }]);
  expect(await invoiced(firstMs)).toEqual([{ nano: 108_420_000_000n, waits: [] }]);
  expect(await invoiced(beforeMs)).toEqual([waits]);
  await ledger.facts.undoImport(second.fetchRef, clock.nowMs() + 1);
  expect(await invoiced()).toEqual([{ nano: 108_420_000_000n, waits: [] }]);
  await ledger.facts.undoImport(fetchRef, clock.nowMs() + 2);
  expect(await invoiced()).toEqual([]);
  expect(await invoiced(firstMs)).toEqual([{ nano: 108_420_000_000n, waits: [] }]);
  expect(examineLedger(path).faults).toEqual([]);
});

it('a corrected invoice may use another currency', async () => {
  const { take, invoiced } = await stage();
  await take({ exchangeRates: located(rate('2')) });
  await take({ invoice: located(euros('a', 150)) });
  const result = await take({ invoice: located({ ...euros('a', 0), amount: nanoUsd(5n) }) });
  expect(result.restatements[0]).toMatchObject({
    changes: [
      { column: 'amount', was: '1.5', now: '0.000000005' },
      { column: 'currency', was: 'EUR', now: 'USD' },
    ],
  });
  expect(await invoiced()).toEqual([{ nano: 5n, waits: [] }]);
});

it('an amount that another program changed is found', async () => {
  const { ledger, path, take } = await stage();
  await take({ invoice: located(euros('a', 10_000)) });
  await ledger.close();
  rawDatabase(path).exec(`UPDATE invoice_line SET original_amount = '1'`);
  expect(examineLedger(path).faults.map(({ table }) => table)).toEqual(['invoice_line']);
});

it('each line has the rate of the month in which it ends, whichever arrives first', async () => {
  const line = fc.record({ cents: fc.integer({ min: -1e9, max: 1e9 }), isJuly: fc.boolean() });
  const rates = fc.tuple(fc.integer({ min: 1, max: 99_999 }), fc.integer({ min: 1, max: 99_999 }));
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1 }), rates, fc.boolean(), async (...drawn) => {
      const [lines, [july, august], ratesFirst] = drawn;
      const { take, invoiced } = await stage();
      const facts = located(
        rate(`0.${String(july).padStart(5, '0')}`),
        rate(`0.${String(august).padStart(5, '0')}`, AUGUST_1),
      );
      if (ratesFirst) await take({ exchangeRates: facts });
      const invoice = lines.map(({ cents, isJuly }, at) =>
        euros(String(at), cents, isJuly ? JULY : AUGUST),
      );
      await take({ invoice: located(...invoice) });
      if (!ratesFirst) await take({ exchangeRates: facts });
      // A cent at 0.00001 is a hundred nano-dollars, so every product is whole.
      const sum = lines.reduce(
        (all, { cents, isJuly }) => all + BigInt(cents) * BigInt(isJuly ? july : august) * 100n,
        0n,
      );
      const months = await invoiced();
      expect(months.flatMap(({ waits }) => waits)).toEqual([]);
      expect(months.reduce((all, { nano }) => all + nano, 0n)).toBe(sum);
    }),
    { numRuns: 15 },
  );
}, 60_000);

it('lines from before currencies were stored stay as they were', () => {
  const db = new Sqlite(':memory:');
  db.exec('CREATE TABLE fetch (fetch_ref INTEGER PRIMARY KEY); INSERT INTO fetch VALUES (1)');
  const sql = (name: string) => readMigrations().find((one) => one.name === name)?.sql ?? '';
  db.exec(sql('0010_invoices'));
  db.exec(`INSERT INTO invoice_line VALUES
    ('s', 'a', 1, 'INV', 5, 1, 2, 9007199254740993, 'pod', 'compute', 0, 7, 1, 2, NULL),
    ('s', 'a', 2, 'INV', NULL, 1, 3, -4, NULL, NULL, 1, 8, 1, -1, 1)`);
  const rows = () => db.prepare('SELECT * FROM invoice_line').safeIntegers(true).all() as object[];
  const before = rows();
  db.exec(sql('0012_invoice_currency'));
  const none = { original_currency: null, original_amount: null };
  expect(rows()).toEqual(before.map((row) => ({ ...row, ...none })));
  expect(() => db.exec(`UPDATE invoice_line SET original_currency = 'EUR'`)).toThrow('CHECK');
});
