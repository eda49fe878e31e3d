import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sumNano } from '../../../src/domain/money.ts';
import { DAY_MS } from '../../../src/domain/period.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import { totalsKeeper } from '../../../src/economics/bill/compareTotals.ts';
import { digitaloceanKind } from '../../../src/sources/registry.ts';
import { scratchLedger } from '../../ledger/ledgerFixture.ts';
import '../../support/laws.ts';
import {
  chargesIn,
  failuresIn,
  pullFromReply,
  rejectsIn,
  resourcesIn,
  warningsIn,
} from '../../support/pulledFrom.ts';
import { digitaloceanApi, KEY, type PlantedTeam, TEAM } from './emulator.ts';
import { ESTIMATE, INVOICE, ITEM, JUNE, PLANTED } from './subject.ts';

const OPTIONS = { apiKey: createSecret('${DIGITALOCEAN_TOKEN}', () => KEY), team: TEAM };
const REQUEST = { window: JUNE, usage: [], models: [] };
const ESTIMATED: PlantedTeam = { ...PLANTED, invoices: [] };

const pull = (planted: PlantedTeam, changes: object = {}, seed = 'calm') =>
  pullFromReply(digitaloceanKind, digitaloceanApi(planted, seed), {
    options: OPTIONS,
    request: REQUEST,
    ...changes,
  });

const withInvoice = (changes: object): PlantedTeam => ({
  ...PLANTED,
  invoices: [{ ...INVOICE, ...changes }],
});

const usdOf = (all: Parameters<typeof chargesIn>[0]) =>
  sumNano(chargesIn(all).map(({ billed }) => billed));

const IN_FORCE = `SELECT sum(billed_nano_usd) FROM charge AS c WHERE version = (
  SELECT max(version) FROM charge AS d
  WHERE d.source_id = c.source_id AND d.charge_key = c.charge_key)`;

describe('a month without an invoice', () => {
  test('consists of daily estimates, which are no bill', async () => {
    const { all } = await pull(ESTIMATED);
    expect(chargesIn(all)).toHaveLength(2);
    const [first] = chargesIn(all).toSorted((a, b) => a.period.startMs - b.period.startMs);
    expect(first).toEqual({
      sourceId: 'main',
      key: '2026-06/estimate/2026-06-01/1-DO-DROP-0109/tor1//chat-1%20(gpu-h100x8-640gb)',
      resourceId: 'chat-1',
      resourceName: 'chat-1',
      category: 'compute',
      pricingClass: 'on-demand',
      isClassPresumed: true,
      period: { startMs: JUNE.startMs, endMs: JUNE.startMs + DAY_MS },
      billed: 374_110_000_000n,
      gpuType: 'nvidia_h100',
      gpuCount: 8,
      basis: 'uptime',
      tags: { sku: '1-DO-DROP-0109', region: 'tor1', state: 'estimate' },
    });
    expect(all.at(-1)?.completeFor).toEqual({ keyPrefix: '2026-06/', window: JUNE });
  });

  test('keeps identical lines apart, and a day below zero', async () => {
    const estimates = [ESTIMATE, { ...ESTIMATE, total_amount: '-4.11' }];
    const { all } = await pull({ ...ESTIMATED, estimates });
    expect(usdOf(all)).toBe(370_000_000_000n);
    expect(new Set(chargesIn(all).map(({ key }) => key)).size).toBe(2);
  });
});

