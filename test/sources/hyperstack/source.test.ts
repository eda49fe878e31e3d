/** Tests what Hyperstack is asked for, and how unusual answers are read. */

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sumNano } from '../../../src/domain/money.ts';
import { DAY_MS } from '../../../src/domain/period.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import { hyperstackKind } from '../../../src/sources/registry.ts';
import '../../support/laws.ts';
import { json, type Reply } from '../../support/httpServer.ts';
import {
  chargesIn,
  failuresIn,
  pullFromReply,
  rejectsIn,
  warningsIn,
} from '../../support/pulledFrom.ts';
import {
  hyperstackApi,
  KEY,
  type PlantedOrganization,
  type PlantedThing,
  totalMicro,
} from './emulator.ts';
import { CHAT, JUNE, PLANTED } from './subject.ts';

const OPTIONS = { apiKey: createSecret('${HYPERSTACK_API_KEY}', () => KEY) };
const DAY = { startMs: JUNE.startMs, endMs: JUNE.startMs + DAY_MS };
const REQUEST = { window: DAY, usage: [], models: [] };

const pull = (reply: Reply, changes: object = {}) =>
  pullFromReply(hyperstackKind, reply, { options: OPTIONS, request: REQUEST, ...changes });

const planted = (changes: Partial<PlantedOrganization>, seed = 'calm') =>
  hyperstackApi({ ...PLANTED, ...changes }, seed);

const HISTORY = '/billing/billing/history';

/** The organization as planted, with these addresses answered differently. */
function answering(bodies: Readonly<Record<string, unknown>>, others = planted({})): Reply {
  return (response, request) => {
    const [, path = ''] = request.path.split(HISTORY);
    const own = request.path.startsWith(HISTORY) ? bodies[path] : undefined;
    (own === undefined ? others : json(own))(response, request);
  };
}

const ROW = {
  attributes: { id: 'u-1', infrahub_id: 8429, resource_name: 'chat', contract_id: null },
  metrics: { incurred_bill: 384, price_per_hour: 16, usage_time: 24 },
};

const vms = (rows: readonly unknown[], more: object = { total_count: rows.length }) => ({
  '/virtual-machine': { message: 'Done', billing_history_vm: { billing_history: rows, ...more } },
});

/** An organization that has only what the rows say. */
const only = (rows: readonly unknown[], more?: object) =>
  answering(vms(rows, more), planted({ things: {} }));

const keys = (all: Awaited<ReturnType<typeof pull>>['all']) =>
  chargesIn(all).map(({ key, billed }) => [key, billed]);

