import { expect, test } from 'vitest';
import type { Charge } from '../../../src/domain/charge.ts';
import { add, compare, decimal, multiply, toDecimal, ZERO } from '../../../src/domain/exact.ts';
import { usd } from '../../../src/domain/money.ts';
import { DAY_MS, HOUR_MS, instantText } from '../../../src/domain/period.ts';
import type { Fetched } from '../../../src/domain/provenance.ts';
import { seededRandom } from '../../../src/platform/random.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import { coreweaveKind } from '../../../src/sources/registry.ts';
import type { PullRequest } from '../../../src/sources/source.ts';
import { pullFromSource, yieldedText } from '../../contract/source.ts';
import { emulateApi } from '../../support/emulator.ts';
import { json, type Reply, startServer } from '../../support/httpServer.ts';
import { testClient } from '../../support/testClient.ts';
import {
  coreweaveDocument,
  KEY,
  organizationOf,
  type PlantedOrganization,
  type PlantedUsage,
  RATES,
  START_MS,
} from './emulator.ts';
import { pullWarningSentences } from '../../support/factSentences.ts';

const HOURS = 3;
const WINDOW = { startMs: START_MS, endMs: START_MS + HOURS * HOUR_MS };
const REQUEST: PullRequest = { window: WINDOW, usage: [], models: [] };

interface Changes {
  readonly rates?: object;
  readonly request?: Partial<PullRequest>;
  readonly nowMs?: number;
}

async function pull(reply: Reply, { rates = RATES, request = {}, nowMs }: Changes = {}) {
  const server = await startServer(reply);
  const client = testClient();
  client.clock.set(nowMs ?? START_MS + 30 * DAY_MS);
  const options = coreweaveKind.options.parse({
    apiKey: createSecret('${COREWEAVE_API_KEY}', () => KEY),
    baseUrl: server.origin,
    rates,
  });
  const source = coreweaveKind.create('main', options, client);
  const all = await pullFromSource(source, { ...REQUEST, ...request });
  await server.close();
  return { all, requests: server.requests };
}

const apiOf = (organization: PlantedOrganization, seed: string) =>
  emulateApi(coreweaveDocument(organization), seed);
const SEEDS = ['a', 'b', 'c', 'd', 'e'];

const chargesIn = (all: readonly Fetched[]): Charge[] =>
  all.flatMap(({ charges = [] }) => charges.map(({ fact }) => fact));
const rejectsIn = (all: readonly Fetched[]) =>
  all.flatMap(({ rejects = [] }) => rejects.map(({ reason }) => reason));
const warningsIn = (all: readonly Fetched[]) =>
  all.flatMap(({ warnings }) => pullWarningSentences(warnings));
const dollars = (nano: bigint) => toDecimal(usd(nano), 4);

