/** A quarantined price is never in force. The one before it is, until the config trusts it. */

import { expect, test } from 'vitest';
import { nanoUsdPerMtok } from '../../src/domain/money.ts';
import { DAY_MS, period } from '../../src/domain/period.ts';
import { readKnownPrices } from '../../src/jobs/knownPrices.ts';
import { readPricesInForce } from '../../src/jobs/hostedPrices.ts';
import {
  fetched,
  JULY_1,
  located,
  NOW,
  price,
  scratchLedger,
  snapshot,
} from '../ledger/ledgerFixture.ts';

const MODELS = [{ sourceId: 'router', model: 'llama' }];
const [FINE, DEAR] = [570_000_000n, 570_000_000_000_000n].map(nanoUsdPerMtok);

test('a quarantined price leaves the previous one in force, unless it is trusted', async () => {
  const { ledger } = await scratchLedger();
  const prices = [FINE, DEAR].map((inputPerMtok, n) => ({
    ...price('a', 0, JULY_1 + n * DAY_MS),
    ...(inputPerMtok === undefined ? {} : { inputPerMtok }),
  }));
  await ledger.facts.append(fetched({ prices: located(...prices) }), JULY_1);
  const window = period(JULY_1 + 5 * DAY_MS, JULY_1 + 6 * DAY_MS);
  const inForce = async (config: Parameters<typeof readPricesInForce>[0]['config']) => {
    const read = await readPricesInForce({ config, ledger }, MODELS, { window, asOfMs: NOW });
    return read.prices.at(-1)?.inputPerMtok;
  };
  expect(await inForce({})).toBe(FINE);
  expect(await inForce({ prices: { trust: [{ source: 'other' }] } })).toBe(FINE);
  expect(await inForce({ prices: { trust: [{ source: 'router', host: 'a' }] } })).toBe(DEAR);
});

test('known prices are those in force, in quarantine, and gaps between checks', async () => {
  const { ledger } = await scratchLedger();
  const looked = [
    [0, 570_000],
    [1, 570_000_000],
    [20, 570_000_000],
  ] as const;
  for (const [n, usdMicro] of looked) {
    const taken = snapshot(JULY_1 + n * DAY_MS, { a: usdMicro });
    await ledger.facts.append(fetched({ priceSnapshots: located(taken) }), JULY_1 + n * DAY_MS);
  }
  const question = { atMs: JULY_1 + 21 * DAY_MS, nowMs: JULY_1 + 21 * DAY_MS };
  const known = await readKnownPrices({ config: {}, ledger }, question);
  expect(known.models).toMatchObject([
    {
      model: 'llama',
      prices: [{ host: 'a', inputUsd: '0.570000', since: '2026-07-01T00:00:00Z' }],
      gaps: [{ from: '2026-07-02T00:00:00Z', to: '2026-07-21T00:00:00Z' }],
    },
  ]);
  expect(known.quarantined).toMatchObject([
    { host: 'a', inputUsd: '570.000000', since: '2026-07-02T00:00:00Z' },
  ]);
  const config = { prices: { trust: [{ source: 'router' }] } };
  const trusted = await readKnownPrices({ config, ledger }, question);
  expect(trusted.quarantined).toEqual([]);
  expect(trusted.models[0]?.prices).toMatchObject([{ inputUsd: '570.000000' }]);
});
