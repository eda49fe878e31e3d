/** Together without a bill, and with one from some day on: each hour is charged once. */

import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { toDecimal } from '../../src/domain/exact.ts';
import { sumNano, usd } from '../../src/domain/money.ts';
import { DAY_MS, HOUR_MS, instantText } from '../../src/domain/period.ts';
import type { JobContext } from '../../src/jobs/job.ts';
import { pullFacts } from '../../src/jobs/pull.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { createHttpClient } from '../../src/platform/httpClient.ts';
import { createSecret } from '../../src/platform/secret.ts';
import { togetherKind } from '../../src/sources/registry.ts';
import { loadConfigText } from '../config/configFile.ts';
import { KEY, type PlantedOrganization, togetherApi } from '../sources/together/emulator.ts';
import { PLANTED } from '../sources/together/subject.ts';
import { folderWith } from '../support/cli.ts';
import { json, startServer, type Reply, type TestServer } from '../support/httpServer.ts';

/** The third quarter. */
const QUARTER = { startMs: Date.UTC(2026, 6, 1), endMs: Date.UTC(2026, 9, 1) };
/** `at(7, 10, 6)` is the 10th of July at 06:00. */
const at = (month: number, day: number, hour = 0) => Date.UTC(2026, month - 1, day, hour);

const clock = settableClock(QUARTER.startMs);
let ledger: Ledger;
let server: TestServer | undefined;

beforeEach(async () => {
  clock.set(QUARTER.startMs);
  ledger = await openLedger(join(await folderWith({}), 'l.db'), { clock });
});
afterEach(async () => {
  await ledger.close();
  await server?.close();
  server = undefined;
});

/** $0.60 a minute and GPU: $36 an hour. */
const HARDWARE = PLANTED.hardware.map((one) => ({ ...one, pricing: { cents_per_minute: 60 } }));

function endpoint(state: string, [min_replicas, max_replicas]: readonly [number, number]) {
  const [first] = PLANTED.endpoints;
  const changes = { state, autoscaling: { min_replicas, max_replicas } };
  return { ...first, ...changes } as PlantedOrganization['endpoints'][number];
}

const STARTED = endpoint('STARTED', [1, 1]);
const CHAT = 'endpoint-1';

/** An organization with one endpoint, no clusters and no bill. */
const UNBILLED: PlantedOrganization = {
  ...PLANTED,
  hardware: HARDWARE,
  lines: [],
  endpoints: [STARTED],
  clusters: [],
  isBilled: false,
};

const SAMPLE = ['inventory'] as const;

/** Pulls at any moment of the state at that time. The seed picks the API's behavior. */
async function pullsOf(options: object = {}, seed = 'a') {
  let reply: Reply = () => undefined;
  server = await startServer((response, request) => reply(response, request));
  const apiKey = createSecret('${TOGETHER_API_KEY}', () => KEY);
  const parsed = togetherKind.options.parse({ apiKey, baseUrl: server.origin, ...options });
  const http = createHttpClient({ clock, sleep: () => Promise.resolve() });
  const source = togetherKind.create('together', parsed, { http, clock });
  const context = {
    config: await loadConfigText('sources: {}'),
    ledger,
    clock,
    sources: new Map([['together', source]]),
    progress: () => undefined,
  } as unknown as JobContext;
  const ask = (nowMs: number, facts: { readonly facts?: typeof SAMPLE }) => {
    clock.set(nowMs);
    return pullFacts(context, { source: 'together', window: QUARTER, ...facts });
  };
  return {
    as: (organization: Partial<PlantedOrganization>) => {
      const todayMs = Math.floor(clock.nowMs() / DAY_MS) * DAY_MS;
      reply = togetherApi({ ...UNBILLED, todayMs, ...organization }, seed);
    },
    answering: (other: (before: Reply) => Reply) => {
      reply = other(reply);
    },
    sample: (nowMs: number) => ask(nowMs, { facts: SAMPLE }),
    pull: (nowMs: number) => ask(nowMs, {}),
  };
}

async function stored() {
  return ledger.facts.charges(QUARTER, await ledger.facts.asOfNow(clock.nowMs()));
}

