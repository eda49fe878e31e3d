import { expect, it } from 'vitest';
import { nanoUsd } from '../../src/domain/money.ts';
import { charge, fetched, JULY_1, located, scratchLedger } from './ledgerFixture.ts';

const plan = (status: 'used' | 'unused' | 'purchase') => ({
  commitment: { id: 'plan-7', status },
});

it('a purchase is billed at once, and the usage it covers has a share of its cost', async () => {
  const { ledger } = await scratchLedger();
  const billed = [
    { ...charge('plan/buy', 1_200_000_000), category: 'commitment', effective: nanoUsd(0n) },
    { ...charge('pod/a', 0), effective: nanoUsd(75_000_000_000n) },
    { ...charge('plan/rest', 0), effective: nanoUsd(25_000_000_000n) },
    charge('pod/b', 5_000_000),
  ] as const;
  const [buy, used, rest, other] = billed;
  const charges = [
    { ...buy, ...plan('purchase') },
    { ...used, ...plan('used') },
    { ...rest, ...plan('unused') },
    other,
  ];
  await ledger.facts.append(fetched({ charges: located(...charges) }), JULY_1);
  const commitments = await ledger.query(
    `SELECT commitment_id, purchased_usd, used_usd, unused_usd, billed_usd, effective_usd
     FROM commitment_by_month`,
  );
  expect(commitments.rows).toEqual([['plan-7', 1200, 75, 25, 1200, 100]]);
  const resources = await ledger.query(
    `SELECT sum(billed_usd), sum(effective_usd), sum(effective_nano_usd)
     FROM cost_by_resource_and_month`,
  );
  expect(resources.rows).toEqual([[1205, 105, 105_000_000_000]]);
});
