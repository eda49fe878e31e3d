/** Tests the cost of a contract's day, by what it paid for, and its owner. */

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS } from '../../../src/domain/period.ts';
import type { Fetched } from '../../../src/domain/provenance.ts';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import { scratchLedger } from '../../ledger/ledgerFixture.ts';
import { json } from '../../support/httpServer.ts';
import { NOW_MS } from '../../support/testClient.ts';
import '../../support/laws.ts';
import {
  vastAccount,
  chargesIn,
  chargesOf,
  chargesReply,
  INSTANCE,
  instancesOf,
  JUNE_1,
  pullVast,
  ROW,
} from './account.ts';
import { type BilledDay, vastApi } from './emulator.ts';
import { pullWarningSentences } from '../../support/factSentences.ts';

const warningsIn = ({ all }: Awaited<ReturnType<typeof pullVast>>) =>
  all.flatMap(({ warnings }) => pullWarningSentences(warnings));
const rejectsIn = ({ all }: Awaited<ReturnType<typeof pullVast>>) =>
  all.flatMap(({ rejects = [] }) => rejects.map(({ reason }) => reason));

async function chargesWith(rows: readonly unknown[]) {
  const pull = await pullVast(vastAccount(chargesReply(rows)));
  return { ...pull, charges: chargesIn(pull.all) };
}

/** What storing one pull changed. */
async function stored(ledger: Ledger, all: readonly Fetched[], atMs: number) {
  let [added, restated] = [0, 0];
  for (const fetched of all.filter(({ charges }) => charges !== undefined)) {
    const tally = await ledger.facts.append(fetched, atMs);
    added += tally.added;
    restated += tally.restated;
  }
  return { added, restated };
}

