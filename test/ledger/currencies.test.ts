/**
 * Charges in other currencies: converted to dollars at the month's rate, whichever arrives first.
 */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONFIG_RATES, type ForeignCharge } from '../../src/domain/currency.ts';
import { decimal, type Exact } from '../../src/domain/exact.ts';
import { DAY_MS, HOUR_MS, period } from '../../src/domain/period.ts';
import type { Fetched } from '../../src/domain/provenance.ts';
import { examineLedger } from '../../src/ledger/examine.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import {
  charge,
  EVER,
  fetched,
  JULY,
  JULY_1,
  located,
  NOW,
  scratchLedger,
} from './ledgerFixture.ts';
import { pullWarningSentences } from '../support/factSentences.ts';

const AUGUST_1 = Date.UTC(2026, 7, 1);

/** One day's charge in a foreign currency. Day 0 is 1 July 2026. */
function foreign(key: string, amount: string, day = 0): ForeignCharge {
  const { billed: _, ...rest } = charge(key, 1);
  const startMs = JULY_1 + day * DAY_MS;
  return {
    ...rest,
    period: period(startMs, startMs + DAY_MS),
    original: { currency: 'EUR', amount: decimal(amount) },
  };
}

const bill = (...charges: readonly ForeignCharge[]) =>
  fetched({ foreignCharges: located(...charges) });

function rates(
  sourceId: string,
  ...monthRates: readonly (readonly [number, string | undefined])[]
) {
  const facts = monthRates.map(([monthMs, usd]) => ({
    sourceId,
    currency: 'EUR',
    monthMs,
    ...(usd === undefined ? {} : { usdPerUnit: decimal(usd) }),
  }));
  const fetch = { ...fetched({}).fetch, sourceId, kind: 'rates', url: 'file:r.csv' };
  return { fetch, exchangeRates: located(...facts) } satisfies Fetched;
}

/** The same rates, imported from a file. */
async function importRates(ledger: Ledger, ...monthRates: Parameters<typeof rates>[1][]) {
  const { exchangeRates, fetch } = rates('import', ...monthRates);
  const start = { sourceId: 'import', kind: 'import.exchange-rates', url: 'file:r.csv' };
  const session = await ledger.facts.beginImport({ ...start, startedAtMs: fetch.startedAtMs });
  await session.appendRaw(Buffer.from(JSON.stringify(monthRates)));
  await session.append({ exchangeRates });
  return session.finish({ digest: JSON.stringify(monthRates).padEnd(64, '0'), endedAtMs: NOW });
}

const dollars = async (ledger: Ledger, asOfMs = NOW) =>
  Object.fromEntries(
    (await ledger.facts.charges(EVER, asOfMs)).map(({ key, billed }) => [key, billed]),
  );

describe('a charge in euros', () => {
  it('has dollars at the rate of its month, and keeps its euros', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(rates('import', [JULY_1, '1.0842'], [AUGUST_1, '1.1']), JULY_1);
    const list = decimal('20.5');
    const inEuros = foreign('a', '10.000000000123456789');
    const july = { ...inEuros, original: { ...inEuros.original, list, effective: decimal('-1') } };
    await ledger.facts.append(bill(july, foreign('b', '3', 31)), JULY_1 + 1);
    const [a, b] = await ledger.facts.charges(EVER, NOW);
    expect(a).toMatchObject({
      // 10.000000000123456789 × 1.0842 = 10.8420000001338…
      billed: 10_842_000_000n,
      list: 22_226_100_000n,
      effective: -1_084_200_000n,
      original: {
        currency: 'EUR',
        amount: inEuros.original.amount,
        list,
        effective: decimal('-1'),
      },
    });
    expect(b).toMatchObject({ billed: 3_300_000_000n });
    const { rows } = await ledger.query(
      'SELECT BilledCost, x_OriginalCurrency, x_OriginalBilledCost FROM focus_cost_and_usage',
    );
    expect(rows).toContainEqual([3.3, 'EUR', 3]);
  });

  it('that ends with July has the rate of July, be it a month or an hour', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(rates('import', [JULY_1, '1'], [AUGUST_1, '2']), JULY_1);
    const month = { ...foreign('month', '1'), period: JULY };
    const last = { ...foreign('last', '1'), period: period(AUGUST_1 - HOUR_MS, AUGUST_1) };
    const across = { ...foreign('across', '1'), period: period(JULY_1, AUGUST_1 + 1) };
    await ledger.facts.append(bill(month, last, across), JULY_1 + 1);
    expect(await dollars(ledger)).toEqual({
      month: 1_000_000_000n,
      last: 1_000_000_000n,
      across: 2_000_000_000n,
    });
  });

  it('without a rate is rejected with what to do, and comes in later', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(rates('import', [JULY_1, '1']), JULY_1);
    const completeFor = { keyPrefix: '', window: EVER };
    await ledger.facts.append(bill(foreign('a', '1')), JULY_1);
    const both = { ...bill(foreign('b', '2', 31), foreign('c', '2')), completeFor };
    const outcome = await ledger.facts.append(both, JULY_1 + 1);
    expect(outcome).toMatchObject({ added: 1, restated: 0, rejected: 1 });
    const reason =
      '2.00 EUR is not counted: no exchange rate for EUR in 2026-08; import it with ' +
      "rentcheck import exchange-rates FILE, or set currencies: { EUR: { '2026-08': … } } " +
      'in rentcheck.yaml; then import or pull it again';
    expect(outcome.refused.map((one) => one.reason)).toEqual([reason]);
    expect(outcome.lacking?.code).toBe('config');
    const [trouble] = await ledger.facts.troubles(EVER, NOW);
    expect(trouble).toMatchObject({ what: 'rejects', count: 1, example: `0: ${reason}` });
    await ledger.facts.append(rates('import', [AUGUST_1, '1.5']), JULY_1 + 2);
    const again = await ledger.facts.append(both, JULY_1 + 3);
    expect(again).toMatchObject({ added: 1, rejected: 0 });
    expect(again).not.toHaveProperty('lacking');
    // The answer is complete now, and no longer contains "a".
    expect(await dollars(ledger)).toEqual({ b: 3_000_000_000n, c: 2_000_000_000n });
  });

  it('adds nothing when it is pulled again at the same rate', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(rates('import', [JULY_1, '1.3']), JULY_1);
    await ledger.facts.append(bill(foreign('a', '7')), JULY_1);
    const again = await ledger.facts.append(bill(foreign('a', '7.00')), JULY_1 + 1);
    expect(again).toMatchObject({ added: 0, restated: 0, unchanged: 1 });
  });
});

