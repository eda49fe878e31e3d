import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sumNano } from '../../../src/domain/money.ts';
import { DAY_MS } from '../../../src/domain/period.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import { crusoeKind } from '../../../src/sources/registry.ts';
import '../../support/laws.ts';
import { json, type Reply } from '../../support/httpServer.ts';
import {
  chargesIn,
  failuresIn,
  pullFromReply,
  rejectsIn,
  resourcesIn,
  warningsIn,
} from '../../support/pulledFrom.ts';
import { crusoeApi, KEY_ID, ORGANIZATION, type PlantedLine, SECRET_KEY } from './emulator.ts';
import { DAY, JUNE, LINE, PLANTED } from './subject.ts';

const OPTIONS = {
  accessKeyId: createSecret('${CRUSOE_ACCESS_KEY_ID}', () => KEY_ID),
  secretKey: createSecret('${CRUSOE_SECRET_KEY}', () => SECRET_KEY),
  organization: ORGANIZATION,
};
const REQUEST = { window: JUNE, usage: [], models: [] };

const pull = (reply: Reply, changes: object = {}) =>
  pullFromReply(crusoeKind, reply, { options: OPTIONS, request: REQUEST, ...changes });

/** An organization whose costs are these rows. */
const costs = (data: readonly object[], more: object = {}): Reply => {
  const others = crusoeApi({ ...PLANTED, lines: [] }, 'calm');
  return (response, request) => {
    const own = request.path.endsWith('/costs');
    (own ? json({ data, last_updated: '2026-06-04T00:00:00Z', ...more }) : others)(
      response,
      request,
    );
  };
};

const ROW = {
  date: '2026-06-01',
  project_id: 'p-serve',
  region: 'us-east1-a',
  resource_type: LINE.type,
  billable_metric: 'gpu-hours',
  quantity: 192,
  unit_price: 2.5,
  cost: 480,
};

