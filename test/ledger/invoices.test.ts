/** Invoices are stored like every fact, and read together with the charges of the same time. */

import { expect, it } from 'vitest';
import type { InvoiceLine } from '../../src/domain/invoice.ts';
import { nanoUsd } from '../../src/domain/money.ts';
import { DAY_MS, HOUR_MS, period } from '../../src/domain/period.ts';
import type { Undone } from '../../src/ledger/imports.ts';
import { examineLedger } from '../../src/ledger/examine.ts';
import {
  charge,
  fetched,
  JULY,
  JULY_1,
  located,
  NOW,
  rawDatabase,
  scratchLedger,
} from './ledgerFixture.ts';
import { pullWarningSentences } from '../support/factSentences.ts';

const AUGUST_1 = JULY.endMs;
const QUARTER = period(JULY_1, Date.UTC(2026, 9, 1));
const MICRO = 1_000n;

function line(key: string, usdMicro: number, overrides: Partial<InvoiceLine> = {}): InvoiceLine {
  return {
    sourceId: 'runpod',
    key,
    invoiceId: 'INV-7',
    period: JULY,
    amount: nanoUsd(BigInt(usdMicro) * MICRO),
    ...overrides,
  };
}

async function stage() {
  const { ledger, path, clock } = await scratchLedger();
  return {
    ledger,
    path,
    clock,
    take: async (digest: string, ...lines: readonly InvoiceLine[]) => {
      clock.set(clock.nowMs() + 1);
      const start = { kind: 'import.invoice', url: `file:${digest}`, startedAtMs: JULY_1 };
      const session = await ledger.facts.beginImport({ sourceId: 'runpod', ...start });
      await session.append({ invoice: located(...lines) });
      return session.finish({ digest, endedAtMs: JULY_1 });
    },
    charged: async (...charges: readonly ReturnType<typeof charge>[]) => {
      await ledger.facts.append(fetched({ charges: located(...charges) }), clock.nowMs());
    },
    invoiced: async (asOfMs = NOW) =>
      (await ledger.facts.invoicedMonths(QUARTER, asOfMs)).map(({ invoiced, held, invoices }) => [
        invoices,
        invoiced.map(({ nanoUsd: nano }) => Number(nano / MICRO)),
        held.map(({ nanoUsd: nano }) => Number(nano / MICRO)),
      ]),
  };
}

it('an invoice is no spend; it can be restated, undone and read as of a time', async () => {
  const { ledger, path, clock, take, invoiced } = await stage();
  const first = await take('first', line('a', 100));
  const before = clock.nowMs();
  const second = await take('second', line('a', 90));
  expect([first.added, second.restated]).toEqual([1, 1]);
  expect(second.restatements[0]).toMatchObject({
    fact: 'invoice',
    name: { invoice_id: 'INV-7' },
    changes: [{ column: 'amount', was: '0.0001', now: '0.00009' }],
  });
  // An invoice line is not counted as a changed charge.
  expect(second).not.toHaveProperty('restatedCharges');
  expect(await invoiced()).toEqual([[['INV-7'], [90], []]]);
  expect(await invoiced(before)).toEqual([[['INV-7'], [100], []]]);
  const undone = (await ledger.facts.undoImport(second.fetchRef, clock.nowMs() + 1)) as Undone;
  expect(undone).toMatchObject({ kind: 'undone', restored: 1 });
  expect(undone).not.toHaveProperty('changedCharges');
  expect(await invoiced()).toEqual([[['INV-7'], [100], []]]);
  await ledger.facts.undoImport(first.fetchRef, clock.nowMs() + 2);
  expect(await invoiced()).toEqual([]);
  expect((await ledger.query('SELECT count(*) FROM charge')).rows).toEqual([[0]]);
  expect(examineLedger(path).faults).toEqual([]);
});

it('lines that a later file of the invoice omits are reported, with what to do', async () => {
  const { take, invoiced } = await stage();
  const other = { invoiceId: 'INV-8' };
  const disk = line('b', 20, { resourceId: 'disk', category: 'storage' });
  const first = await take('first', line('a', 100), disk, line('c', 3), line('d', 7, other));
  expect(first.warnings).toEqual([]);
  // The file changes either no line of the invoice or all of them.
  expect((await take('other', line('d', 8, other))).warnings).toEqual([]);
  const again = await take('same', line('a', 100), disk, line('c', 3));
  expect(again.warnings).toEqual([]);
  const corrected = await take('corrected', line('a', 100), line('e', 1));
  expect(pullWarningSentences(corrected.warnings)).toEqual([
    'Invoice "INV-7" has 2 known lines that this file lacks: "disk" storage, 2026-07-01 to ' +
      '2026-08-01 (line 1 of first, fetch 1) and 1 other. Their amounts still count. If this ' +
      'file is the whole invoice, run rentcheck import --undo 1.',
  ]);
  expect(await invoiced()).toEqual([[['INV-7', 'INV-8'], [100, 20, 3, 8, 1], []]]);
});