describe('charges', () => {
  test('a VM of a day is a charge with its GPUs, hours and list cost', async () => {
    const { all } = await pull(planted({ things: { vm: [CHAT] } }));
    expect(chargesIn(all)).toEqual([
      {
        sourceId: 'main',
        key: 'cloud/vm/8429/2026-06-01',
        resourceId: 'vm-8429',
        resourceName: 'chat',
        category: 'compute',
        pricingClass: 'on-demand',
        isClassPresumed: true,
        period: DAY,
        // 24 hours at $16.00; $20.80 before the discount.
        billed: 384_000_000_000n,
        list: 499_200_000_000n,
        quantity: { num: 24n, den: 1n },
        unit: 'Hours',
        gpuType: 'H100-80G-PCIe-NVLink',
        gpuCount: 8,
        basis: 'billed',
        tags: { family: 'virtual-machine' },
      },
    ]);
  });

  test('a VM of a flavor for spot is spot, one of a contract is reserved', async () => {
    const things = [
      { ...CHAT, number: 8430 },
      { ...CHAT, contract: 12 },
    ];
    const { all } = await pull(planted({ things: { vm: things } }));
    const result = chargesIn(all).map(({ resourceId, pricingClass, tags }) => ({
      [resourceId]: [pricingClass, tags?.['contract']],
    }));
    expect(Object.assign({}, ...result)).toEqual({
      'vm-8430': ['spot', undefined],
      'vm-8429': ['reserved', '12'],
    });
  });

  test('serverless inference is hosted and named by its model, storage is storage', async () => {
    const { all } = await pull(planted({}));
    const result = chargesIn(all).map(({ resourceId, category, resourceName, pricingClass }) => [
      resourceId,
      category,
      resourceName,
      pricingClass,
    ]);
    expect(result).toContainEqual([
      'serverless_inference-5',
      'hosted',
      'llama-3.3-70b',
      'serverless',
    ]);
    expect(result).toContainEqual(['volume-8429', 'storage', 'weights', 'on-demand']);
    expect(result).toContainEqual(['snapshot-7', 'storage', 'before', 'on-demand']);
  });

  // 163 s at $0.3483871 an hour are $0.0157742.
  test.each([
    ['seconds', 163, { num: 163n, den: 3600n }],
    ['hours', '0.0452777778', { num: 226388889n, den: 5000000000n }],
    ['neither', 7, undefined],
  ])('its bill says whether its time is in hours or seconds: %s', async (_, time, quantity) => {
    const metrics = {
      incurred_bill: 0.015774193694443002,
      price_per_hour: 0.3483871,
      usage_time: time,
    };
    const { all } = await pull(only([{ ...ROW, metrics }]));
    const [charge] = chargesIn(all);
    expect(charge?.billed).toBe(15_774_194n);
    expect(charge?.quantity).toEqual(quantity);
  });

  test.each([
    ['missing', undefined, 'found nothing, expected a decimal'],
    ['null', null, 'found null, expected a decimal'],
    ['a word', 'plenty', 'expected a decimal like 12.5'],
    ['below zero', -1, 'expected an amount of 0 or more'],
  ])('a bill that is %s is a reject, and nothing is withdrawn', async (_, bill, reason) => {
    const bad = { attributes: { infrahub_id: 2 }, metrics: { incurred_bill: bill } };
    const { all } = await pull(only([ROW, bad]));
    expect(rejectsIn(all)).toEqual([`record 1: metrics.incurred_bill: ${reason}`]);
    expect(keys(all)).toEqual([['cloud/vm/8429/2026-06-01', 384_000_000_000n]]);
    expect(all.filter(({ completeFor }) => completeFor)).toEqual([]);
  });

  test('a row needs an id or a name, and a duplicate counts once', async () => {
    const { all } = await pull(only([ROW, ROW, { ...ROW, attributes: { status: 'ACTIVE' } }]));
    expect(rejectsIn(all)).toEqual([
      'record 1: duplicate resource; only the first one was used',
      'record 2: attributes: expected an id or a name',
    ]);
    expect(chargesIn(all)).toHaveLength(1);
  });

  test('a resource without cost is no charge', async () => {
    const free = { ...ROW, metrics: { incurred_bill: 0, usage_time: 24 } };
    const { all } = await pull(only([free]));
    expect([chargesIn(all), rejectsIn(all), failuresIn(all)]).toEqual([[], [], []]);
  });
});

