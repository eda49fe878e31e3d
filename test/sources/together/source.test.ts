import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sumNano } from '../../../src/domain/money.ts';
import { DAY_MS } from '../../../src/domain/period.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import { togetherKind } from '../../../src/sources/registry.ts';
import { yieldedText } from '../../contract/source.ts';
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
import { KEY, type PlantedLine, togetherApi } from './emulator.ts';
import { JUNE, PLANTED, TOKENS } from './subject.ts';

const OPTIONS = { apiKey: createSecret('${TOGETHER_API_KEY}', () => KEY) };
const REQUEST = { window: JUNE, usage: [], models: [] };
const DAY = JUNE.startMs;

const pull = (reply: Reply, changes: object = {}) =>
  pullFromReply(togetherKind, reply, { options: OPTIONS, request: REQUEST, ...changes });

/** An organization whose bill is this one day. */
const billed = (line_items: readonly object[], more: object = {}): Reply => {
  const others = togetherApi(PLANTED, 'calm');
  const day = { start_time: '2026-06-01T00:00:00Z', end_time: '2026-06-02T00:00:00Z', line_items };
  const body = { object: 'list', currency: 'USD', data: [day], next_cursor: null, ...more };
  return (response, request) =>
    (request.path === '/billing/usage' ? json(body) : others)(response, request);
};

const LINE = {
  product_name: 'Serverless Inference - Input Tokens',
  quantity: '1000000',
  unit_price: '0.00000088',
  cost: '0.88',
  pricing_dimensions: { model: 'meta/llama' },
  attributes: { project_id: 'proj-1', api_key_id: 'key-1' },
};

