/** Reads the published FOCUS samples, and compares our columns with the published ones. */

import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { FOCUS_COLUMNS } from '../../src/domain/focus.ts';
import { decimal } from '../../src/domain/exact.ts';
import { sumNano } from '../../src/domain/money.ts';
import { readImportText } from '../sources/import/readImportText.ts';

const FOCUS = new URL('../../../shared/reference/focus/', import.meta.url);

function rowsOf(file: string): Record<string, string>[] {
  return parse(readFileSync(new URL(file, FOCUS)), { columns: true });
}

/** A decimal in whole nano-dollars, half to even, by its digits alone. */
function nano(text: string): bigint {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d*)\.?(\d*)$/.exec(text) ?? [];
  const digits = fraction.padEnd(9, '0');
  const kept = BigInt(`${whole || '0'}${digits.slice(0, 9)}`);
  const rest = digits.slice(9).replace(/0+$/, '');
  const isUp = rest > '5' || (rest === '5' && kept % 2n === 1n);
  return (isUp ? kept + 1n : kept) * (sign === '-' ? -1n : 1n);
}

describe('the published FOCUS', () => {
  it('has every column that we read from a bill, in one of its versions', () => {
    const published = new Set(rowsOf('columns.csv').map((row) => row['column_id']));
    // In FOCUS 1.0 to 1.3; renamed since.
    for (const name of ['ProviderName', 'PublisherName']) published.add(name);
    expect(FOCUS_COLUMNS.filter((name) => !published.has(name))).toEqual([]);
  });

  it('gives a thousand real rows of four clouds, to the nano-dollar', async () => {
    const file = 'focus_1.0_sample_1000rows.csv';
    const { facts, rejects } = await readImportText('focus', readFileSync(new URL(file, FOCUS)));
    expect(rejects).toEqual([]);
    expect(facts.charges).toHaveLength(1_000);
    expect(new Set(facts.charges.map(({ fact }) => fact.key)).size).toBe(1_000);
    const billed = sumNano(facts.charges.map(({ fact }) => fact.billed));
    const wanted = rowsOf(file).reduce((sum, row) => sum + nano(row['BilledCost'] ?? ''), 0n);
    expect(billed).toBe(wanted);
  });

  it.each(readdirSync(new URL('ai_examples/', FOCUS)))(
    'gives tokens as bought from a provider (%s)',
    async (file) => {
      const content = readFileSync(new URL(`ai_examples/${file}`, FOCUS));
      const { facts, rejects } = await readImportText('focus', content);
      expect(rejects).toEqual([]);
      const rows = rowsOf(`ai_examples/${file}`);
      expect(facts.charges).toHaveLength(rows.length);
      for (const [at, { fact }] of facts.charges.entries()) {
        const isTokens = rows[at]?.['ChargeCategory'] === 'Usage';
        expect(fact.category).toBe(isTokens ? 'hosted' : 'commitment');
        if (!isTokens) continue;
        // The samples count single tokens: nothing is multiplied.
        const quantity = decimal(rows[at]?.['ConsumedQuantity'] ?? '');
        expect([fact.quantity, fact.unit]).toEqual([quantity, rows[at]?.['ConsumedUnit']]);
      }
    },
  );

  it('draws down a prepaid commitment: billed once, effective where it is used', async () => {
    const file = 'ai_examples/drawdown_via_prepayment_frontier_model_api.csv';
    const { facts } = await readImportText('focus', readFileSync(new URL(file, FOCUS)));
    const charges = facts.charges.map(({ fact }) => fact);
    const bought = charges.filter(({ commitment }) => commitment?.status === 'purchase');
    const used = charges.filter(({ commitment }) => commitment?.status === 'used');
    expect(bought.length).toBeGreaterThan(0);
    expect(used.length).toBeGreaterThan(0);
    for (const charge of bought) expect(charge).toMatchObject({ effective: 0n });
    for (const charge of used) expect(charge).toMatchObject({ billed: 0n });
    const ids = new Set(charges.map(({ commitment }) => commitment?.id));
    expect(ids.size).toBe(1);
  });
});