describe('a contract in one day', () => {
  test('is a charge for each part that it paid for, which sum to its amount', async () => {
    const { charges } = await chargesWith([ROW]);
    expect(charges.map(({ key, category, billed }) => [key, category, billed])).toEqual([
      ['charges/instance-312/gpu/2026-06-01T00:00:00Z', 'compute', 57_600_000_000n],
      ['charges/instance-312/disk/2026-06-01T00:00:00Z', 'storage', 144_400_000n],
      ['charges/instance-312/bwd/2026-06-01T00:00:00Z', 'network', 4_200_000n],
      ['charges/instance-312/bwu/2026-06-01T00:00:00Z', 'network', 2_000_000n],
      // 57.6 + 0.1444 + 0.0042 + 0.002 are 57.7506, and the amount is 57.751.
      ['charges/instance-312/difference/2026-06-01T00:00:00Z', 'fee', 400_000n],
    ]);
    for (const charge of charges) {
      expect(charge).toMatchObject({
        resourceId: 'instance-312',
        resourceName: 'chat-70b-a',
        pricingClass: 'on-demand',
        period: JUNE_1,
        basis: 'billed',
      });
      expect(charge.isClassPresumed).toBeUndefined();
    }
    expect(charges[0]).toMatchObject({ gpuType: 'A100 SXM4 80GB', gpuCount: 2 });
    expect(charges[1]?.gpuType).toBeUndefined();
  });

  test('several days long, costs in each day what that day is billed', async () => {
    const window = { startMs: JUNE_1.startMs, endMs: JUNE_1.startMs + 3 * DAY_MS };
    const { all } = await pullVast(vastAccount(), { window });
    const gpu = chargesIn(all).filter(({ key }) => key.includes('/gpu/'));
    expect(gpu.map(({ billed }) => billed)).toEqual(Array(3).fill(57_600_000_000n));
    expect(gpu.map(({ period }) => period.startMs)).toEqual(
      [0, 1, 2].map((day) => JUNE_1.startMs + day * DAY_MS),
    );
  });

  test('has its hours, where they times their rate are the amount', async () => {
    const item = (description: string | null, amount: number) => ({
      type: 'gpu',
      description,
      amount,
    });
    const hoursOf = async (items: readonly object[], amount: number) => {
      const { charges } = await chargesWith([{ ...ROW, amount, items }]);
      const { quantity, unit } = charges[0] ?? {};
      return quantity === undefined ? undefined : [quantity.num, quantity.den, unit];
    };
    expect(await hoursOf([item('6.500 hours at $0.389/hour', 2.5285)], 2.529)).toEqual([
      13n,
      2n,
      'Hours',
    ]);
    // The rate changed at noon.
    const halves = [item('12.000 hours at $1.000/hour', 12), item('11.5 hours at $2/hour', 23)];
    expect(await hoursOf(halves, 35)).toEqual([47n, 2n, 'Hours']);
    expect(await hoursOf([item('6.500 hours at $0.389/hour', 4.4)], 4.4)).toBeUndefined();
    expect(await hoursOf([item('GPU time', 4.4)], 4.4)).toBeUndefined();
    expect(await hoursOf([item(null, 4.4)], 4.4)).toBeUndefined();
  });

  test('with more hours than a day has is used whole, with a warning', async () => {
    const gpu = { type: 'gpu', description: '96.000 hours at $0.389/hour', amount: 37.344 };
    const row = { ...ROW, source: 'instance-9', amount: 37.344, items: [gpu] };
    const pull = await chargesWith([row]);
    expect(pull.charges.map(({ billed, quantity }) => [billed, quantity])).toEqual([
      [37_344_000_000n, undefined],
    ]);
    expect(warningsIn(pull)).toEqual([
      'Vast.ai bills more than 24 hours on 2026-06-01 for instance-9. ' +
        'The amounts may ' +
        'cover more than this day and count several ' +
        'times. Compare them with the invoice.',
    ]);
    expect(pull.all.at(-1)?.completeFor).toBeUndefined();
  });

  test('whose items miss its amount keeps the difference, and reports it', async () => {
    const pull = await chargesWith([{ ...ROW, amount: 60 }]);
    expect(pull.charges.at(-1)).toMatchObject({ category: 'fee', billed: 2_249_400_000n });
    expect(warningsIn(pull)).toEqual([
      'In 1 record of 2026-06-01, the items of the Vast.ai bill differ from the total by $2.25 ' +
        'in all. The difference is stored as unexplained charges.',
    ]);
  });

  test('is kept whole where it has no items, by the type of its contract', async () => {
    const bare = [
      { source: 'instance-5', type: 'instance', amount: 3.5 },
      { source: 'volume-7', type: 'volume', amount: 0.125, items: [], metadata: null },
      { source: 'endpoint-8', type: 'serverless', amount: 1.75, items: [] },
    ];
    const { charges } = await chargesWith(bare);
    expect(
      charges.map(({ resourceId, category, pricingClass, billed }) => [
        resourceId,
        category,
        pricingClass,
        billed,
      ]),
    ).toEqual([
      ['instance-5', 'compute', 'on-demand', 3_500_000_000n],
      ['volume-7', 'storage', 'on-demand', 125_000_000n],
      ['endpoint-8', 'compute', 'serverless', 1_750_000_000n],
    ]);
  });

  test('with an item of a new type keeps it under its name', async () => {
    const items = [...ROW.items, { type: 'ipv4', amount: 0.1 }];
    const pull = await chargesWith([{ ...ROW, amount: 57.851, items }]);
    expect(pull.charges.map(({ key }) => key)).toContain(
      'charges/instance-312/ipv4/2026-06-01T00:00:00Z',
    );
    expect(warningsIn(pull)).toEqual(['The Vast.ai bill has unknown items: ipv4.']);
  });

  test('below zero although its items are above is rejected', async () => {
    const pull = await chargesWith([{ ...ROW, amount: -57.751 }]);
    expect(pull.charges).toEqual([]);
    expect(rejectsIn(pull)).toEqual([
      'record 0: amount: expected the sign of its item "gpu", or items that sum to it',
    ]);
  });

  test('whose amounts are in quotes is read alike', async () => {
    const gpu = { type: 'gpu', amount: '3.14159265e1' };
    const { charges } = await chargesWith([{ ...ROW, amount: '31.416', items: [gpu] }]);
    // 31.4159265 and what rounding adds.
    expect(charges.map(({ billed }) => billed)).toEqual([31_415_926_500n, 73_500n]);
  });

  test('that is refunded is a credit', async () => {
    const gpu = { type: 'gpu', amount: -2 };
    const { charges } = await chargesWith([{ ...ROW, amount: -2, items: [gpu] }]);
    expect(charges.map(({ billed }) => billed)).toEqual([-2_000_000_000n]);
  });

  test('that cannot be read is a reject, and the others are read', async () => {
    const rows = [{ ...ROW, source: null }, ROW, { ...ROW, source: 'instance-2', amount: null }];
    const pull = await chargesWith(rows);
    expect(pull.charges).toHaveLength(5);
    expect(rejectsIn(pull)).toEqual([
      'record 0: source: found null, expected an id',
      'record 2: amount: found null, expected a decimal',
    ]);
  });
});