describe('a restated rate', () => {
  it('restates the charges of its month only; earlier readings stay', async () => {
    const { ledger, path, clock } = await scratchLedger();
    await importRates(ledger, [JULY_1, '1'], [AUGUST_1, '1']);
    await ledger.facts.append(bill(foreign('a', '10'), foreign('b', '10', 31)), clock.nowMs());
    const beforeMs = await ledger.facts.asOfNow(clock.nowMs());
    const outcome = await importRates(ledger, [JULY_1, '1.5'], [AUGUST_1, '1']);
    expect(outcome).toMatchObject({ restated: 1, unchanged: 1 });
    expect(outcome.restatedCharges).toEqual({
      wasNanoUsd: 10_000_000_000n,
      nowNanoUsd: 15_000_000_000n,
    });
    expect(pullWarningSentences(outcome.warnings)).toEqual([
      'The exchange rate of EUR for 2026-07 changed 1 charge from $10.00 to $15.00.',
    ]);
    expect(await dollars(ledger)).toEqual({ a: 15_000_000_000n, b: 10_000_000_000n });
    expect(await dollars(ledger, beforeMs)).toEqual({ a: 10_000_000_000n, b: 10_000_000_000n });
    expect(examineLedger(path).faults).toEqual([]);
    const { rows } = await ledger.query(
      'SELECT sum(spend_nano_usd) FROM spend_by_day WHERE resource_id IS NOT NULL',
    );
    expect(rows).toEqual([[25_000_000_000]]);
  });

  it('brings the old dollars back if undone, and the new ones if that is undone', async () => {
    const { ledger, path } = await scratchLedger();
    await importRates(ledger, [JULY_1, '1']);
    await ledger.facts.append(bill(foreign('a', '10')), JULY_1);
    const { fetchRef } = await importRates(ledger, [JULY_1, '1.5']);
    const undone = await ledger.facts.undoImport(fetchRef, NOW);
    expect(await dollars(ledger)).toEqual({ a: 10_000_000_000n });
    await ledger.facts.undoImport(undone.kind === 'undone' ? undone.undoRef : 0, NOW);
    expect(await dollars(ledger)).toEqual({ a: 15_000_000_000n });
    expect(examineLedger(path).faults).toEqual([]);
  });

  it('cannot be undone if charges would be left without a rate', async () => {
    const { ledger } = await scratchLedger();
    const { fetchRef } = await importRates(ledger, [JULY_1, '1']);
    await ledger.facts.append(bill(foreign('a', '10')), JULY_1);
    await expect(ledger.facts.undoImport(fetchRef, NOW)).rejects.toThrow(
      'the exchange rate of EUR for 2026-07 cannot be undone: 1 charge in EUR would have ' +
        'no amount in US dollars',
    );
    expect(await dollars(ledger)).toEqual({ a: 10_000_000_000n });
  });

  it('applies to charges that an undo of a bill restores', async () => {
    const { ledger, path } = await scratchLedger();
    await importRates(ledger, [JULY_1, '1']);
    const take = async (amount: string) => {
      const start = { sourceId: 'import', kind: 'import.charges', url: 'file:c.csv' };
      const session = await ledger.facts.beginImport({ ...start, startedAtMs: JULY_1 });
      const line = { ...foreign('a', amount), sourceId: 'import' };
      const { fetchRef } = await session.append({ foreignCharges: located(line) });
      await session.finish({ digest: amount.padEnd(64, '0'), endedAtMs: JULY_1 });
      return fetchRef;
    };
    await take('10');
    const second = await take('20');
    await importRates(ledger, [JULY_1, '1.5']);
    expect(await dollars(ledger)).toEqual({ a: 30_000_000_000n });
    await ledger.facts.undoImport(second, NOW);
    expect(await dollars(ledger)).toEqual({ a: 15_000_000_000n });
    expect(examineLedger(path).faults).toEqual([]);
  });
});

