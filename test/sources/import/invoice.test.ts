/** Tests the invoice file: what identifies a line, and why a row is refused. */

import { expect, test } from 'vitest';
import { exact } from '../../../src/domain/exact.ts';
import { readImportText } from './readImportText.ts';

const HEADER = 'invoice_id,line_id,issued,start,end,amount,currency,resource_id,category';
const file = (...rows: readonly string[]) => `${[HEADER, ...rows].join('\n')}\n`;
const JULY = '2026-07-01,2026-08-01';

async function keys(...rows: readonly string[]) {
  const { facts, rejects } = await readImportText('invoice', file(...rows));
  expect(rejects).toEqual([]);
  return facts.invoice.map(({ fact }) => fact.key);
}

test('a line is read with all its fields', async () => {
  const { facts } = await readImportText(
    'invoice',
    file(`INV-7,1,2026-08-03,${JULY},-3.5,usd,pod-1,Networking`),
  );
  expect(facts.invoice[0]?.fact).toEqual({
    sourceId: 'import',
    key: '["INV-7","1"]',
    invoiceId: 'INV-7',
    issuedMs: Date.UTC(2026, 7, 3),
    period: { startMs: Date.UTC(2026, 6, 1), endMs: Date.UTC(2026, 7, 1) },
    amount: -3_500_000_000n,
    resourceId: 'pod-1',
    category: 'network',
  });
});

test('an amount in another currency is kept as it is', async () => {
  const row = (amount: string) => `INV-7,1,,${JULY},${amount},eur,,`;
  const { facts, rejects } = await readImportText('invoice', file(row('-12.345'), row('12.345')));
  const amount = { currency: 'EUR', amount: exact(-12_345n, 1000n) };
  expect(facts.invoice.map(({ fact }) => fact)).toEqual([expect.objectContaining({ amount })]);
  expect(rejects[0]?.reason).toContain('conflicts with line 2');
});

test('without a line_id the amount identifies no line: a correction restates it', async () => {
  const [was] = await keys(`INV-7,,,${JULY},10,USD,pod-1,compute`);
  const [now] = await keys(`INV-7,,,${JULY},11,USD,pod-1,compute`);
  expect(now).toBe(was);
});

test('two identical lines are two, with the same amount or not', async () => {
  const row = (amount: string) => `INV-7,,,${JULY},${amount},USD,,`;
  const [first, second, third] = await keys(row('10'), row('10'), row('12'));
  expect(new Set([first, second, third]).size).toBe(3);
  expect(second).toBe(`${first}#2`);
});

test('a line with a known line_id and another amount is rejected', async () => {
  const row = (amount: string) => `INV-7,1,,${JULY},${amount},USD,,`;
  const { facts, rejects } = await readImportText('invoice', file(row('10'), row('11')));
  expect(facts.invoice).toHaveLength(1);
  expect(rejects[0]?.reason).toContain('conflicts with line 2');
});

test.each([
  ['no currency', `INV-7,,,${JULY},10,Euro,,`, 'expected an ISO 4217 currency code'],
  ['too much', `INV-7,,,${JULY},1000000000000,JPY,,`, 'less than a trillion JPY'],
  ['an unknown category', `INV-7,,,${JULY},10,USD,,gpus`, 'leave it empty if the invoice'],
  ['no amount', `INV-7,,,${JULY},,USD,,`, 'expected US dollars'],
  ['an end before its start', 'INV-7,,,2026-08-01,2026-07-01,10,USD,,', 'expected a time after'],
  ['a date of issue that is none', `INV-7,,soon,${JULY},10,USD,,`, 'expected an ISO 8601 time'],
  ['no number', `,,,${JULY},10,USD,,`, 'invoice_id is empty'],
])('%s is rejected with what to do', async (_, row, reason) => {
  const { facts, rejects } = await readImportText('invoice', file(row));
  expect(facts.invoice).toEqual([]);
  expect(rejects[0]?.reason).toContain(reason);
});
