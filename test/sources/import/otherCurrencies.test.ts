/** Tests bills in another currency: their amounts are read as billed, and wait for a rate. */

import { expect, test } from 'vitest';
import { decimal } from '../../../src/domain/exact.ts';
import { readImportText } from './readImportText.ts';

const OWN = 'resource_id,category,start,end,billed_cost,currency,list_cost,effective_cost';
const ROW = 'pod-7,compute,2026-07-01,2026-07-02';

async function foreign(kind: 'charges' | 'focus', text: string) {
  const { batches, facts, rejects, warnings } = await readImportText(kind, text);
  const charges = batches.flatMap((batch) => batch.facts.foreignCharges ?? []);
  return { charges: charges.map(({ fact }) => fact), dollars: facts.charges, rejects, warnings };
}

test('a line in euros keeps its amounts as billed, beside lines in dollars', async () => {
  const rows = [`${ROW},36.00,eur,40.5,`, `${ROW},36.00,USD,,`];
  const { charges, dollars, rejects } = await foreign('charges', `${OWN}\n${rows.join('\n')}\n`);
  expect(rejects).toEqual([]);
  expect(charges[0]?.original).toEqual({
    currency: 'EUR',
    amount: decimal('36'),
    list: decimal('40.5'),
  });
  expect(charges[0]).not.toHaveProperty('billed');
  expect(dollars.map(({ fact }) => fact.billed)).toEqual([36_000_000_000n]);
  // The same line in another currency is another line.
  expect(charges[0]?.key).not.toBe(dollars[0]?.fact.key);
});

test.each([
  ['36,XYZ', 'currency is "XYZ"; expected an ISO 4217 currency code, like USD or EUR'],
  ['36,', 'currency is empty; expected an ISO 4217 currency code, like USD or EUR'],
  [',EUR', 'billed_cost is empty; expected EUR like 1234.56; fill it in'],
  ['1e13,JPY', 'billed_cost is "1e13"; expected less than a trillion JPY'],
])('%s is rejected', async (cells, reason) => {
  const { rejects } = await foreign('charges', `${OWN}\n${ROW},${cells},,\n`);
  expect(rejects[0]?.reason).toContain(reason);
});

const FOCUS =
  'BilledCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,EffectiveCost,' +
  'ListCost,ResourceId,ServiceCategory,ServiceName';
const PERIOD = 'Usage,2026-07-01,2026-07-02';

test('a FOCUS bill is read in its billing currency, and surveyed by it', async () => {
  const rows = [`10.5,EUR,${PERIOD},9,12,a,Compute,GPU`, `4,USD,${PERIOD},4,4,b,Compute,GPU`];
  const text = `${FOCUS}\n${rows.join('\n')}\n`;
  const { charges } = await foreign('focus', text);
  expect(charges[0]?.original).toEqual({
    currency: 'EUR',
    amount: decimal('10.5'),
    list: decimal('12'),
    effective: decimal('9'),
  });
  const { batches, warnings } = await readImportText('focus', text, {
    take: [{ ResourceId: 'a' }],
  });
  expect(batches.at(-1)?.survey).toMatchObject([
    { currency: 'EUR', rows: 1, billedNano: 10_500_000_000n, takenNano: 10_500_000_000n },
    { currency: 'USD', rows: 1, billedNano: 4_000_000_000n, takenNano: 0n },
  ]);
  expect(warnings).toEqual([
    'The option take selected 1 row of 2 rows, $0.00 of $4.00 and 10.5 EUR of 10.5 EUR billed.',
  ]);
});