describe('the bill', () => {
  test('hosted tokens have their quantity, model and key', async () => {
    const { all } = await pull(billed([LINE]));
    expect(chargesIn(all)).toEqual([
      {
        sourceId: 'main',
        key:
          'usage/Serverless%20Inference%20-%20Input%20Tokens/model=meta%2Fllama/' +
          'api_key_id=key-1&project_id=proj-1/2026-06-01T00:00:00Z',
        resourceId: 'meta/llama',
        category: 'hosted',
        pricingClass: 'serverless',
        period: { startMs: DAY, endMs: DAY + DAY_MS },
        billed: 880_000_000n,
        quantity: { num: 1_000_000n, den: 1n },
        unit: 'Tokens',
        basis: 'billed',
        tags: {
          model: 'meta/llama',
          project_id: 'proj-1',
          api_key_id: 'key-1',
          product: 'Serverless Inference - Input Tokens',
          token_class: 'input',
        },
      },
    ]);
  });

  test('the same line twice on a day is summed, the same day twice is not', async () => {
    const day = {
      start_time: '2026-06-01T00:00:00Z',
      end_time: '2026-06-02T00:00:00Z',
      line_items: [LINE, LINE],
    };
    const { all } = await pull(billed([], { data: [day, day] }));
    expect(chargesIn(all)).toMatchObject([
      { billed: 1_760_000_000n, quantity: { num: 2_000_000n, den: 1n } },
    ]);
    expect(rejectsIn(all)).toEqual(['record 1: duplicate day; only the first one was used']);
  });

  test('a line that cannot be read affects its day: it may be part of another line', async () => {
    const { all } = await pull(billed([{ ...LINE, cost: 'plenty' }, LINE]));
    expect(chargesIn(all)).toEqual([]);
    expect(rejectsIn(all)).toEqual(['record 0: line_items.0.cost: expected a decimal like 12.5']);
    expect(all[0]?.completeFor).toBeUndefined();
  });

  test.each([
    ['Dedicated Endpoints (H100 minutes)', 'compute', 'on-demand', 'Minutes'],
    ['GPU Clusters - Reserved GPU Hours', 'compute', 'reserved', 'GPU-Hours'],
    ['Shared Storage Volumes', 'storage', 'on-demand', undefined],
    ['Fine-tuning', 'fee', 'on-demand', undefined],
    ['Code Interpreter Sessions', 'fee', 'on-demand', undefined],
  ])('%s is %s', async (...[product_name, category, pricingClass, unit]) => {
    const { all } = await pull(billed([{ ...LINE, product_name }]));
    expect(chargesIn(all)).toMatchObject([{ category, pricingClass }]);
    expect(chargesIn(all)[0]?.unit).toBe(unit);
  });

  test('an id of an endpoint or a cluster among the labels names the resource', async () => {
    const labels = { endpoint_id: 'endpoint-1', endpoint_name: 'chat', replica: null, size: 2 };
    const { all } = await pull(billed([{ ...LINE, attributes: labels }]));
    expect(chargesIn(all)).toMatchObject([
      { resourceId: 'endpoint-1', resourceName: 'chat', tags: { size: '2' } },
    ]);
  });

  test('each month that has begun is requested, and complete up to yesterday', async () => {
    const window = { startMs: Date.UTC(2026, 5, 20), endMs: Date.UTC(2026, 8, 1) };
    const { all, requests } = await pull(togetherApi({ ...PLANTED, lines: [] }, 'calm'), {
      request: { ...REQUEST, window, facts: ['charges'] },
    });
    const asked = requests.filter(({ path }) => path === '/billing/usage');
    expect(new Set(asked.map(({ query }) => query.get('month')))).toEqual(
      new Set(['2026-06', '2026-07']),
    );
    expect(asked[0]?.query.get('granularity')).toBe('day');
    const windows = all.map(({ fetch }) => fetch.window?.startMs);
    expect(new Set(windows)).toEqual(new Set([DAY, JUNE.endMs]));
  });

  test('a bill that is not enabled is a failure that says whom to contact', async () => {
    const { all } = await pull(togetherApi({ ...PLANTED, isBilled: false }, 'calm'));
    expect(failuresIn(all)).toMatchObject([
      {
        code: 'not-found',
        message: expect.stringContaining(
          'Together enables the billing API per organization; ask its support',
        ) as unknown,
      },
    ]);
    expect(new Set(resourcesIn(all).map(({ resourceId }) => resourceId))).toEqual(
      new Set(['endpoint-1', 'cl-1']),
    );
    // The bill's failure stays: tokens are still missing.
    expect(all.flatMap(({ rebuild }) => rebuild?.kind ?? [])).toEqual([
      'together.uptime.endpoints',
      'together.uptime.clusters',
    ]);
  });

  test('another organization than that of the key is refused with the option to fix', async () => {
    const options = { ...OPTIONS, organization: 'org_y' };
    const { all } = await pull(togetherApi(PLANTED, 'calm'), { options });
    expect(failuresIn(all)).toMatchObject([{ code: 'forbidden' }]);
    expect(failuresIn(all)[0]?.message).toContain('"organization"');
  });

  test('a line whose labels hold lists or objects counts, without them', async () => {
    const attributes = { project_id: 'proj-1', tags: ['a', 'b'], owner: { team: 'ml' } };
    const { all } = await pull(billed([LINE, { ...LINE, attributes }]));
    expect(rejectsIn(all)).toEqual([]);
    const result = chargesIn(all).find(({ tags }) => tags?.['project_id'] === 'proj-1');
    expect(result?.tags).not.toHaveProperty('tags');
    expect(result?.tags).not.toHaveProperty('owner');
    const plain = await pull(billed([LINE, LINE]));
    const sum = (of: typeof all) => chargesIn(of).reduce((nano, { billed: n }) => nano + n, 0n);
    expect(sum(all)).toBe(sum(plain.all));
  });

  test('a currency in lower case is the same', async () => {
    const { all } = await pull(billed([LINE], { currency: 'usd' }));
    expect(failuresIn(all)).toEqual([]);
  });

  test('a bill in another currency is refused', async () => {
    const { all } = await pull(billed([LINE], { currency: 'EUR' }));
    expect(chargesIn(all)).toEqual([]);
    expect(failuresIn(all)).toMatchObject([{ code: 'malformed' }]);
  });

  const line: fc.Arbitrary<PlantedLine> = fc.record({
    dayMs: fc.integer({ min: 0, max: 43 }).map((days) => DAY + days * DAY_MS),
    product: fc.constantFrom(TOKENS.product, 'GPU Clusters', 'Shared Storage'),
    quantity: fc.integer({ min: 1, max: 1e6 }),
    microUsd: fc.integer({ min: -1000, max: 1e9 }),
    dimensions: fc.constantFrom({ model: 'a' }, { model: 'b/c' }),
  });

  test('charges sum to the bill of the months, for every seed', async () => {
    const window = { startMs: DAY, endMs: Date.UTC(2026, 6, 10) };
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 30 }), fc.string(), async (planted, seed) => {
        const listsEmptyDays = seed.length % 2 === 0;
        const lines = planted.map((one) => (one.microUsd < 0 ? { ...one, quantity: 0 } : one));
        const { all } = await pull(togetherApi({ ...PLANTED, lines, listsEmptyDays }, seed), {
          request: { ...REQUEST, window, facts: ['charges'] },
        });
        const micro = lines.reduce((sum, { microUsd }) => sum + BigInt(microUsd), 0n);
        expect(failuresIn(all)).toEqual([]);
        expect(rejectsIn(all)).toEqual([]);
        expect(sumNano(chargesIn(all).map(({ billed: nano }) => nano))).toBe(micro * 1000n);
        expect(new Set(chargesIn(all).map(({ key }) => key)).size).toBe(chargesIn(all).length);
      }),
      { numRuns: 25 },
    );
  });
});

