/** Prices are dated history: a row per change, and the past never changes. */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nanoUsd } from '../../src/domain/money.ts';
import { DAY_MS, period } from '../../src/domain/period.ts';
import type { HostedPrice, PriceSnapshot } from '../../src/domain/price.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { settableClock } from '../../src/platform/clock.ts';
import {
  EVER,
  readAllFacts,
  fetched,
  JULY,
  JULY_1,
  located,
  NOW,
  price,
  scratchFolder,
  scratchLedger,
  snapshot,
} from './ledgerFixture.ts';
import { size } from '../support/size.ts';

const LLAMA = [{ sourceId: 'router', model: 'llama' }];
const seen = (...taken: PriceSnapshot[]) => fetched({ priceSnapshots: located(...taken) });
/** What a snapshot omits is gone, even if it omits every provider. */
const CONFIRMED = { confirmWithdrawal: true };
const day = (n: number) => JULY_1 + n * DAY_MS;

/** Provider, first day of the price in July (0 is the first), micro-dollars or "gone". */
async function history(ledger: Ledger, window = EVER) {
  const { prices } = await ledger.facts.hostedPrices(LLAMA, window, NOW);
  return prices.map((one) => [one.host, (one.validFromMs - JULY_1) / DAY_MS, offer(one)]);
}

function offer({ offered, inputPerMtok }: HostedPrice): number | string {
  return offered ? Number((inputPerMtok ?? -1_000n) / 1_000n) : 'gone';
}

/** The price in force at a moment by provider, as an audit reads the history. */
function inForce(prices: readonly HostedPrice[], atMs: number): Record<string, number | string> {
  const past = prices.filter((one) => one.validFromMs <= atMs);
  const newest = new Map(past.map((one) => [one.host, offer(one)]));
  return Object.fromEntries([...newest].filter(([, now]) => now !== 'gone'));
}

describe('a snapshot of prices', () => {
  it('adds a row only for a provider whose price differs from the one in force', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(seen(snapshot(day(0), { a: 10, b: 20 })), day(0));
    const second = await ledger.facts.append(seen(snapshot(day(1), { a: 10, b: 25 })), day(1));
    expect(second).toMatchObject({ added: 1, unchanged: 1 });
    expect(await history(ledger)).toEqual([
      ['a', 0, 10],
      ['b', 0, 20],
      ['b', 1, 25],
    ]);
  });

  it('ends the offer of a provider that it no longer lists, and restarts it later', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(seen(snapshot(day(0), { a: 10, b: 20 })), day(0));
    await ledger.facts.append(seen(snapshot(day(1), { b: 20 })), day(1));
    await ledger.facts.append(seen(snapshot(day(2), { b: 20 })), day(2));
    await ledger.facts.append(seen(snapshot(day(3), { a: 10, b: 20 })), day(3));
    expect(await history(ledger)).toEqual([
      ['a', 0, 10],
      ['b', 0, 20],
      ['a', 1, 'gone'],
      ['a', 3, 10],
    ]);
    const { rows } = await ledger.query(
      `SELECT valid_from, valid_to, input_usd_per_mtok, offered
       FROM hosted_price_history WHERE host = 'a' ORDER BY valid_from`,
    );
    expect(rows).toEqual([
      ['2026-07-01T00:00:00Z', '2026-07-02T00:00:00Z', 0.00001, 1],
      ['2026-07-02T00:00:00Z', '2026-07-04T00:00:00Z', null, 0],
      ['2026-07-04T00:00:00Z', null, 0.00001, 1],
    ]);
  });

  it('is stored once when it is seen twice', async () => {
    const { ledger } = await scratchLedger();
    const pull = seen({
      ...snapshot(day(0), { a: 10 }),
      availability: [
        {
          sourceId: 'router',
          model: 'llama',
          host: 'a',
          observedAtMs: day(0),
          uptimeMillionths: 999_000,
          healthy: true,
        },
      ],
    });
    await ledger.facts.append(pull, day(0));
    const once = await readAllFacts(ledger);
    await ledger.facts.append(pull, day(0) + 1);
    expect(await readAllFacts(ledger)).toBe(once);
  });

  it('taken earlier but pulled later changes only its own days', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(seen(snapshot(day(0), { a: 10, b: 1 })), day(10));
    await ledger.facts.append(seen(snapshot(day(4), { a: 10, b: 1 })), day(11));
    await ledger.facts.append(seen(snapshot(day(2), { a: 99, c: 5 })), day(12));
    const { prices } = await ledger.facts.hostedPrices(LLAMA, EVER, NOW);
    expect(inForce(prices, day(1))).toEqual({ a: 10, b: 1 });
    expect(inForce(prices, day(2))).toEqual({ a: 99, c: 5 });
    expect(inForce(prices, day(3))).toEqual({ a: 99, c: 5 });
    expect(inForce(prices, day(4))).toEqual({ a: 10, b: 1 });
  });

  it('gives the same prices at every moment, in whatever order the snapshots arrive', async () => {
    const folder = await scratchFolder();
    let ledgers = 0;
    const hosts = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.nat(2), { maxKeys: 3 });
    const taken = fc.array(hosts, { minLength: 1, maxLength: 6 }).chain((all) =>
      fc.shuffledSubarray(
        all.map((prices, at) => ({ at, prices })),
        { minLength: all.length },
      ),
    );
    await fc.assert(
      fc.asyncProperty(taken, async (arrivals) => {
        ledgers += 1;
        const path = `${folder}/${ledgers}.db`;
        const ledger = await openLedger(path, { clock: settableClock(JULY_1) });
        for (const [arrived, { at, prices }] of arrivals.entries()) {
          await ledger.facts.append(seen(snapshot(day(at), prices)), day(100 + arrived), CONFIRMED);
        }
        const { prices } = await ledger.facts.hostedPrices(LLAMA, EVER, NOW);
        await ledger.close();
        for (const { at, prices: expected } of arrivals) {
          expect(inForce(prices, day(at))).toEqual(expected);
        }
      }),
      { numRuns: size({ short: 15, full: 300 }) },
    );
  });

  it('with two prices of one provider keeps the first price and refuses the second', async () => {
    const { ledger } = await scratchLedger();
    const twice = { ...snapshot(day(0), {}), prices: [price('a', 10), price('a', 11)] };
    expect(await ledger.facts.append(seen(twice), day(0))).toMatchObject({ added: 1, rejected: 1 });
    expect(await history(ledger)).toEqual([['a', 0, 10]]);
  });
});