describe('the nodes of a cluster', () => {
  const day = (seed: string, areNodesListed: boolean) =>
    pull(planted({ areNodesListed }, seed)).then(({ all }) => all);

  test.each(['a', 'b', 'c', 'd', 'e', 'f'])(
    'are counted once, as VMs where the bill of VMs has them (%s)',
    async (seed) => {
      const listed = await day(seed, true);
      expect(keys(listed).filter(([key]) => /cluster|node|843/.test(String(key)))).toEqual(
        expect.arrayContaining([
          ['cloud/vm/8430/2026-06-01', 96_000_000_000n],
          ['cloud/vm/8431/2026-06-01', 96_000_000_000n],
        ]),
      );
      expect(keys(listed).some(([key]) => String(key).includes('cluster'))).toBe(false);
      const apart = await day(seed, false);
      expect(keys(apart)).toContainEqual(['cloud/cluster/31/2026-06-01', 192_000_000_000n]);
      expect(warningsIn([...listed, ...apart])).toEqual([]);
      const sums = [listed, apart].map((all) => sumNano(chargesIn(all).map((one) => one.billed)));
      expect(sums[0]).toBe(sums[1]);
    },
  );

  const cluster = (more: object) => ({
    attributes: { infrahub_id: 31, resource_name: 'kube' },
    metrics: { incurred_bill: 400, price_per_hour: 1 },
    ...more,
  });
  const clusters = (more: object) => ({
    '/cluster': {
      message: 'Done',
      billing_history_cluster: { billing_history: [cluster(more)], total_count: 1 },
    },
    ...vms([ROW]),
  });

  test('the cost of a cluster beside its VMs is a separate charge', async () => {
    const { all } = await pull(answering(clusters({ nodes: [ROW] }), planted({ things: {} })));
    expect(keys(all)).toEqual([
      ['cloud/vm/8429/2026-06-01', 384_000_000_000n],
      ['cloud/cluster/31/2026-06-01', 16_000_000_000n],
    ]);
  });

  test('a node with the number of a VM and another name is a different one', async () => {
    const node = { ...ROW, attributes: { infrahub_id: 8429, resource_name: 'node-0' } };
    const { all } = await pull(answering(clusters({ nodes: [node] }), planted({ things: {} })));
    expect(keys(all)).toContainEqual(['cloud/cluster/31/2026-06-01', 400_000_000_000n]);
  });

  test('a cluster that costs less than its VMs is a reject', async () => {
    const expensive = { ...ROW, metrics: { incurred_bill: 500 } };
    const { all } = await pull(
      answering(
        { ...clusters({ nodes: [expensive] }), ...vms([expensive]) },
        planted({ things: {} }),
      ),
    );
    expect(rejectsIn(all)).toEqual([
      'record 0: metrics.incurred_bill: $400.000000 is less than the sum of the VMs of the ' +
        'cluster',
    ]);
  });

  test('a cluster with unknown nodes is a reject', async () => {
    const detail = { billing_history_cluster_details: cluster({}) };
    const { all, requests } = await pull(
      answering({ ...clusters({}), '/cluster/31': detail }, planted({ things: {} })),
    );
    expect(requests.map(({ path }) => path)).toContain(`${HISTORY}/cluster/31`);
    expect(rejectsIn(all)).toEqual([
      'record 0: nodes: expected the VMs of the cluster, because the bill of VMs may also ' +
        'include them',
    ]);
    expect(keys(all)).toEqual([['cloud/vm/8429/2026-06-01', 384_000_000_000n]]);
  });

  test('no cluster is counted where the bill of VMs cannot be read', async () => {
    const { all } = await pull(answering({ ...clusters({ nodes: [ROW] }), ...vms([{}]) }));
    expect(keys(all).filter(([key]) => /cluster/.test(String(key)))).toEqual([]);
    expect(failuresIn(all)).toMatchObject([{ kind: 'hyperstack.cloud', code: 'unavailable' }]);
  });
});

describe('the check of a day', () => {
  const resultOf = (all: Awaited<ReturnType<typeof pull>>['all']) => {
    const last = all.at(-1);
    return { total: last?.statedTotal?.billedNanoUsd, completeFor: last?.completeFor };
  };

  test('states its total, and withdraws what its lists lack', async () => {
    const { all } = await pull(planted({}));
    // $16.00 + 2 × $4.00 + $0.07 + $0.01 an hour.
    expect(resultOf(all)).toEqual({
      total: 577_920_000_000n,
      completeFor: { keyPrefix: 'cloud/', window: DAY },
    });
  });

  test('states a total that counts AI Studio without it', async () => {
    const { all } = await pull(planted({ isStudioInTotal: true }));
    expect(resultOf(all).total).toBe(577_920_000_000n);
    expect(warningsIn(all)).toEqual([]);
  });

  test('states a different total with a warning, and withdraws nothing', async () => {
    const total = { billing_history: { billing_history: [{ metrics: { incurred_bill: 600 } }] } };
    const { all } = await pull(answering({ '': total }));
    expect(resultOf(all)).toEqual({ total: 600_000_000_000n, completeFor: undefined });
    expect(warningsIn(all)).toEqual([
      "Hyperstack's total of 2026-06-01 is $600.00, but its lists add up to $577.92. Nothing " +
        'was withdrawn. Compare them with the billing page.',
    ]);
  });

  test('fails without a total, unless there is nothing to check', async () => {
    const none = { '': { billing_history: { billing_history: [] } } };
    const { all } = await pull(answering(none));
    expect(failuresIn(all)).toMatchObject([{ kind: 'hyperstack.cloud', code: 'malformed' }]);
    const idle = await pull(answering(none, planted({ things: {} })));
    expect([failuresIn(idle.all), resultOf(idle.all).total]).toEqual([[], undefined]);
  });

  test('fails where a list has fewer rows than it counts', async () => {
    const { all } = await pull(only([ROW], { total_count: 2, pagination: { page: 1, pages: 1 } }));
    expect(failuresIn(all).map(({ code }) => code)).toEqual(['malformed']);
    expect([resultOf(all).completeFor, chargesIn(all)]).toEqual([undefined, []]);
  });

  test('withdraws nothing without a count', async () => {
    const { all } = await pull(only([ROW], {}));
    expect(chargesIn(all)).toHaveLength(1);
    expect(all.filter(({ completeFor }) => completeFor)).toEqual([]);
  });

  test("fails with the answer's own message where it has no history", async () => {
    const body = { status: false, error_reason: 'server_error', message: 'try later' };
    const { all } = await pull(answering({ '/bucket': body }));
    expect(failuresIn(all)).toHaveLength(1);
    expect(failuresIn(all)[0]?.message).toContain('returned no billing history: try later');
    expect(resultOf(all).completeFor).toBeUndefined();
  });
});

