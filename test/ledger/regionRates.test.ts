/** Rates by region: what is stored, what is in force at a moment, and the history. */

import { expect, it } from 'vitest';
import { nanoUsd } from '../../src/domain/money.ts';
import { DAY_MS } from '../../src/domain/period.ts';
import type { GpuRate } from '../../src/domain/price.ts';
import { fetched, JULY_1, located, NOW, scratchLedger } from './ledgerFixture.ts';

const cents = (usd: number) => nanoUsd(BigInt(usd) * 10_000_000n);

function rate(day: number, regions: Record<string, number>): GpuRate {
  return {
    sourceId: 'main',
    provider: 'aws',
    gpuType: 'H100 80 GB SXM',
    pricingClass: 'on-demand',
    validFromMs: JULY_1 + day * DAY_MS,
    usdPerGpuHour: cents(300),
    secondHand: true,
    regions: Object.entries(regions).map(([region, usd]) => ({
      region,
      usdPerGpuHour: cents(usd),
    })),
  };
}

/**
 * `eu` becomes more expensive, `us` is gone for a day, and `__proto__` is a name like any other.
 */
async function stocked() {
  const { ledger } = await scratchLedger();
  const days = [
    { us: 280, eu: 300 },
    { us: 280, eu: 310 },
    { eu: 310, ['__proto__']: 500 },
    { us: 280, eu: 310 },
  ];
  for (const [day, regions] of days.entries()) {
    const startedAtMs = JULY_1 + day * DAY_MS;
    await ledger.facts.append(
      fetched({ rates: located(rate(day, regions)) }, { startedAtMs }),
      NOW + day,
    );
  }
  return ledger;
}

it('the rates of the newest list in force are returned, without dropped regions', async () => {
  const ledger = await stocked();
  const at = async (day: number) =>
    (await ledger.facts.regionalRates(NOW + 9, JULY_1 + day * DAY_MS)).map(({ regions }) =>
      regions.map(({ region, usdPerGpuHour }) => `${region} ${usdPerGpuHour / 10_000_000n}`),
    );
  expect(await at(0)).toEqual([['eu 300', 'us 280']]);
  expect(await at(2.5)).toEqual([['__proto__ 500', 'eu 310']]);
  expect(await at(-1)).toEqual([]);
});

it('a rate that was not known yet is not returned', async () => {
  const ledger = await stocked();
  const [known] = await ledger.facts.regionalRates(NOW, JULY_1 + 9 * DAY_MS);
  expect(known?.regions.map(({ region }) => region)).toEqual(['eu', 'us']);
});

it('the rate over all regions is unchanged', async () => {
  const ledger = await stocked();
  const { regions: _regions, ...whole } = rate(0, {});
  expect(await ledger.facts.gpuRates(NOW + 9)).toEqual([whole]);
});

it('the history has a row for each period of one rate in one region', async () => {
  const ledger = await stocked();
  const { rows } = await ledger.query(`SELECT region, substr(valid_from, 1, 10),
    substr(valid_to, 1, 10), usd_per_gpu_hour, second_hand FROM gpu_rate_by_region
    ORDER BY region, valid_from`);
  expect(rows).toEqual([
    ['__proto__', '2026-07-03', '2026-07-04', 5, 1],
    ['eu', '2026-07-01', '2026-07-02', 3, 1],
    ['eu', '2026-07-02', null, 3.1, 1],
    ['us', '2026-07-01', '2026-07-03', 2.8, 1],
    ['us', '2026-07-04', null, 2.8, 1],
  ]);
});

it('a changed region at the same moment is a restatement', async () => {
  const ledger = await stocked();
  const again = rate(3, { us: 290, eu: 310 });
  const outcome = await ledger.facts.append(fetched({ rates: located(again) }), NOW + 20);
  expect(outcome).toMatchObject({ added: 0, restated: 1 });
});
