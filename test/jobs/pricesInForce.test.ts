/** A price in quarantine is never in force: the one before it is, until the config trusts it. */

import { expect, test } from 'vitest';
import { nanoUsdPerMtok } from '../../src/domain/money.ts';
import { DAY_MS, period } from '../../src/domain/period.ts';
import { pricesInForce } from '../../src/jobs/pricesInForce.ts';
import { fetched, JULY_1, located, NOW, price, scratchLedger } from '../ledger/scratch.ts';

const MODELS = [{ sourceId: 'router', model: 'llama' }];
const [FINE, DEAR] = [570_000_000n, 570_000_000_000_000n].map(nanoUsdPerMtok);

test('a price in quarantine leaves the one before it in force, unless it is trusted', async () => {
  const { ledger } = await scratchLedger();
  const told = [FINE, DEAR].map((inputPerMtok, n) => ({
    ...price('a', 0, JULY_1 + n * DAY_MS),
    ...(inputPerMtok === undefined ? {} : { inputPerMtok }),
  }));
  await ledger.append(fetched({ prices: located(...told) }), JULY_1);
  const window = period(JULY_1 + 5 * DAY_MS, JULY_1 + 6 * DAY_MS);
  const inForce = async (config: Parameters<typeof pricesInForce>[0]['config']) => {
    const read = await pricesInForce({ config, ledger }, MODELS, { window, asOfMs: NOW });
    return read.prices.at(-1)?.inputPerMtok;
  };
  expect(await inForce({})).toBe(FINE);
  expect(await inForce({ prices: { trust: [{ source: 'other' }] } })).toBe(FINE);
  expect(await inForce({ prices: { trust: [{ source: 'router', host: 'a' }] } })).toBe(DEAR);
});