describe('a month with an invoice', () => {
  test('consists of its items, with their hours, number and date, and of no estimate', async () => {
    const { all, requests } = await pull(PLANTED);
    expect(requests.filter(({ path }) => path.includes('insights'))).toEqual([]);
    const [droplet] = chargesIn(all).filter(({ resourceId }) => resourceId === '448543583');
    expect(droplet).toMatchObject({
      resourceName: 'chat-1',
      category: 'compute',
      period: JUNE,
      billed: 11_223_360_000_000n,
      quantity: { num: 720n, den: 1n },
      unit: 'Hours',
      gpuType: 'nvidia_h100',
      gpuCount: 8,
      basis: 'billed',
      invoice: { id: '123456789', issuedMs: Date.UTC(2026, 6, 1, 8, 44, 38) },
      tags: { product: 'GPU Droplets', project: 'serving' },
    });
    expect(all.at(-1)).toMatchObject({
      completeFor: { keyPrefix: '2026-06/', window: JUNE, replaces: true },
    });
  });

  test('has tax and credits too: its charges sum to its amount', async () => {
    const { all } = await pull(PLANTED);
    const besides = chargesIn(all).filter(({ resourceId }) => resourceId.startsWith('invoice-'));
    expect(besides.map(({ category, billed }) => [category, billed])).toEqual([
      ['tax', 1_067_000_000_000n],
      ['credit', -100_000_000_000n],
    ]);
    expect(usdOf(all)).toBe(12_200_360_000_000n);
    expect(warningsIn(all)).toEqual([]);
  });

  test('keeps what its items miss as "unexplained", and reports it', async () => {
    const { all } = await pull(withInvoice({ items: [ITEM] }));
    expect(usdOf(all)).toBe(12_200_360_000_000n);
    expect(warningsIn(all)).toEqual([
      'The items of invoice 123456789 differ from its amount by $10.00. The difference is ' +
        'stored as an unexplained charge.',
    ]);
  });

  test('is not used where an item cannot be read, or its parts miss its amount', async () => {
    const odd = await pull(withInvoice({ items: [ITEM, { ...ITEM, amount: 'plenty' }] }));
    expect(chargesIn(odd.all)).toEqual([]);
    expect(failuresIn(odd.all)[0]?.message).toContain('the estimates of its month remain');
    const summary = { ...INVOICE.summary, taxes: { amount: '1.00' } };
    const unequal = await pull(withInvoice({ summary }));
    expect(chargesIn(unequal.all)).toEqual([]);
    expect(failuresIn(unequal.all)[0]?.message).toContain(
      'the invoice 123456789 is for $12,200.36, but its parts add up to $11,134.36',
    );
  });

  test('has fees and refunds whose time, duration and product are blank', async () => {
    const blank = { product: '', duration: '', duration_unit: '', start_time: '', end_time: '' };
    const refund = { description: 'Refund', amount: '-1.50', ...blank };
    const fee = { ...ITEM, ...blank, amount: '2.00', resource_id: '', resource_uuid: '' };
    const { all } = await pull(withInvoice({ items: [...INVOICE.items, refund, fee] }));
    expect(failuresIn(all)).toEqual([]);
    const whole = await pull(withInvoice({}));
    expect(usdOf(all)).toBe(usdOf(whole.all));
    const result = chargesIn(all).map(({ billed }) => billed);
    expect(result).toEqual(expect.arrayContaining([-1_500_000_000n, 2_000_000_000n]));
    expect(chargesIn(all).find(({ billed }) => billed === -1_500_000_000n)).toMatchObject({
      resourceId: 'Refund',
      category: 'credit',
      period: JUNE,
    });
    expect(warningsIn(all)).toEqual([expect.stringContaining('an unexplained charge')]);
  });

  test('counts an item with another period in its month', async () => {
    const items = [{ ...ITEM, start_time: '2026-05-01T00:00:00Z' }, INVOICE.items[1]];
    const { all } = await pull(withInvoice({ items }));
    expect(chargesIn(all).every(({ period }) => period.endMs === JUNE.endMs)).toBe(true);
    expect(warningsIn(all)).toEqual([
      'Invoice 123456789 has 1 item from other months. They count in 2026-06.',
    ]);
  });

  test('replaces the estimates in the ledger; a second pull changes nothing', async () => {
    const { ledger } = await scratchLedger();
    const sums: bigint[] = [];
    for (const [times, planted] of [ESTIMATED, PLANTED, PLANTED].entries()) {
      const { all } = await pull(planted, { request: { ...REQUEST, facts: ['charges'] } });
      for (const fetched of all) await ledger.facts.append(fetched, JUNE.endMs + times);
      const { rows } = await ledger.query(IN_FORCE);
      sums.push(BigInt(String(rows[0]?.[0])));
    }
    expect(sums).toEqual([748_220_000_000n, 12_200_360_000_000n, 12_200_360_000_000n]);
  });

  test('states the invoice total of a month, and the ledger holds as much', async () => {
    const { ledger } = await scratchLedger();
    const second = { ...INVOICE, uuid: '31c0ffee-0ea7-4206-8ceb-98a575af7682', id: '123456790' };
    const { all } = await pull({ ...PLANTED, invoices: [INVOICE, second] });
    for (const fetched of all) await ledger.facts.append(fetched, JUNE.endMs);
    const totals = totalsKeeper(await ledger.facts.statedTotals(JUNE, JUNE.endMs));
    await ledger.facts.eachCharge(JUNE, JUNE.endMs, (each) => totals.add(each));
    const both = 24_400_720_000_000n;
    expect(totals.close()).toMatchObject([{ statedNanoUsd: both, ledgerNanoUsd: both }]);
  });

  test('requests no month while it is unknown which have an invoice', async () => {
    const planted = withInvoice({ month: 'soon' });
    const { all, requests } = await pull(planted);
    expect(requests.filter(({ path }) => path.includes('insights'))).toEqual([]);
    expect(failuresIn(all)).toMatchObject([{ kind: 'digitalocean.bill', code: 'unavailable' }]);
  });
});