async function charges() {
  return (await stored()).map(
    ({ key, billed }) => `${key.replace('T00:00:00Z', '')} $${toDecimal(usd(billed), 2)}`,
  );
}

const DAYS_OF_AUGUST = [...Array(9).keys()].map((days) => at(8, 1 + days));

/** Each day of a bill: an endpoint for $900, identified by its id. */
function billedDays(days: readonly number[]): PlantedOrganization['lines'] {
  return days.map((dayMs) => ({
    dayMs,
    product: 'Dedicated Endpoints',
    quantity: 24,
    microUsd: 900_000_000,
    attributes: { endpoint_id: CHAT },
  }));
}

const billedTotal = async (prefix: string) =>
  toDecimal(
    usd(
      sumNano(
        (await stored()).flatMap(({ key, billed }) => (key.startsWith(prefix) ? billed : [])),
      ),
    ),
    2,
  );

test.each(['a', 'b', 'c', 'd'])(
  'without a bill an endpoint is charged for the minutes in which it was started (%s)',
  async (seed) => {
    const { as, sample, pull } = await pullsOf({}, seed);
    as({ endpoints: [endpoint('STARTING', [1, 1])] });
    await sample(at(7, 10, 1));
    as({});
    for (const hour of [2, 3, 4]) await sample(at(7, 10, hour));
    as({ endpoints: [endpoint('STOPPED', [1, 1])] });
    await sample(at(7, 10, 5));
    as({});
    await sample(at(7, 10, 20));
    as({ endpoints: [] });
    await sample(at(7, 11, 2));
    const result = await pull(at(7, 11, 3));
    expect(result.failures.map(({ code }) => code)).toEqual(['not-found']);
    // Started from 02:00 to 04:00 and again at 20:00, which a single list showed.
    expect(await charges()).toEqual([`uptime/endpoints/${CHAT}/2026-07-10 $72.00`]);
    expect(await stored()).toMatchObject([
      { basis: 'uptime', resourceId: CHAT, resourceName: 'chat', gpuCount: 8 },
    ]);
    // An hour before and after each run: 01:00, 04:00, 05:00 to 20:00, 20:00 to 02:00.
    expect(result.warnings.join('\n')).toContain(
      'a replica count or a price change of 1 resource. The estimate is $72.00. The bill may be ' +
        'between $72.00 and $900.00.',
    );
    expect(await pull(at(7, 11, 3))).toMatchObject({ added: 0, restated: 0 });
  },
);

test('of 1 to 3 replicas the fewest are charged, with the range reported and stored', async () => {
  const { as, sample, pull } = await pullsOf();
  as({ endpoints: [endpoint('STARTED', [1, 3])] });
  await sample(at(7, 10, 6));
  const result = await pull(at(7, 10, 10));
  expect(await charges()).toEqual([`uptime/endpoints/${CHAT}/2026-07-10 $144.00`]);
  expect(result.warnings.join('\n')).toContain(
    'The estimate is $144.00. The bill may be between $144.00 and $432.00.',
  );
  const [charge] = await stored();
  const body = new TextDecoder().decode(await ledger.facts.rawBody(charge?.fetchRef ?? 0));
  expect(JSON.parse(body)).toMatchObject({
    resources: [
      {
        id: CHAT,
        mostUsdPerHour: '108.000000000',
        charges: [{ usd: '144.000000000', lowUsd: '144.000000000', highUsd: '432.000000000' }],
      },
    ],
  });
});

test('an endpoint that may scale to zero is not charged, and may have cost money', async () => {
  const { as, sample, pull } = await pullsOf();
  as({ endpoints: [endpoint('STARTED', [1, 2])] });
  await sample(at(7, 10, 6));
  as({ endpoints: [endpoint('STARTED', [0, 2])] });
  await sample(at(7, 10, 7));
  const result = await pull(at(7, 10, 10));
  // An hour of one replica. Then 1 to 2 of them, and 0 to 2 for three hours.
  expect(await charges()).toEqual([`uptime/endpoints/${CHAT}/2026-07-10 $36.00`]);
  expect(result.warnings.join('\n')).toContain(
    'The estimate is $36.00. The bill may be between $0.00 and $288.00.',
  );
});