describe('requests', () => {
  test('are sent for each day that is over, for the families that have anything', async () => {
    const { requests } = await pull(planted({ things: { vm: [CHAT] } }), {
      request: { ...REQUEST, window: { ...JUNE, endMs: JUNE.endMs + DAY_MS }, facts: ['charges'] },
      nowMs: JUNE.endMs + DAY_MS / 2,
    });
    const asked = requests
      .filter(({ path, query }) => path.startsWith(HISTORY) && query.get('per_page') !== '1')
      .map(({ path, query }) => [path.slice(HISTORY.length), query.get('start_date')]);
    expect(asked.filter(([path]) => path === '' || path === '/virtual-machine')).toEqual([
      ['/virtual-machine', '2026-06-01T00:00:00'],
      ['', '2026-06-01T00:00:00'],
      ['/virtual-machine', '2026-06-02T00:00:00'],
      ['', '2026-06-02T00:00:00'],
    ]);
    expect(asked).toHaveLength(4);
  });

  test('give the sums of the organization, for every seed', async () => {
    const things = fc.array(
      fc.record({
        number: fc.integer({ min: 1, max: 10_000 }),
        microPerHour: fc.integer({ min: 1, max: 30_000_000 }),
        hours: fc.integer({ min: 1, max: 48 }),
      }),
      { maxLength: 9 },
    );
    const property = fc.asyncProperty(
      things,
      fc.string(),
      fc.boolean(),
      async (drawn, seed, shared) => {
        const vm = [...new Map(drawn.map((one) => [one.number, one])).values()].map(
          ({ number, microPerHour, hours }): PlantedThing => ({
            number,
            name: `vm ${number}`,
            microPerHour,
            fromMs: JUNE.startMs,
            toMs: JUNE.startMs + hours * (DAY_MS / 24),
          }),
        );
        const nodes = vm.slice(0, 2).map(({ number }) => number);
        const cluster = [{ ...CHAT, number: 3, name: 'kube', nodes }];
        const organization: PlantedOrganization = {
          ...PLANTED,
          things: { ...PLANTED.things, vm, cluster },
          areNodesListed: shared,
          longestPage: 2,
        };
        const { all } = await pull(hyperstackApi(organization, seed), {
          request: { ...REQUEST, window: JUNE, facts: ['charges'] },
        });
        const cloud = chargesIn(all).filter(({ key }) => key.startsWith('cloud/'));
        const micro = [DAY, { startMs: DAY.endMs, endMs: JUNE.endMs }].map(({ startMs, endMs }) =>
          totalMicro(organization, { fromMs: startMs, toMs: endMs }),
        );
        expect(failuresIn(all)).toEqual([]);
        expect(sumNano(cloud.map(({ billed }) => billed))).toBe(
          BigInt(micro.reduce((sum, one) => sum + one, 0)) * 1000n,
        );
      },
    );
    await fc.assert(property, { numRuns: 12 });
  });
});
