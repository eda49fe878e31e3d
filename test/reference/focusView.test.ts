/** Checks that our FOCUS view uses the published column names, and has every mandatory column. */

import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { charge, fetched, JULY_1, located, scratchLedger } from '../ledger/ledgerFixture.ts';

interface FocusColumn {
  readonly dataset: string;
  readonly column_id: string;
  readonly feature_level: string;
  readonly allows_nulls: string;
  readonly spec_version: string;
}

const file = new URL('../../../shared/reference/focus/columns.csv', import.meta.url);
const columns = (parse(readFileSync(file), { columns: true }) as unknown as FocusColumn[]).filter(
  ({ dataset, spec_version }) => dataset === 'CostAndUsage' && spec_version === '1.4',
);

describe('focus_cost_and_usage', () => {
  it('has columns of FOCUS 1.4 and our own, which begin with x_', async () => {
    const { ledger } = await scratchLedger();
    const published = new Set(columns.map(({ column_id }) => column_id));
    expect(published.size).toBe(65);
    const ours = (await ledger.query('SELECT * FROM focus_cost_and_usage')).columns;
    expect(ours.filter((name) => !published.has(name) && !name.startsWith('x_'))).toEqual([]);
  });

  it('has every mandatory column, without nulls where none are allowed', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(fetched({ charges: located(charge('pod/a', 5)) }), JULY_1);
    const { columns: ours, rows } = await ledger.query('SELECT * FROM focus_cost_and_usage');
    const mandatory = columns.filter(({ feature_level }) => feature_level === 'Mandatory');
    expect(mandatory.map(({ column_id }) => column_id)).toSatisfy((names: string[]) =>
      names.every((name) => ours.includes(name)),
    );
    const empty = mandatory
      .filter(({ allows_nulls }) => allows_nulls === 'False')
      .filter(({ column_id }) => rows[0]?.[ours.indexOf(column_id)] === null);
    expect(empty).toEqual([]);
  });
});