test('a cluster has no price: it is named with what to do, and never free', async () => {
  const { as, sample, pull } = await pullsOf();
  as({ endpoints: [], clusters: PLANTED.clusters });
  await sample(at(7, 10, 6));
  const result = await pull(at(7, 10, 8));
  expect(await charges()).toEqual([]);
  expect(result.warnings.join('\n')).toContain(
    'No price is known for 1 resource that ran for 2 hours (training). They are not charged. ' +
      'Set their price per GPU hour under clusterRates',
  );
});

test('a cluster is charged by the rate of config, and not while it is paused', async () => {
  const { as, sample, pull } = await pullsOf({ clusterRates: { 'H100*': 2.5 } });
  const paused = PLANTED.clusters.map((one) => ({ ...one, status: 'Paused' }));
  as({ endpoints: [], clusters: PLANTED.clusters });
  for (const hour of [6, 7, 8]) await sample(at(7, 10, hour));
  as({ endpoints: [], clusters: paused });
  await sample(at(7, 10, 9));
  await pull(at(7, 10, 12));
  // 2 hours of 16 GPUs.
  expect(await charges()).toEqual(['uptime/clusters/cl-1/2026-07-10 $80.00']);
});

test('a reserved cluster is listed and not charged', async () => {
  const rates = { clusterRates: { '*': 2.5 }, reserved: ['train*'] };
  const { as, sample, pull } = await pullsOf(rates);
  as({ endpoints: [], clusters: PLANTED.clusters });
  await sample(at(7, 10, 6));
  const { warnings } = await pull(at(7, 10, 8));
  expect(await charges()).toEqual([]);
  expect(warnings.join('\n')).not.toContain('No price is known');
  const seen = await ledger.facts.resources(await ledger.facts.asOfNow(clock.nowMs()));
  expect(seen.map(({ name }) => name)).toContain('training');
});

/** Sampled at noon of each day from the 30th of July on, pulled on the 10th of August. */
async function rebuiltToAugust(seed = 'a') {
  const together = await pullsOf({}, seed);
  together.as({});
  for (let nowMs = at(7, 30, 12); nowMs < at(8, 10); nowMs += DAY_MS) await together.sample(nowMs);
  await together.pull(at(8, 10, 12));
  return together;
}

/** From noon to midnight, and from then on whole days of $864. */
const JULY = [
  `uptime/endpoints/${CHAT}/2026-07-30 $432.00`,
  `uptime/endpoints/${CHAT}/2026-07-31 $864.00`,
];
const TODAY = `uptime/endpoints/${CHAT}/2026-08-10 $432.00`;
// 9 days of August at $864, 36 hours of July, 12 hours of the 10th.
const BEFORE = '9504.00';

test.each(['a', 'b', 'c'])(
  'a bill that is turned on in mid-quarter replaces the rebuilt charges, once (%s)',
  async (seed) => {
    const { as, pull } = await rebuiltToAugust(seed);
    expect(await billedTotal('uptime/')).toBe(BEFORE);
    // July has no bill. August has one up to yesterday.
    const lines = billedDays(DAYS_OF_AUGUST);
    as({ isBilled: true, lines });
    const result = await pull(at(8, 10, 13));
    expect(result.failures).toEqual([]);
    expect(result).toMatchObject({ restated: 9 });
    expect(await billedTotal('usage/')).toBe('8100.00');
    const rebuilt = (await charges()).filter((line) => line.startsWith('uptime/'));
    expect(rebuilt).toEqual([...JULY, TODAY]);
    expect(await pull(at(8, 10, 13))).toMatchObject({ added: 0, restated: 0, failures: [] });
    // The next day the bill contains the 10th as well.
    clock.set(at(8, 11, 12));
    as({ isBilled: true, lines: billedDays([...DAYS_OF_AUGUST, at(8, 10)]) });
    expect(await pull(at(8, 11, 12))).toMatchObject({ restated: 1, failures: [] });
    expect(await billedTotal('uptime/')).toBe('1296.00');
    expect(await billedTotal('usage/')).toBe('9000.00');
  },
);