describe('a single dated price', () => {
  const file = (...prices: HostedPrice[]) => fetched({ prices: located(...prices) });

  it('distinguishes absent, free and sold', async () => {
    const { ledger } = await scratchLedger();
    const { outputPerMtok: _none, ...unsold } = price('a', 0);
    const row = { ...unsold, perRequest: nanoUsd(7n), contextLength: 8_192, hostName: 'Host A' };
    await ledger.facts.append(file(row), day(0));
    expect((await ledger.facts.hostedPrices(LLAMA, JULY, NOW)).prices).toEqual([row]);
  });

  it('never changes the price of an earlier day', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(file(price('a', 10, day(0))), day(0));
    const before = await ledger.facts.hostedPrices(LLAMA, EVER, NOW);
    await ledger.facts.append(file(price('a', 12, day(5))), day(5));
    const after = await ledger.facts.hostedPrices(LLAMA, EVER, NOW);
    for (const atMs of [day(0), day(4)]) {
      expect(inForce(after.prices, atMs)).toEqual(inForce(before.prices, atMs));
    }
    expect(inForce(after.prices, day(5))).toEqual({ a: 12 });
  });

  it('corrected for its own day is a new version', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(file(price('a', 10)), day(0));
    expect(await ledger.facts.append(file(price('a', 11)), day(1))).toMatchObject({ restated: 1 });
    expect(await history(ledger)).toEqual([['a', 0, 11]]);
    const { prices } = await ledger.facts.hostedPrices(LLAMA, EVER, day(0));
    expect(prices.map(offer)).toEqual([10]);
  });

  it('is read for a window: the last one before it, and all inside', async () => {
    const { ledger } = await scratchLedger();
    const dated = [0, 1, 2, 3].map((n) => price('a', 1_000 + n, day(n)));
    await ledger.facts.append(file(...dated), day(0));
    expect(await history(ledger, period(day(1) + 1, day(3)))).toEqual([
      ['a', 1, 1_001],
      ['a', 2, 1_002],
    ]);
    expect(await ledger.facts.hostedPrices([], EVER, NOW)).toEqual({
      prices: [],
      availability: [],
      gaps: [],
    });
  });
});

describe('GPU rates', () => {
  it('are stored as observed and read back as changes', async () => {
    const { ledger } = await scratchLedger();
    const rate = (n: number, usd: bigint) => ({
      sourceId: 'runpod',
      provider: 'runpod',
      gpuType: 'H100-80GB',
      ...({ pricingClass: 'on-demand', validFromMs: day(n), usdPerGpuHour: nanoUsd(usd) } as const),
    });
    await ledger.facts.append(
      fetched({ rates: located(rate(0, 5n), rate(1, 5n), rate(2, 6n)) }),
      day(2),
    );
    expect(await ledger.facts.gpuRates(NOW)).toEqual([rate(0, 5n), rate(2, 6n)]);
    const { rows } = await ledger.query(
      'SELECT valid_from, valid_to, nano_usd_per_gpu_hour FROM gpu_rate_history',
    );
    expect(rows).toEqual([
      ['2026-07-01T00:00:00Z', '2026-07-03T00:00:00Z', 5],
      ['2026-07-03T00:00:00Z', null, 6],
    ]);
  });
});
