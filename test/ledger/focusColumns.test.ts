/**
 * Checks our FOCUS view against facts of the specification, version 1.4: `CostAndUsage`, published
 * by the FinOps Foundation. `test/reference/focusView.test.ts` checks it against the whole table.
 */

import { expect, it } from 'vitest';
import { charge, fetched, JULY_1, located, scratchLedger } from './ledgerFixture.ts';

/** Columns that must exist and may not be null. */
const NEVER_NULL = [
  'BilledCost',
  'BillingAccountId',
  'BillingCurrency',
  'BillingPeriodEnd',
  'BillingPeriodStart',
  'ChargeCategory',
  'ChargePeriodEnd',
  'ChargePeriodStart',
  'ContractedCost',
  'EffectiveCost',
  'InvoiceIssuerName',
  'ListCost',
  'ServiceCategory',
  'ServiceName',
  'ServiceProviderName',
];

/** Columns that must exist and may be null. */
const MAY_BE_NULL = [
  'BillingAccountName',
  'ChargeClass',
  'ChargeDescription',
  'HostProviderName',
  'PricingQuantity',
  'PricingUnit',
];

/** Optional columns of the specification that the view has. */
const OPTIONAL = [
  'ChargeFrequency',
  'CommitmentDiscountId',
  'CommitmentDiscountStatus',
  'ConsumedQuantity',
  'ConsumedUnit',
  'InvoiceId',
  'ListUnitPrice',
  'PricingCategory',
  'PricingCurrency',
  'RegionId',
  'RegionName',
  'ResourceId',
  'ResourceName',
  'ResourceType',
  'Tags',
];

async function view() {
  const { ledger } = await scratchLedger();
  await ledger.facts.append(fetched({ charges: located(charge('pod/a', 5)) }), JULY_1);
  const { columns, rows } = await ledger.query('SELECT * FROM focus_cost_and_usage');
  return { columns, row: rows[0] ?? [] };
}

it('focus_cost_and_usage has every mandatory column, filled if null is not allowed', async () => {
  const { columns, row } = await view();
  expect([...NEVER_NULL, ...MAY_BE_NULL].filter((name) => !columns.includes(name))).toEqual([]);
  expect(NEVER_NULL.filter((name) => row[columns.indexOf(name)] === null)).toEqual([]);
});

it('focus_cost_and_usage has no invented column: ours begin with x_', async () => {
  const { columns } = await view();
  const published = new Set([...NEVER_NULL, ...MAY_BE_NULL, ...OPTIONAL]);
  expect(columns.filter((name) => !published.has(name) && !name.startsWith('x_'))).toEqual([]);
});