describe('two sources of one rate', () => {
  it('are kept apart: the config wins, whichever comes later', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(rates(CONFIG_RATES, [JULY_1, '2']), JULY_1);
    await ledger.facts.append(bill(foreign('a', '10')), JULY_1);
    const { warnings } = await importRates(ledger, [JULY_1, '1.5']);
    expect(pullWarningSentences(warnings)).toEqual([
      'The sources give two rates for EUR in 2026-07: 2.000000 USD by config:currencies and ' +
        '1.500000 USD by import. The first one counts. The rates of rentcheck.yaml come before ' +
        'those of files, and later files before earlier ones.',
    ]);
    expect(await dollars(ledger)).toEqual({ a: 20_000_000_000n });
    // The config removes its rate.
    await ledger.facts.append(rates(CONFIG_RATES, [JULY_1, undefined]), JULY_1);
    expect(await dollars(ledger)).toEqual({ a: 15_000_000_000n });
    const { rows } = await ledger.query(
      'SELECT currency, month, usd_per_unit, source FROM exchange_rate_by_month',
    );
    expect(rows).toEqual([['EUR', '2026-07', 1.5, 'import']]);
  });

  it('takes the rates that config has, and keeps those that charges still need', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(rates(CONFIG_RATES, [JULY_1, '2']), JULY_1);
    await ledger.facts.append(bill(foreign('a', '10')), JULY_1);
    await expect(
      ledger.facts.append(rates(CONFIG_RATES, [JULY_1, undefined]), JULY_1 + 1),
    ).rejects.toThrow('1 charge in EUR would have no amount in US dollars');
    expect(await dollars(ledger)).toEqual({ a: 20_000_000_000n });
  });
});

type Step =
  | { readonly kind: 'rate'; readonly month: number; readonly cents: number }
  | { readonly kind: 'charge'; readonly key: number; readonly amount: number };

it('rates and charges in any order give the same months', async () => {
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({
      kind: fc.constant('rate' as const),
      month: fc.nat(1),
      cents: fc.integer({ min: 1, max: 300 }),
    }),
    fc.record({
      kind: fc.constant('charge' as const),
      key: fc.nat(5),
      amount: fc.integer({ min: -9_999, max: 9_999 }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
      const { ledger, path } = await scratchLedger();
      const [last, amounts] = [new Map<number, Exact>(), new Map<number, Exact>()];
      const pending: Fetched[] = [];
      for (const [at, one] of steps.entries()) {
        if (one.kind === 'rate') {
          const usd = decimal(`${one.cents}e-2`);
          last.set(one.month, usd);
          const monthMs = one.month === 0 ? JULY_1 : AUGUST_1;
          await ledger.facts.append(rates('import', [monthMs, `${one.cents}e-2`]), JULY_1 + at);
          // Importing the same file again adds the charges that had no rate.
          for (const again of pending) await ledger.facts.append(again, JULY_1 + at);
          continue;
        }
        // Even keys belong to July, odd ones to August.
        const key = String(one.key);
        const charges = bill(foreign(key, `${one.amount}e-3`, (one.key % 2) * 31));
        amounts.set(one.key, decimal(`${one.amount}e-3`));
        pending.push(charges);
        await ledger.facts.append(charges, JULY_1 + at);
      }
      const expected = [...amounts].flatMap(([key, { num, den }]) => {
        const rate = last.get(key % 2);
        if (rate === undefined) return [];
        // Thousandths times hundredths are whole nano-dollars.
        return [[String(key), (num * rate.num * 1_000_000_000n) / (den * rate.den)]];
      });
      expect(await dollars(ledger)).toEqual(Object.fromEntries(expected));
      expect(examineLedger(path).faults).toEqual([]);
    }),
    { numRuns: 20 },
  );
});