describe('inventory and rates', () => {
  test('an endpoint has the GPUs and the rate of its fewest replicas, and says so', async () => {
    const { all } = await pull(togetherApi(PLANTED, 'calm'));
    // 60.4 cents a minute × 60 ÷ 100 are $36.24 an hour a replica.
    const chat = {
      sourceId: 'main',
      resourceId: 'endpoint-1',
      kind: 'serverless',
      name: 'chat',
      gpuType: 'h200-140gb-sxm',
      gpuCount: 16,
      usdPerHour: 72_480_000_000n,
      status: 'STARTED',
      seenAtMs: Date.UTC(2026, 6, 15, 12),
    };
    // As it describes itself, and as the list of all states has it.
    expect(resourcesIn(all)).toEqual([
      chat,
      chat,
      expect.objectContaining({
        resourceId: 'cl-1',
        kind: 'cluster',
        name: 'training',
        gpuType: 'H100_SXM',
        gpuCount: 16,
        status: 'Ready',
      }),
    ]);
    expect(all.flatMap(({ listed = [] }) => listed)).toEqual(['serverless', 'cluster']);
    expect(warningsIn(all)).toEqual([
      'The endpoint "chat" has 2 to 5 replicas, up to $181 per hour, and Together does not ' +
        'report how many. Its GPUs and its rate are those of 2.',
    ]);
    expect(yieldedText(all)).not.toContain('planted_kube_config');
  });

  test('cents a minute of a configuration become dollars an hour of one GPU', async () => {
    const { all } = await pull(togetherApi(PLANTED, 'calm'));
    const rates = all.flatMap(({ rates: result = [] }) => result.map(({ fact }) => fact));
    expect(new Map(rates.map(({ gpuType, usdPerGpuHour }) => [gpuType, usdPerGpuHour]))).toEqual(
      new Map([
        // From the one with a single GPU: 2.9 × 60 ÷ 100.
        ['a100-80gb-sxm', 1_740_000_000n],
        ['h200-140gb-sxm', 4_530_000_000n],
      ]),
    );
  });

  test('a price of hardware below zero is rejected', async () => {
    const [first = {}] = PLANTED.hardware;
    const hardware = [{ ...first, pricing: { cents_per_minute: -1 } }];
    const { all } = await pull(togetherApi({ ...PLANTED, endpoints: [], hardware }, 'calm'));
    expect(rejectsIn(all)).toEqual([
      'record 0: pricing.cents_per_minute: expected a price of 0 or more',
    ]);
  });

  test('an endpoint on hardware that is not listed is rejected', async () => {
    const { all } = await pull(togetherApi({ ...PLANTED, hardware: [] }, 'calm'));
    expect(resourcesIn(all).map(({ resourceId }) => resourceId)).toEqual(['cl-1']);
    expect(rejectsIn(all)).toEqual(['record 0: hardware: expected a type that Together lists']);
  });

  test('a list is complete only where every endpoint has its hardware', async () => {
    const { all } = await pull(togetherApi({ ...PLANTED, hardware: [] }, 'calm'));
    expect(all.flatMap(({ listed = [] }) => listed)).toEqual(['cluster']);
  });

  test('a cluster costs what config sets for its name or its GPUs', async () => {
    const rate = async (clusterRates: object) => {
      const options = { ...OPTIONS, clusterRates };
      const { all } = await pull(togetherApi(PLANTED, 'calm'), { options });
      return resourcesIn(all).find(({ kind }) => kind === 'cluster')?.usdPerHour;
    };
    // 16 GPUs at $2.50 are $40 an hour.
    expect(await rate({ 'train*': '2.50' })).toBe(40_000_000_000n);
    expect(await rate({ other: 9, 'H100_*': 3 })).toBe(48_000_000_000n);
    expect(await rate({ other: 9 })).toBeUndefined();
  });

  test('with the bill off in config it is not requested, and nothing fails', async () => {
    const options = { ...OPTIONS, billing: false };
    const { all, requests } = await pull(togetherApi({ ...PLANTED, isBilled: false }, 'calm'), {
      options,
      request: { ...REQUEST, facts: ['charges'] },
    });
    expect(requests.map(({ path }) => path)).not.toContain('/billing/usage');
    expect(failuresIn(all)).toEqual([]);
    expect(all.flatMap(({ rebuild }) => rebuild?.window ?? [])).toEqual([JUNE, JUNE]);
  });

  test('a sample of the inventory neither requests the bill nor rebuilds anything', async () => {
    const { all, requests } = await pull(togetherApi(PLANTED, 'calm'), {
      request: { ...REQUEST, facts: ['inventory'] },
    });
    expect(requests.map(({ path }) => path)).not.toContain('/billing/usage');
    expect(all.flatMap(({ rebuild }) => rebuild ?? [])).toEqual([]);
    expect(all.flatMap(({ rates = [] }) => rates)).toEqual([]);
  });
});
