/** The views that users rely on: their names, columns, grains, and sums. */

import { describe, expect, it } from 'vitest';
import { exact } from '../../src/domain/exact.ts';
import { nanoUsd, sumNano } from '../../src/domain/money.ts';
import { DAY_MS, HOUR_MS, period } from '../../src/domain/period.ts';
import {
  charge,
  EVER,
  fetched,
  usageHour,
  JULY_1,
  located,
  NOW,
  scratchLedger,
} from './ledgerFixture.ts';

/** Columns that may never be removed. A view may have more. */
const PROMISED: Readonly<Record<string, readonly string[]>> = {
  spend_by_day: [
    'day',
    'source',
    'resource_id',
    'resource_name',
    'category',
    'pricing_class',
    'spend_usd',
    'spend_micro_usd',
    'spend_nano_usd',
  ],
  usage_by_day: [
    'day',
    'deployment',
    'source',
    'prompt_tokens',
    'cached_tokens',
    'output_tokens',
    'tokens',
    'requests',
    'busy_hours',
    'replica_hours',
  ],
  effective_cost_by_day: [
    'day',
    'deployment',
    'spend_usd',
    'spend_micro_usd',
    'tokens',
    'usd_per_mtok',
    'utilization',
    'coverage',
    'run_id',
  ],
  commitment_by_month: ['month', 'source', 'commitment_id', 'used_usd', 'unused_usd'],
  cost_by_resource_and_month: ['month', 'source', 'resource_id', 'billed_usd', 'effective_usd'],
  cost_by_tenant: [
    'day',
    'deployment',
    'tenant',
    'team',
    'adapter',
    'demand',
    'spend_usd',
    'tokens',
    'spend_nano_usd',
  ],
  latency_by_hour: ['hour', 'deployment', 'measure', 'p50_seconds', 'p95_seconds'],
  counterfactual_by_day: ['day', 'deployment', 'host', 'cost_usd', 'tokens'],
  hosted_price_history: ['valid_from', 'valid_to', 'model', 'host', 'quantization'],
  hosted_spend_by_day: ['day', 'source', 'model', 'tokens', 'spend_usd'],
  gpu_rate_by_region: ['valid_from', 'valid_to', 'provider', 'region', 'usd_per_gpu_hour'],
  gpu_rate_history: ['valid_from', 'valid_to', 'provider', 'gpu_type', 'usd_per_gpu_hour'],
  unattributed_spend: ['day', 'source', 'resource_id', 'spend_usd'],
  coverage_by_day: ['day', 'deployment', 'coverage'],
  audit_by_quarter: ['quarter', 'verdict', 'spend_usd', 'saving_usd', 'run_id'],
  audit_by_deployment: ['quarter', 'deployment', 'verdict', 'spend_usd', 'utilization'],
  option_by_deployment: ['quarter', 'deployment', 'option', 'cost_usd', 'saving_usd'],
  verdict_history: ['computed_at', 'quarter', 'deployment', 'verdict', 'run_id'],
  pull_history: [
    'source',
    'kind',
    'url',
    'window_start',
    'window_end',
    'status',
    'rows',
    'rejects',
    'failure',
    'digest',
    'bytes',
    'same_as',
    'undone_by',
  ],
  reconciliation: [
    'source',
    'month',
    'resource_id',
    'category',
    'class',
    'billed_usd',
    'held_usd',
    'month_class',
    'against',
    'run_id',
  ],
  restatement_history: ['fetch_ref', 'undo_ref', 'line', 'fact', 'name', 'unit', 'was', 'now'],
  delivery_history: ['delivered_at', 'edition', 'recipient', 'status', 'channel', 'role'],
  edition_by_quarter: ['quarter', 'edition', 'number', 'newest', 'corrects', 'digest', 'sent'],
  exchange_rate_by_month: ['currency', 'month', 'usd_per_unit', 'source'],
  focus_cost_and_usage: ['BilledCost', 'ChargePeriodStart', 'ChargePeriodEnd', 'ResourceId'],
};

