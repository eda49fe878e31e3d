/** Tests bills with other columns: dates, numbers, units and periods as invoices have them. */

import { expect, test } from 'vitest';
import type { ImportMapping } from '../../../src/domain/fileMapping.ts';
import { readImportText } from './readImportText.ts';

const BASE: ImportMapping = {
  columns: { resource_id: 'Item', billed_cost: 'Amount', day: 'Date' },
  constants: { category: 'compute', currency: 'USD' },
  units: {},
  dates: 'YYYY-MM-DD',
  separator: ',',
  rows: {},
};

async function read(mapping: Partial<ImportMapping>, cells: Readonly<Record<string, string>>) {
  const all = { Item: 'pod', Amount: '1', Date: '2026-07-01', ...cells };
  const quoted = Object.values(all).map((cell) => `"${cell}"`);
  const text = `${Object.keys(all).join(',')}\n${quoted.join(',')}\n`;
  const { facts, rejects } = await readImportText('charges', text, {
    mapping: { ...BASE, ...mapping },
  });
  return { fact: facts.charges[0]?.fact, reason: rejects[0]?.reason };
}

test.each([
  ['YYYY-MM-DD', '2026-07-02', 2],
  ['YYYY-MM-DD', '2026-07-02T00:00:00Z', 2],
  ['DD/MM/YYYY', '02/07/2026', 2],
  ['MM/DD/YYYY', '7/2/2026', 2],
  ['DD.MM.YYYY', '2.7.2026', 2],
  ['D MMM YYYY', '2 July 2026', 2],
  ['MMM D, YYYY', 'Jul 2, 2026', 2],
  ['unix', '1782950400', 2],
  ['unix-ms', '1782950400000', 2],
] as const)('%s reads %s as the second of July', async (dates, cell, day) => {
  const { fact } = await read({ dates }, { Date: cell });
  const startMs = Date.UTC(2026, 6, day);
  expect(fact?.period).toEqual({ startMs, endMs: startMs + 86_400_000 });
});

test.each([
  ['DD/MM/YYYY', '31/02/2026'],
  ['DD/MM/YYYY', '07/13/2026'],
  ['MM/DD/YYYY', '13/07/2026'],
  ['D MMM YYYY', '2 Quintilis 2026'],
  ['unix', '2026-07-02x'],
] as const)('%s refuses %s', async (dates, cell) => {
  const { reason } = await read({ dates }, { Date: cell });
  expect(reason).toBe(
    `"Date" (day) is "${cell}"; expected a date as ${dates}; fix it, or imports in the config`,
  );
});

test.each([
  [undefined, '1234.5', '1234.5'],
  [undefined, '$12', '12'],
  ['.', '1,234.50', '1234.5'],
  ['.', '$1,234,567.25 USD', '1234567.25'],
  ['.', '($5.00)', '-5'],
  [',', '1.234,50 €', '1234.5'],
  [',', '-0,5', '-0.5'],
] as const)('with decimal %s, %s is %s', async (decimal, cell, dollars) => {
  const { fact } = await read(decimal === undefined ? {} : { decimal }, { Amount: cell });
  expect(fact?.billed).toBe(BigInt(Math.round(Number(dollars) * 1e9)));
});

test.each([
  [undefined, '1,234', "a plain decimal, or decimal: '.' or ',' under imports"],
  [undefined, '1.234,5', "a plain decimal, or decimal: '.' or ',' under imports"],
  ['.', '1.234,50', 'a number with decimals after "."'],
  ['.', '1,50', 'a number with decimals after "."'],
  [',', '1,234.50', 'a number with decimals after ","'],
  [',', '1.50', 'a number with decimals after ","'],
] as const)('with decimal %s, %s is rejected', async (decimal, cell, expected) => {
  const { reason } = await read(decimal === undefined ? {} : { decimal }, { Amount: cell });
  expect(reason).toContain(`"Amount" (billed_cost) is "${cell}"; expected ${expected}`);
});

test.each([
  ['2026-07', 6],
  ['07/2026', 6],
  ['July 2026', 6],
  ['Dec 2025', -1],
  ['2026-07-15', 6],
])('the month of %s is whole', async (cell, month) => {
  const columns = { resource_id: 'Item', billed_cost: 'Amount', month: 'Date' };
  const { fact } = await read({ columns }, { Date: cell });
  expect(fact?.period).toEqual({
    startMs: Date.UTC(2026, month, 1),
    endMs: Date.UTC(2026, month + 1, 1),
  });
});

test('cents become dollars, minutes hours, and an unnamed column a tag', async () => {
  const columns = { ...BASE.columns, quantity: 'Min' };
  const units = { billed_cost: 'cents', quantity: 'minutes' } as const;
  const { fact } = await read({ columns, units }, { Amount: '123.45', Min: '90', Team: 'ml' });
  expect(fact).toMatchObject({
    billed: 1_234_500_000n,
    quantity: { num: 3n, den: 2n },
    unit: 'Hours',
    tags: { Team: 'ml' },
  });
});

test('unselected rows are left out, and count for nothing', async () => {
  const text = 'Item,Amount,Date\ngpu-1,5,2026-07-01\nTotal,5,2026-07-01\n';
  const mapping = { ...BASE, rows: { Item: 'gpu-*' } };
  const { facts, rejects } = await readImportText('charges', text, { mapping });
  expect(facts.charges.map(({ fact }) => fact.resourceId)).toEqual(['gpu-1']);
  expect(rejects).toEqual([]);
});

test('a column that the file lacks is named', async () => {
  const mapping = { ...BASE, columns: { ...BASE.columns, quantity: 'Hours' } };
  const run = readImportText('charges', 'Item,Amount,Date\na,1,2026-07-01\n', { mapping });
  await expect(run).rejects.toThrow('f.csv has no column "Hours"');
});