describe('charges', () => {
  test('a line of a day is a charge of its type, with hours of single GPUs', async () => {
    const { all } = await pull(costs([ROW]));
    expect(chargesIn(all)).toEqual([
      {
        sourceId: 'main',
        key: 'costs/2026-06-01/p-serve/us-east1-a/h100-80gb-sxm-ib.8x/gpu-hours',
        resourceId: 'p-serve/us-east1-a/h100-80gb-sxm-ib.8x',
        resourceName: 'serving/h100-80gb-sxm-ib.8x',
        category: 'compute',
        pricingClass: 'on-demand',
        isClassPresumed: true,
        period: { startMs: DAY, endMs: DAY + DAY_MS },
        billed: 480_000_000_000n,
        quantity: { num: 192n, den: 1n },
        unit: 'gpu-hours',
        gpuType: 'H100 80GB SXM',
        gpuCount: 8,
        basis: 'billed',
        tags: { project: 'p-serve', region: 'us-east1-a' },
      },
    ]);
  });

  test('rows of a line that differ in price are one charge; a repeat counts once', async () => {
    const cheaper = { ...ROW, quantity: '8.5', unit_price: '2', cost: '17' };
    const { all } = await pull(costs([ROW, cheaper, ROW]));
    expect(chargesIn(all)).toMatchObject([
      { billed: 497_000_000_000n, quantity: { num: 401n, den: 2n } },
    ]);
    expect(rejectsIn(all)).toEqual(['record 2: duplicate row; only the first one was used']);
    expect(all.at(-1)?.completeFor).toBeUndefined();
  });

  test('a cost that is missing is rejected, unless a reservation pays', async () => {
    const { cost: _cost, unit_price: _price, ...unpriced } = ROW;
    const { all } = await pull(costs([unpriced, { ...unpriced, region: null, cost: null }]));
    expect(chargesIn(all)).toEqual([]);
    expect(rejectsIn(all)).toEqual([
      'record 0: cost: missing for 192 gpu-hours',
      'record 1: cost: missing for 192 gpu-hours',
    ]);
  });

  test('a warning says where to enter a reservation that covers usage', async () => {
    const { all } = await pull(crusoeApi(PLANTED, 'calm'));
    expect(rejectsIn(all)).toEqual([]);
    expect(warningsIn(all)).toEqual([
      'A reservation without a cost covers 1 usage row. Add the reservation under ' +
        'commitments in rentcheck.yaml.',
    ]);
  });

  test('usage of a past day without a cost is named, and nothing is withdrawn', async () => {
    const lines = [LINE, { ...LINE, region: 'eu-iceland1-a' }];
    const usage = crusoeApi({ ...PLANTED, lines }, 'calm');
    const some = costs([ROW]);
    const { all } = await pull((response, request) =>
      (request.path.endsWith('/usage') ? usage : some)(response, request),
    );
    expect(warningsIn(all)).toEqual([
      'Crusoe reports usage without a cost in 1 line, such as 192.00 of ' +
        '2026-06-01/p-serve/eu-iceland1-a/h100-80gb-sxm-ib.8x/gpu-hours. Nothing was ' +
        'withdrawn. Compare the costs with the invoice.',
    ]);
    expect(all.at(-1)?.completeFor).toBeUndefined();
  });

  test('days of other windows are left out, future days are rejected', async () => {
    const { all } = await pull(
      costs([
        { ...ROW, date: '2026-05-31' },
        { ...ROW, date: '2099-01-01' },
      ]),
    );
    expect(chargesIn(all)).toEqual([]);
    expect(rejectsIn(all)).toEqual(['record 1: date: 2099-01-01 is in the future']);
  });

  test('the days from the first one listed to the last update are complete', async () => {
    const { all } = await pull(costs([ROW], { last_updated: '2026-06-02T10:00:00Z' }));
    expect(all.at(-1)).toMatchObject({
      fetch: { window: JUNE },
      completeFor: { keyPrefix: 'costs/', window: { startMs: DAY, endMs: DAY + DAY_MS } },
    });
    const { all: late } = await pull(costs([{ ...ROW, date: '2026-06-02' }]));
    expect(warningsIn(late)).toEqual([
      'Crusoe reports no costs from 2026-06-01 to 2026-06-02. If there were any, export ' +
        'them as CSV from its console and import them.',
    ]);
    expect(late.at(-1)?.completeFor?.window.startMs).toBe(DAY + DAY_MS);
  });

  test.each([{ cost: 'plenty' }, { cost: null }, { quantity: undefined }])(
    'a row with %j makes no charge of the other rows of its line',
    async (changes) => {
      const other = { ...ROW, region: 'us-west1' };
      const { all } = await pull(costs([ROW, { ...ROW, unit_price: 9, ...changes }, other]));
      expect(chargesIn(all).map(({ tags }) => tags)).toMatchObject([{ region: 'us-west1' }]);
      expect(rejectsIn(all)).toHaveLength(1);
    },
  );

  test('a cost with the opposite sign to its quantity and price is an error', async () => {
    const { all } = await pull(
      costs([
        { ...ROW, cost: -480 },
        { ...ROW, region: 'us-west1', unit_price: null, cost: -1 },
      ]),
    );
    expect(chargesIn(all).map(({ billed }) => billed)).toEqual([-1_000_000_000n]);
    expect(rejectsIn(all)).toEqual([
      'record 0: cost: expected an amount with the sign of quantity × unit_price',
    ]);
  });

  test.each([
    ['persistent-ssd', 'gib-hours', 'storage'],
    ['l40s-48gb.10x-spot', 'gpu-hours', 'compute'],
    ['c1a.8x', 'vcpu-hours', 'compute'],
    ['public-ip', 'hours', 'network'],
    ['managed-inference', 'million-tokens', 'hosted'],
    ['support', 'months', 'fee'],
  ])('%s by %s is %s', async (resource_type, billable_metric, category) => {
    const { all } = await pull(costs([{ ...ROW, resource_type, billable_metric }]));
    const pricingClass = resource_type.endsWith('spot') ? 'spot' : 'on-demand';
    expect(chargesIn(all)).toMatchObject([{ category, pricingClass }]);
  });

  const line: fc.Arbitrary<PlantedLine> = fc.record({
    dayMs: fc.constantFrom(DAY - DAY_MS, DAY, DAY + DAY_MS, DAY + 2 * DAY_MS),
    project: fc.constantFrom('p-serve', 'p-train', 'p gone'.replace(' ', '-')),
    region: fc.constantFrom('us-east1-a', 'eu-iceland1-a'),
    type: fc.constantFrom(LINE.type, 'persistent-ssd'),
    metric: fc.constant('gpu-hours'),
    quantity: fc.integer({ min: 1, max: 1000 }),
    microUsd: fc.integer({ min: 2, max: 1e9 }),
  });

  test('charges sum to the costs of the window, for every seed', async () => {
    const place = ({ dayMs, project, region, type }: PlantedLine) =>
      [dayMs, project, region, type].join(' ');
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(line, { maxLength: 12, selector: place }),
        fc.string(),
        async (lines, seed) => {
          const { all } = await pull(crusoeApi({ ...PLANTED, lines }, seed));
          const inside = lines.filter(({ dayMs }) => dayMs >= JUNE.startMs && dayMs < JUNE.endMs);
          const micro = inside.reduce((sum, { microUsd = 0 }) => sum + BigInt(microUsd), 0n);
          expect(failuresIn(all)).toEqual([]);
          expect(rejectsIn(all)).toEqual([]);
          expect(sumNano(chargesIn(all).map(({ billed }) => billed))).toBe(micro * 1000n);
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('inventory', () => {
  test('VMs of every project are listed page by page, with the GPUs of their type', async () => {
    const { all, requests } = await pull(crusoeApi(PLANTED, 'calm'));
    expect(
      resourcesIn(all).map(({ resourceId, name, gpuType, gpuCount }) => [
        resourceId,
        name,
        gpuType,
        gpuCount,
      ]),
    ).toEqual([
      ['vm1', 'chat-vm1', 'H100 80GB SXM', 8],
      ['vm2', 'chat-vm2', 'H100 80GB SXM', 8],
      ['vm3', 'chat-vm3', 'H100 80GB SXM', 8],
    ]);
    expect(new Set(requests.map(({ path }) => path))).toEqual(
      new Set([
        '/organizations/projects',
        ...['p-serve', 'p-train'].flatMap((id) =>
          ['types', 'instances'].map((name) => `/projects/${id}/compute/vms/${name}`),
        ),
        `/organizations/${ORGANIZATION}/usage`,
        `/organizations/${ORGANIZATION}/billing/costs`,
      ]),
    );
  });

  test('an invalid Crusoe secret key sends no request', async () => {
    const secretKey = createSecret('${CRUSOE_SECRET_KEY}', () => 'not a key');
    const { all, requests } = await pull(crusoeApi(PLANTED, 'calm'), {
      options: { ...OPTIONS, secretKey },
    });
    expect(failuresIn(all)).toMatchObject([{ kind: 'crusoe', code: 'config' }]);
    expect(requests).toEqual([]);
  });

  test('a request is signed as the official client signs it', async () => {
    // Computed with openssl dgst -sha256 -mac HMAC over the four lines.
    const { requests } = await pull(crusoeApi(PLANTED, 'calm'));
    const [first] = requests;
    expect(first?.headers['x-crusoe-timestamp']).toBe('2026-07-15T12:00:00Z');
    expect(first?.headers.authorization).toBe(
      `Bearer 1.0:${KEY_ID}:LJ-UiFjblHucqTiT3IAd0NBzQbXSpxn_MePkqutmE8c`,
    );
  });
});