describe('the owner of a charge', () => {
  test('a worker is billed to the endpoint that it serves', async () => {
    const worker = {
      ...ROW,
      metadata: { label: 'w', endpoint_id: 19_392, workergroup_id: 25_355 },
    };
    const { charges } = await chargesWith([worker]);
    expect(charges[0]).toMatchObject({
      key: 'charges/instance-312/gpu/2026-06-01T00:00:00Z',
      resourceId: 'endpoint-19392',
      resourceName: 'bursty',
      pricingClass: 'serverless',
      gpuType: 'A100 SXM4 80GB',
      tags: { contract: 'instance-312', workergroup: '25355' },
    });
  });

  test('an interruptible instance is spot; one that is gone is assumed on demand', async () => {
    const { all } = await pullVast(
      vastAccount({
        ...chargesReply([ROW, { ...ROW, source: 'instance-99', metadata: {} }]),
        '/api/v1/instances/': json(instancesOf([{ ...INSTANCE, is_bid: true }])),
      }),
    );
    const [here, gone] = ['instance-312', 'instance-99'].map((id) =>
      chargesIn(all).find(({ resourceId }) => resourceId === id),
    );
    expect(here).toMatchObject({ pricingClass: 'spot' });
    expect(here?.isClassPresumed).toBeUndefined();
    expect(gone).toMatchObject({ pricingClass: 'on-demand', isClassPresumed: true });
    expect(gone?.resourceName).toBeUndefined();
  });

  test('an instance that is gone keeps its name, GPUs and class in the ledger', async () => {
    const { ledger } = await scratchLedger();
    const spot = json(instancesOf([{ ...INSTANCE, is_bid: true }]));
    const nameless = chargesReply([{ ...ROW, metadata: {} }]);
    const first = await pullVast(vastAccount({ ...nameless, '/api/v1/instances/': spot }));
    const gone = json(instancesOf([]));
    const second = await pullVast(vastAccount({ ...nameless, '/api/v1/instances/': gone }));
    await stored(ledger, first.all, JUNE_1.endMs);
    const again = await stored(ledger, second.all, JUNE_1.endMs + 1);
    expect(again).toMatchObject({ added: 0, restated: 0 });
    const { rows } = await ledger.query(
      `SELECT resource_name, gpu_type, gpu_count, pricing_class FROM charge
       WHERE charge_key LIKE '%/gpu/%'`,
    );
    expect(rows).toEqual([['chat-70b-a', 'A100 SXM4 80GB', 2, 'spot']]);
  });

  test('a day that is billed anew replaces what was known of it', async () => {
    const { ledger } = await scratchLedger();
    const other = { source: 'instance-7', amount: 0.5, items: [{ type: 'gpu', amount: 0.5 }] };
    await stored(
      ledger,
      (await pullVast(vastAccount(chargesReply([ROW, other])))).all,
      JUNE_1.endMs,
    );
    const cheaper = { ...ROW, amount: 57.75 };
    // 57.75 less 57.7506, and the other contract is gone.
    await stored(
      ledger,
      (await pullVast(vastAccount(chargesReply([cheaper])))).all,
      JUNE_1.endMs + 1,
    );
    const { rows } = await ledger.query('SELECT sum(spend_micro_usd) FROM spend_by_day');
    expect(rows).toEqual([[57_750_000]]);
  });
});

test('days that have not begun are not requested', async () => {
  const today = Math.floor(NOW_MS / DAY_MS) * DAY_MS;
  const window = { startMs: today - DAY_MS, endMs: today + 40 * DAY_MS };
  const { requests } = await pullVast(vastAccount(), { window });
  expect(requests.filter(({ path }) => path === '/api/v0/charges/')).toHaveLength(2);
});

test('a volume and a contract are distinguished, and all of a large day is read', async () => {
  const rows = Array.from({ length: 501 }, (_, at) => ({ ...ROW, source: `volume-${at}` }));
  const { all } = await pullVast(vastAccount({ '/api/v0/charges/': json(chargesOf(rows)) }));
  expect(new Set(chargesIn(all).map(({ resourceId }) => resourceId)).size).toBe(501);
});

const planted: fc.Arbitrary<BilledDay[]> = fc.uniqueArray(
  fc.record({
    source: fc.constantFrom('instance-1', 'instance-2', 'instance-3', 'volume-4', 'instance-5'),
    dayMs: fc.integer({ min: 0, max: 2 }).map((day) => JUNE_1.startMs + day * DAY_MS),
    microUsd: fc.record({
      gpu: fc.integer({ min: 0, max: 1e9 }),
      disk: fc.integer({ min: 0, max: 2_000 }),
      bwd: fc.constantFrom(0, 1, 499, 500, 12_345),
    }),
  }),
  { selector: ({ source, dayMs }) => `${source} ${dayMs}`, maxLength: 15 },
);

test('for every seed, each contract and day costs its amount once', async () => {
  await fc.assert(
    fc.asyncProperty(planted, fc.string(), async (days, seed) => {
      const window = { startMs: JUNE_1.startMs, endMs: JUNE_1.startMs + 3 * DAY_MS };
      const world = { days, instances: [INSTANCE], endpoints: [] };
      const pull = await pullVast(vastApi(world, seed), { window });
      const sums = new Map<string, bigint>();
      for (const { key, billed, period } of chargesIn(pull.all)) {
        const place = `${key.split('/')[1]} ${period.startMs}`;
        sums.set(place, (sums.get(place) ?? 0n) + billed);
      }
      for (const { source, dayMs, microUsd } of days) {
        const micro = Object.values(microUsd).reduce((sum, one) => sum + one, 0);
        // By its document the amount is rounded to 3 decimals.
        const owed = BigInt(Math.round(micro / 1000)) * 1_000_000n;
        expect(sums.get(`${source} ${dayMs}`) ?? 0n).toBe(owed);
      }
      expect(rejectsIn(pull)).toEqual([]);
      expect(warningsIn(pull)).toEqual([]);
    }),
    { numRuns: 40 },
  );
});