test('an estimate whose description is blank is of its SKU', async () => {
  const bare = {
    start_date: '2026-06-03',
    total_amount: '0.24',
    sku: '1-DO-TOK-0001',
    description: '',
  };
  const { all } = await pull({ ...ESTIMATED, estimates: [bare] });
  expect(rejectsIn(all)).toEqual([]);
  expect(chargesIn(all)).toMatchObject([{ billed: 240_000_000n, resourceId: '1-DO-TOK-0001' }]);
});

test('months sum to their invoices or estimates, on any pages', async () => {
  const cents = fc.integer({ min: -1_000, max: 1_000_000 });
  const lines = fc.array(cents, { minLength: 1, maxLength: 9 });
  await fc.assert(
    fc.asyncProperty(lines, lines, fc.integer({ min: 1, max: 4 }), async (june, july, page) => {
      const text = (cent: number) => (cent / 100).toFixed(2);
      const total = text(june.reduce((sum, cent) => sum + cent, 0));
      const planted: PlantedTeam = {
        ...PLANTED,
        longestPage: page,
        invoices: [
          {
            ...INVOICE,
            items: june.map((cent) => ({ ...ITEM, amount: text(cent) })),
            summary: { amount: total, product_charges: { amount: total } },
          },
        ],
        estimates: july.map((cent, day) => ({
          ...ESTIMATE,
          start_date: `2026-07-0${day + 1}`,
          total_amount: text(cent),
        })),
      };
      const window = { startMs: JUNE.startMs, endMs: Date.UTC(2026, 6, 15) };
      const { all } = await pull(planted, { request: { ...REQUEST, window } }, String(page));
      expect(failuresIn(all)).toEqual([]);
      expect(rejectsIn(all)).toEqual([]);
      const all100 = [...june, ...july].reduce((sum, cent) => sum + BigInt(cent), 0n);
      expect(usdOf(all)).toBe(all100 * 10_000_000n);
    }),
    { numRuns: 20 },
  );
});

test('GPU Droplets have the GPUs and the price of their size', async () => {
  const { all } = await pull(PLANTED);
  expect(resourcesIn(all)).toMatchObject([
    {
      resourceId: '448543583',
      kind: 'instance',
      name: 'chat-1',
      gpuType: 'nvidia_h100',
      gpuCount: 8,
      usdPerHour: 23_920_000_000n,
      status: 'active',
    },
  ]);
  const rates = all.flatMap(({ rates: result = [] }) => result.map(({ fact }) => fact));
  // One rate per model, from the size with a single GPU.
  expect(rates).toMatchObject([{ gpuType: 'nvidia_h100', usdPerGpuHour: 3_390_000_000n }]);
});