test('a bill that contains July as well leaves no rebuilt charges there', async () => {
  const { as, pull } = await rebuiltToAugust();
  as({ isBilled: true, lines: billedDays([at(7, 31), ...DAYS_OF_AUGUST]) });
  await pull(at(8, 10, 13));
  // The 30th is inside the billed month, and the bill has no charge for it.
  expect((await charges()).filter((line) => line.startsWith('uptime/'))).toEqual([TODAY]);
});

test('a bill without a charge withdraws nothing: the rebuilt charges stay', async () => {
  const { as, pull } = await rebuiltToAugust();
  as({ isBilled: true, lines: [], listsEmptyDays: true });
  expect(await pull(at(8, 10, 13))).toMatchObject({ restated: 0, failures: [] });
  expect(await billedTotal('uptime/')).toBe(BEFORE);
});

test('a bill that is partly unreadable never counts next to its rebuilt charges', async () => {
  const { as, answering, pull } = await rebuiltToAugust();
  as({ isBilled: true });
  const day = (date: string, cost: string) => ({
    start_time: `${date}T00:00:00Z`,
    end_time: instantText(Date.parse(date) + DAY_MS),
    line_items: [{ product_name: 'Dedicated Endpoints', quantity: '24', cost }],
  });
  const data = [day('2026-08-01', '900'), day('2026-08-02', 'many'), day('2026-08-03', '900')];
  answering((before) => (response, request) => {
    const isBill = request.path === '/billing/usage' && request.query.get('month') === '2026-08';
    return (isBill ? json({ data, currency: 'USD' }) : before)(response, request);
  });
  expect(await pull(at(8, 10, 13))).toMatchObject({ rejected: 1 });
  expect((await charges()).filter((line) => line.includes('2026-08-0'))).toEqual([
    'usage/Dedicated%20Endpoints///2026-08-01 $900.00',
    'usage/Dedicated%20Endpoints///2026-08-03 $900.00',
    ...[4, 5, 6, 7, 8, 9].map((date) => `uptime/endpoints/${CHAT}/2026-08-0${date} $864.00`),
  ]);
});

test('a bill that is turned off again is kept, and later charges are rebuilt', async () => {
  const { as, sample, pull } = await rebuiltToAugust();
  as({ isBilled: true, lines: billedDays(DAYS_OF_AUGUST) });
  await pull(at(8, 10, 13));
  as({});
  await sample(at(8, 11, 12));
  const result = await pull(at(8, 12, 12));
  expect(result.failures.map(({ code }) => code)).toEqual(['not-found', 'not-found']);
  expect(await billedTotal('usage/')).toBe('8100.00');
  expect((await charges()).filter((line) => line.startsWith('uptime/'))).toEqual([
    ...JULY,
    `uptime/endpoints/${CHAT}/2026-08-10 $864.00`,
    `uptime/endpoints/${CHAT}/2026-08-11 $864.00`,
    `uptime/endpoints/${CHAT}/2026-08-12 $432.00`,
  ]);
});

test('a month without a complete day is rebuilt like the one before it', async () => {
  const { as, sample, pull } = await pullsOf();
  as({});
  await sample(at(7, 31, 23));
  await pull(at(8, 1, 2));
  expect(await charges()).toEqual([
    `uptime/endpoints/${CHAT}/2026-07-31 $36.00`,
    `uptime/endpoints/${CHAT}/2026-08-01 $72.00`,
  ]);
});

test('an endpoint that is deleted during the request is no failure', async () => {
  const { as, answering, pull } = await pullsOf({ billing: false });
  as({});
  await pull(at(7, 10, 6));
  answering((before) => (response, request) => {
    const isGone = request.path === `/endpoints/${CHAT}`;
    return (isGone ? json({ error: { message: 'no endpoint' } }, 404) : before)(response, request);
  });
  expect(await pull(at(7, 10, 6) + HOUR_MS)).toMatchObject({ failures: [] });
});
