/** Tests the invoice, the other amounts and the basis of a row of charges. */

import { expect, test } from 'vitest';
import { readImportText } from './readImportText.ts';

const COLUMNS = 'resource_id,category,start,end,billed_cost,currency';
const ROW = 'pod-7,compute,2026-07-01,2026-07-02,36,USD';

async function read(more: Readonly<Record<string, string>>, id = '') {
  const names = ['id', COLUMNS, ...Object.keys(more)].join(',');
  const { facts, rejects } = await readImportText(
    'charges',
    `${names}\n${[id, ROW, ...Object.values(more)].join(',')}\n`,
  );
  const [fact] = facts.charges.map((each) => each.fact);
  return { fact, rejects: rejects.map(({ reason }) => reason) };
}

test('list and effective cost, invoice and basis are facts and not tags', async () => {
  const { fact } = await read({
    list_cost: '40.5',
    effective_cost: '30',
    invoice_id: 'INV-7',
    invoice_issued: '2026-08-03',
    basis: 'Negotiated',
  });
  expect(fact).toMatchObject({
    list: 40_500_000_000n,
    effective: 30_000_000_000n,
    invoice: { id: 'INV-7', issuedMs: Date.UTC(2026, 7, 3) },
    basis: 'negotiated',
  });
  expect(fact).not.toHaveProperty('tags');
});

test('left empty, they are unknown and the charge is billed', async () => {
  const { fact } = await read({ list_cost: '', invoice_id: '', invoice_issued: '', basis: '' });
  expect(fact).not.toHaveProperty('list');
  expect(fact).not.toHaveProperty('invoice');
  expect(fact?.basis).toBe('billed');
});

test.each([
  [
    { basis: 'estimated' },
    'basis is "estimated"; expected billed, list, negotiated or uptime; leave it empty if ' +
      'the provider billed it',
  ],
  [
    { invoice_id: '', invoice_issued: '2026-08-03' },
    'invoice_id is empty; expected the number of the issued invoice; fill it in, or clear ' +
      'invoice_issued',
  ],
])('%o is refused', async (more, reason) => {
  expect((await read(more)).rejects).toEqual([reason]);
});

test('a line without an id is the same line once its invoice is known', async () => {
  const late = await read({ invoice_id: 'INV-7', list_cost: '40' });
  expect(late.fact?.key).toBe((await read({})).fact?.key);
});

test('two lines of one id that name two invoices contradict each other', async () => {
  const rows = ['INV-7', 'INV-8'].map((invoice) => `x,${ROW},${invoice}`);
  const { facts, rejects } = await readImportText(
    'charges',
    `id,${COLUMNS},invoice_id\n${rows.join('\n')}\n`,
  );
  expect(facts.charges).toHaveLength(1);
  expect(rejects.map(({ reason }) => reason)).toEqual([
    'conflicts with line 2, which has the same key and other values; keep one of the two',
  ]);
});