test.each(SEEDS)('quantities times rates are charges, for every seed (%s)', async (seed) => {
  const { all, requests } = await pull(apiOf(organizationOf(HOURS), seed));
  expect(all.flatMap(({ fetch }) => fetch.failure ?? [])).toEqual([]);
  expect(rejectsIn(all)).toEqual([]);
  const first = chargesIn(all)
    .filter(({ period }) => period.startMs === START_MS)
    .map((one) => [one.resourceId, dollars(one.billed), one.basis, one.pricingClass] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  // Of 20 instances 16 are reserved at $30 and 4 on demand at the list price of $49.24.
  expect(first).toEqual([
    ['c-1/gd-8xh100ib-i128', '541.5680', 'list', 'reserved'],
    ['c-2/gd-8xh100ib-i128', '135.3920', 'list', 'reserved'],
    ['c-2/gd-8xl40s-i128', '27.0000', 'list', 'on-demand'],
    ['dfs-standard', '0.1024', 'negotiated', 'on-demand'],
  ]);
  expect(chargesIn(all)).toHaveLength(4 * HOURS);
  const clusters = all.flatMap(({ resources = [] }) => resources.map(({ fact }) => fact));
  expect(clusters.map(({ kind, name }) => `${kind} ${name}`).toSorted()).toEqual([
    'cluster serve',
    'cluster train',
  ]);
  expect(all.at(-1)?.completeFor).toEqual({ keyPrefix: 'usage/', window: WINDOW });
  const asked = requests.filter(({ path }) => path === '/v1/billing/focus');
  expect(new Set(asked.map(({ query }) => query.get('format')))).toEqual(new Set(['json']));
});

test('a charge has its cluster, zone, GPUs and list price', async () => {
  const { all } = await pull(apiOf(organizationOf(1), 'a'));
  const charge = chargesIn(all).find(({ resourceId }) => resourceId === 'c-1/gd-8xh100ib-i128');
  expect(charge).toMatchObject({
    key: 'usage/2026-09-01T08:00:00Z/c-1/US-EAST-04A/gd-8xh100ib-i128/Instance-Hour',
    resourceName: 'train/gd-8xh100ib-i128',
    category: 'compute',
    quantity: { num: 16n, den: 1n },
    unit: 'Instance-Hour',
    gpuType: 'H100 80GB',
    gpuCount: 8,
    list: 787_840_000_000n,
    tags: { sku: 'gd-8xh100ib-i128', cluster: 'train', cluster_id: 'c-1', zone: 'US-EAST-04A' },
  });
});

/** Random clusters, SKUs and plans, each with its rate; quantities in quarters. */
function anyOrganization(seed: string): PlantedOrganization {
  const random = seededRandom(seed);
  const usage: PlantedUsage[] = [];
  for (let hour = 0; hour < 30; hour += 1) {
    for (const sku of ['gd-8xh100ib-i128', 'b300-8x', 'cd-hp-a96-genoa']) {
      for (const id of ['c-1', 'c-2']) {
        const plans = ['Reserved', 'On-Demand', 'Spot', 'Flex'].flatMap((plan) =>
          random.integer(0, 2) === 0 ? [] : [[plan, String(random.integer(0, 40) / 4)] as const],
        );
        if (plans.length === 0) continue;
        const cluster = { id, name: id };
        const place = { zone: 'US-EAST-04A', unit: 'Instance-Hour', product: 'GPU Compute' };
        const startMs = START_MS + hour * HOUR_MS;
        usage.push({ ...place, startMs, sku, cluster, plans: Object.fromEntries(plans) });
      }
    }
  }
  return { usage, clusters: [] };
}

const CARD: Readonly<Record<string, string>> = {
  'reserved/*': '30.5',
  '*': '50.25',
  'spot/*': '19.71',
  'flex/b300-8x': '41.1',
};

const rateOf = (sku: string, plan: string) => {
  if (plan === 'Flex') return sku === 'b300-8x' ? '41.1' : '50.25';
  return { Reserved: '30.5', Spot: '19.71', 'On-Demand': '50.25' }[plan] ?? '0';
};

test.each(SEEDS)(
  'all charges sum to all quantities at the rates of their plans (%s)',
  async (seed) => {
    const organization = anyOrganization(seed);
    const window = { startMs: START_MS, endMs: START_MS + 30 * HOUR_MS };
    const { all } = await pull(apiOf(organization, seed), { rates: CARD, request: { window } });
    expect(rejectsIn(all)).toEqual([]);
    let truth = ZERO;
    for (const { sku, plans } of organization.usage) {
      for (const [plan, quantity] of Object.entries(plans)) {
        truth = add(truth, multiply(decimal(quantity), decimal(rateOf(sku, plan))));
      }
    }
    const charges = chargesIn(all);
    const total = charges.reduce((sum, { billed }) => sum + billed, 0n);
    // Each charge is rounded to a nano-dollar.
    const gap = Math.abs(Number(total) - Number(toDecimal(truth, 9).replace('.', '')));
    expect(gap).toBeLessThanOrEqual(charges.length);
    expect(compare(truth, ZERO)).toBe(1);
    expect(new Set(charges.map(({ key }) => key)).size).toBe(charges.length);
  },
);

function usageOf(changes: Partial<PlantedUsage>): PlantedOrganization {
  const cluster = { id: 'c-1', name: 'train' };
  const one: PlantedUsage = {
    startMs: START_MS,
    sku: 'gd-8xh100ib-i128',
    unit: 'Instance-Hour',
    product: 'GPU Compute',
    zone: 'US-EAST-04A',
    cluster,
    plans: { 'On-Demand': '2' },
  };
  return { clusters: [], usage: [{ ...one, ...changes }] };
}

test.each([
  ['a whole name before a pattern', { 'gd-*': 10, 'gd-8xh100ib-i128': 20 }, '40.0000'],
  ['the longer pattern before the shorter', { '*': 10, 'gd-8x*': 15, 'gd-*': 12 }, '30.0000'],
  ['a rate for a plan before one for any', { 'on-demand/*': 7, 'gd-8xh100ib-i128': 20 }, '14.0000'],
  ['no rate of another plan', { 'reserved/*': 7 }, '98.4800'],
  ['a rate per GPU', { '*': { usd: '3.5', per: 'GPU-Hour' } }, '56.0000'],
  ['the rate in force then', { '*': [{ usd: 1 }, { usd: 5, from: '2026-09-01' }] }, '10.0000'],
  ['no rate from later on', { '*': { usd: 5, from: '2026-09-02' } }, '98.4800'],
  ['a rate of nothing', { '*': 0 }, '0.0000'],
])('of several rates it takes %s', async (_what, rates, billed) => {
  const { all } = await pull(apiOf(usageOf({}), 'a'), { rates });
  expect(chargesIn(all).map((one) => dollars(one.billed))).toEqual([billed]);
});

test('hours of a GPU are charged at the price of an instance by its GPUs', async () => {
  const { all } = await pull(apiOf(usageOf({ unit: 'GPU-Hour' }), 'a'), { rates: {} });
  // $49.24 for eight.
  expect(chargesIn(all)).toMatchObject([
    { billed: 12_310_000_000n, basis: 'list', unit: 'GPU-Hour' },
  ]);
});

test('usage without a price is not charged, and is reported with what to add', async () => {
  const sku = 'b300-8x';
  const { all } = await pull(apiOf(usageOf({ sku }), 'a'), { rates: {} });
  expect(chargesIn(all)).toEqual([]);
  expect(rejectsIn(all)).toEqual([
    'record 0: 2.00 Instance-Hour of b300-8x not charged: no list price is known; add the ' +
      'rate per Instance-Hour under rates in rentcheck.yaml (0 if it is free): rates: { ' +
      '"b300-8x": … }',
  ]);
  const spot = await pull(apiOf(usageOf({ sku: 'gd-8xl40s-i128', plans: { Spot: '1' } }), 'a'), {
    rates: {},
  });
  expect(rejectsIn(spot.all).join()).toContain('rates: { "spot/gd-8xl40s-i128": … }');
});

test('list prices are reported as such, especially for reserved hours', async () => {
  const { all } = await pull(apiOf(usageOf({ plans: { Reserved: '2' } }), 'a'), { rates: {} });
  expect(warningsIn(all)).toEqual([
    'The SKU gd-8xh100ib-i128 is charged at the list price of 2026-09-20, reserved hours at ' +
      'the on-demand price. If you pay another price, add your rate per Instance-Hour under ' +
      'rates in rentcheck.yaml.',
  ]);
});

test('an organization without the export is referred to Support', async () => {
  const { all } = await pull(apiOf({ ...organizationOf(1), isEnabled: false }, 'a'));
  const failures = all.flatMap(({ fetch }) => fetch.failure ?? []);
  expect(failures).toMatchObject([{ code: 'forbidden' }]);
  expect(failures[0]?.message).toContain('ask CoreWeave Support to enable it');
});

test('each window is requested once by plan and once by location, and never added', async () => {
  const window = { startMs: Date.UTC(2025, 11, 1), endMs: Date.UTC(2026, 1, 10) };
  const { requests } = await pull(apiOf({ usage: [], clusters: [] }, 'a'), { request: { window } });
  const asked = requests.filter(({ path }) => path === '/v1/billing/focus');
  const result = asked.map(({ query }) =>
    ['group_by', 'start_time', 'end_time'].map((name) => query.get(name)).join(' '),
  );
  // Usage from before 2026 is not exported.
  expect([...new Set(result)]).toEqual([
    'capacity_plan 2026-01-01T00:00:00Z 2026-02-01T00:00:00Z',
    'location 2026-01-01T00:00:00Z 2026-02-01T00:00:00Z',
    'capacity_plan 2026-02-01T00:00:00Z 2026-02-10T00:00:00Z',
    'location 2026-02-01T00:00:00Z 2026-02-10T00:00:00Z',
  ]);
});

/** Two views with these rows. */
function views(byPlan: readonly object[], byLocation: readonly object[], more: object = {}): Reply {
  return (response, request) => {
    if (!request.path.endsWith('focus')) return json({ items: [] })(response, request);
    const isPlan = request.query.get('group_by') === 'capacity_plan';
    return json({ data: isPlan ? byPlan : byLocation, ...more })(response, request);
  };
}

const row = (changes: object = {}) => ({
  ChargePeriodStart: '2026-09-01T08:00:00Z',
  ChargePeriodEnd: '2026-09-01T09:00:00Z',
  SkuId: 'gd-8xh100ib-i128',
  PricingQuantity: '2',
  PricingUnit: 'Instance-Hour',
  x_ProductFamily: 'GPU Compute',
  x_ClusterId: 'c-1',
  RegionId: 'US-EAST-04A',
  ...changes,
});

test('where the two views differ the hour is named, and nothing is withdrawn', async () => {
  const plan = row({ PricingQuantity: 3, x_CapacityPlan: 'On-Demand' });
  const { all } = await pull(views([plan], [row()]));
  expect(chargesIn(all).map(({ billed }) => dollars(billed))).toEqual(['98.4800']);
  expect(rejectsIn(all).join()).toContain('differ for this hour and SKU');
  expect(all.at(-1)).not.toHaveProperty('completeFor');
  const lacking = await pull(views([row({ SkuId: 'b200-8x' })], [row()]));
  expect(chargesIn(lacking.all)).toHaveLength(1);
  const other = row({ ChargePeriodStart: '2026-09-01T09:00:00Z', ChargePeriodEnd: null });
  const late = await pull(views([other], [row(), other]));
  expect(rejectsIn(late.all)).toEqual([
    'record 0: no matching row in the usage by capacity plan, so the rate is unknown',
  ]);
});

test('hours that are still incomplete are neither compared nor withdrawn', async () => {
  const plan = row({ PricingQuantity: 3, x_CapacityPlan: 'On-Demand' });
  const asOf = { data_as_of: '2026-09-01T08:10:00Z' };
  const { all } = await pull(views([plan], [row()], asOf));
  expect(rejectsIn(all).join()).toContain('differ');
  const before = await pull(views([plan], [row()], { data_as_of: '2026-09-01T08:00:00Z' }));
  expect(rejectsIn(before.all)).toEqual([]);
  expect(before.all.at(-1)).not.toHaveProperty('completeFor');
  const odd = await pull(views([row()], [row()], { data_as_of: 'about noon' }));
  expect(warningsIn(odd.all).join()).toContain('data_as_of');
});

test('a duplicate row, or one of another time, is no charge', async () => {
  const outside = row({ ChargePeriodStart: '2026-08-31T08:00:00Z', ChargePeriodEnd: null });
  const next = row({ ChargePeriodStart: instantText(WINDOW.endMs), ChargePeriodEnd: null });
  const plan = row({ x_CapacityPlan: 'On-Demand' });
  const { all } = await pull(views([plan], [row(), row(), outside, next]));
  expect(chargesIn(all)).toHaveLength(1);
  expect(rejectsIn(all)).toEqual([
    'record 1: duplicate row',
    'record 2: expected an hour from 2026-09-01T08:00:00Z to 2026-09-01T11:00:00Z',
  ]);
});

test('a cost that CoreWeave provides in the future is pointed out', async () => {
  const { all } = await pull(views([row()], [row({ BilledCost: '71.2' })]));
  expect(warningsIn(all).join()).toContain('CoreWeave now reports costs');
  const blank = await pull(views([row()], [row({ BilledCost: 0 })]));
  expect(warningsIn(blank.all).join()).not.toContain('CoreWeave now reports costs');
});

test('unread fields of a list are not stored', async () => {
  const { all } = await pull(apiOf(organizationOf(1), 'a'));
  expect(yieldedText(all)).not.toContain('kc-0123456789');
});

test.each([
  { 'gd-*': -1 },
  { 'gd-*': 'cheap' },
  { 'gd-*': { usd: 1, from: 'soon' } },
  { 'gd-*': [] },
])('an impossible rate is refused: %j', (rates) => {
  const apiKey = createSecret('${K}', () => KEY);
  expect(coreweaveKind.options.safeParse({ apiKey, rates }).success).toBe(false);
});