it('undoing the older file leaves the corrected invoice unchanged', async () => {
  const { ledger, clock, take, invoiced } = await stage();
  const first = await take('first', line('a', 100), line('b', 20));
  await take('corrected', line('a', 90));
  await ledger.facts.undoImport(first.fetchRef, clock.nowMs() + 1);
  expect(await invoiced()).toEqual([[['INV-7'], [90], []]]);
});

it('a line that another program changed is found', async () => {
  const { ledger, path, take } = await stage();
  await take('first', line('a', 100));
  await ledger.close();
  rawDatabase(path).exec('UPDATE invoice_line SET amount_nano_usd = 1');
  expect(examineLedger(path).faults.map(({ table }) => table)).toEqual(['invoice_line']);
});

it('charges are compared for the invoiced period, those across its bounds pro rata', async () => {
  const { take, charged, invoiced } = await stage();
  // July in Seattle runs from 07:00 to 07:00 UTC.
  const seattle = period(JULY_1 + 7 * HOUR_MS, AUGUST_1 + 7 * HOUR_MS);
  await take('july', line('a', 100, { period: seattle }));
  await charged(
    charge('pod/a/first', 24, { period: period(JULY_1, JULY_1 + DAY_MS) }),
    charge('pod/a/inside', 10, { period: period(JULY_1 + DAY_MS, JULY_1 + 2 * DAY_MS) }),
    charge('pod/a/last', 48, { period: period(AUGUST_1, AUGUST_1 + DAY_MS) }),
    charge('pod/a/later', 99, { period: period(AUGUST_1 + DAY_MS, AUGUST_1 + 2 * DAY_MS) }),
    charge('pod/a/long', 62, { period: period(JULY_1, AUGUST_1 + 31 * DAY_MS) }),
  );
  // 17/24 of 24, 10, 7/24 of 48, and 31 of 62 days at 62.
  expect(await invoiced()).toEqual([[['INV-7'], [100], [17 + 10 + 14 + 31]]]);
});

it('invoices of one month are one, and part of a month is compared for that part', async () => {
  const { take, charged, invoiced } = await stage();
  const half = period(JULY_1, JULY_1 + 15 * DAY_MS);
  await take('gpu', line('a', 100, { period: half }));
  await take('disk', line('b', 11, { period: half, invoiceId: 'INV-8' }));
  await take('note', line('c', -5, { period: half, invoiceId: 'CN-1' }));
  await charged(
    charge('pod/a/in', 90, { period: period(JULY_1 + DAY_MS, JULY_1 + 2 * DAY_MS) }),
    charge('pod/a/out', 70, { period: period(half.endMs, half.endMs + DAY_MS) }),
  );
  expect(await invoiced()).toEqual([[['CN-1', 'INV-7', 'INV-8'], [100, 11, -5], [90]]]);
});

it('taxes, credits and engineering time are on neither side', async () => {
  const { take, charged, invoiced } = await stage();
  await take(
    'july',
    line('a', 100, { category: 'compute' }),
    line('b', 19, { category: 'tax' }),
    line('c', -30, { category: 'credit' }),
  );
  await charged(
    charge('pod/a/1', 100),
    charge('pod/a/2', 19, { category: 'tax' }),
    charge('pod/a/3', -30, { category: 'credit' }),
    charge('pod/a/4', 7, { category: 'labor' }),
    charge('pod/a/5', 3, { category: 'hosted' }),
    charge('pod/a/6', 100, { sourceId: 'other' }),
  );
  expect(await invoiced()).toEqual([[['INV-7'], [100], [100, 3]]]);
});

it('estimates are kept apart, and a restated charge counts as it was known', async () => {
  const { ledger, take, charged, clock } = await stage();
  await take('july', line('a', 100));
  await charged(charge('pod/a/1', 40, { basis: 'uptime' }), charge('pod/a/2', 60));
  const before = clock.nowMs();
  clock.set(before + 10);
  await charged(charge('pod/a/2', 55));
  const heldAt = async (asOfMs: number) =>
    (await ledger.facts.invoicedMonths(QUARTER, asOfMs))[0]?.held.map((one) => [
      Number(one.nanoUsd / MICRO),
      Number(one.estimatedNanoUsd / MICRO),
    ]);
  expect(await heldAt(NOW)).toEqual([[95, 40]]);
  expect(await heldAt(before)).toEqual([[100, 40]]);
});

it('only invoices of the months of a window are read', async () => {
  const { ledger, take } = await stage();
  await take('june', line('a', 1, { period: period(Date.UTC(2026, 5, 1), JULY_1) }));
  await take('july', line('b', 2));
  await take('october', line('c', 3, { period: period(QUARTER.endMs, Date.UTC(2026, 10, 1)) }));
  const months = await ledger.facts.invoicedMonths(QUARTER, NOW);
  expect(months.map(({ monthMs }) => monthMs)).toEqual([JULY_1]);
});