describe('the views', () => {
  it.each(Object.entries(PROMISED))('%s has the columns it promises', async (name, columns) => {
    const { ledger } = await scratchLedger();
    const found = (await ledger.query(`SELECT * FROM ${name}`)).columns;
    expect(found).toEqual(expect.arrayContaining([...columns]));
    expect(new Set(found).size).toBe(found.length);
  });

  it('are listed with what one row of each is', async () => {
    const { ledger } = await scratchLedger();
    const views = await ledger.views();
    expect(views.map(({ name }) => name)).toEqual(
      [...Object.keys(PROMISED), 'audit_by_day'].sort(),
    );
    for (const { grain } of views) expect(grain).toMatch(/^One row per .+\.$/);
  });

  it('sum billed amounts to what the ledger passes to the economics', async () => {
    const { ledger } = await scratchLedger();
    const odd = period(JULY_1 + 5 * HOUR_MS, JULY_1 + 3 * DAY_MS + 7);
    const charges = located(
      charge('pod/a', 1_234_567, { period: odd, resourceName: 'old name' }),
      charge('pod/a/2', 77, { resourceId: 'a', resourceName: 'new name' }),
      charge('credit/x', -500, { category: 'credit' }),
      charge('pod/c', 0, { billed: nanoUsd(1n) }),
    );
    await ledger.facts.append(fetched({ charges }), JULY_1);
    await ledger.facts.append(fetched({ charges: located(charge('credit/x', -300)) }), JULY_1 + 1);
    const total = sumNano((await ledger.facts.charges(EVER, NOW)).map(({ billed }) => billed));
    const { rows } = await ledger.query(
      'SELECT sum(spend_nano_usd), count(DISTINCT day) FROM spend_by_day',
    );
    expect(rows).toEqual([[Number(total), 4]]);
    const focus = await ledger.query('SELECT sum(x_BilledNanoUsd) FROM focus_cost_and_usage');
    expect(focus.rows).toEqual([[Number(total)]]);
    const names = await ledger.query(
      `SELECT day, resource_name FROM spend_by_day WHERE resource_id = 'a' ORDER BY day LIMIT 2`,
    );
    expect(names.rows).toEqual([
      ['2026-07-01', 'old name'],
      ['2026-07-02', 'old name'],
    ]);
  });

  it('round to the nearest micro-dollar, half to even, below zero too', async () => {
    const { ledger } = await scratchLedger();
    const nanos = [1_499n, 1_500n, 2_500n, 2_501n, -1_500n, -2_500n, -1_501n, 500n, -500n];
    const charges = nanos.map((nano, at) => charge(`pod/${at}`, 0, { billed: nanoUsd(nano) }));
    await ledger.facts.append(fetched({ charges: located(...charges) }), JULY_1);
    const { rows } = await ledger.query(
      'SELECT spend_micro_usd FROM spend_by_day ORDER BY resource_id',
    );
    expect(rows.flat()).toEqual([1, 2, 2, 3, -2, -2, -2, 0, 0]);
  });

  it('leave unknown counters unknown and count an interval on the day it begins', async () => {
    const { ledger } = await scratchLedger();
    const { cachedPromptTokens: _c, requests: _r, busyMs: _b, ...bare } = usageHour(24);
    await ledger.facts.append(
      fetched({ usage: located(usageHour(0), usageHour(23), bare) }),
      JULY_1,
    );
    const { rows } = await ledger.query(
      `SELECT day, prompt_tokens, cached_tokens, output_tokens, tokens, requests, busy_hours,
         replica_hours, intervals, intervals_cached_known FROM usage_by_day ORDER BY day`,
    );
    expect(rows).toEqual([
      ['2026-07-01', 2_223, 200, 400, 2_623, 10, 1, 2, 2, 2],
      ['2026-07-02', 1_024, null, 200, 1_224, null, null, 1, 1, 0],
    ]);
  });

  it('write a charge in the words of FOCUS', async () => {
    const { ledger } = await scratchLedger();
    const bill = charge('pod/a', 1_500_000, {
      resourceName: 'chat',
      quantity: exact(3n, 2n),
      unit: 'Hours',
      pricingClass: 'spot',
      period: period(Date.UTC(2026, 11, 31), Date.UTC(2027, 0, 1)),
      tags: { b: '2', a: '1' },
    });
    await ledger.facts.append(fetched({ charges: located(bill) }), JULY_1);
    const { columns, rows } = await ledger.query('SELECT * FROM focus_cost_and_usage');
    const row = Object.fromEntries(columns.map((name, at) => [name, rows[0]?.[at]]));
    expect(row).toMatchObject({
      BilledCost: 1.5,
      EffectiveCost: 1.5,
      ListCost: 1.5,
      BillingCurrency: 'USD',
      ChargeCategory: 'Usage',
      PricingCategory: 'Dynamic',
      ServiceCategory: 'Compute',
      BillingPeriodStart: '2026-12-01T00:00:00Z',
      BillingPeriodEnd: '2027-01-01T00:00:00Z',
      ChargePeriodStart: '2026-12-31T00:00:00Z',
      ChargePeriodEnd: '2027-01-01T00:00:00Z',
      PricingQuantity: 1.5,
      PricingUnit: 'Hours',
      ResourceName: 'chat',
      InvoiceId: null,
      Tags: '{"a":"1","b":"2"}',
    });
  });
});
