/** Charges of a provider without a bill, from its lists and its log to the ledger. */

import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { toDecimal } from '../../src/domain/exact.ts';
import { usd } from '../../src/domain/money.ts';
import { DAY_MS, HOUR_MS, instantText, MINUTE_MS } from '../../src/domain/period.ts';
import type { JobContext } from '../../src/jobs/job.ts';
import { pullFacts } from '../../src/jobs/pull.ts';
import { toSchedule } from '../../src/calendar/schedule.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { createHttpClient } from '../../src/platform/httpClient.ts';
import { createSecret } from '../../src/platform/secret.ts';
import { lambdaKind } from '../../src/sources/registry.ts';
import type { ProvidedFact } from '../../src/domain/provenance.ts';
import { loadConfigText } from '../config/configFile.ts';
import { KEY, lambdaApi, type PlantedAccount, TYPES } from '../sources/lambda/emulator.ts';
import { folderWith } from '../support/cli.ts';
import { startServer, type TestServer } from '../support/httpServer.ts';

const START_MS = Date.UTC(2026, 8, 2);
const at = (hours: number, minutes = 0) => START_MS + hours * HOUR_MS + minutes * MINUTE_MS;
const WINDOW = { startMs: START_MS, endMs: START_MS + 2 * DAY_MS };

const clock = settableClock(START_MS);
let ledger: Ledger;
let server: TestServer | undefined;

beforeEach(async () => {
  clock.set(START_MS);
  ledger = await openLedger(join(await folderWith({}), 'l.db'), { clock });
});
afterEach(async () => {
  await ledger.close();
  await server?.close();
  server = undefined;
});

/** Pulls from the account at any moment of the clock. The seed picks the API's behavior. */
async function pullsOf(account: PlantedAccount, seed = 'a', reserved: readonly string[] = []) {
  server = await startServer(lambdaApi(account, () => clock.nowMs(), seed));
  const apiKey = createSecret('${LAMBDA_API_KEY}', () => KEY);
  const options = lambdaKind.options.parse({ apiKey, baseUrl: server.origin, reserved });
  const http = createHttpClient({ clock, sleep: () => Promise.resolve() });
  const source = lambdaKind.create('lambda', options, { http, clock });
  const context = {
    config: await loadConfigText('sources: {}'),
    ledger,
    clock,
    sources: new Map([['lambda', source]]),
    progress: () => undefined,
  } as unknown as JobContext;
  return (atMs: number, facts?: readonly ProvidedFact[]) => {
    clock.set(atMs);
    const wanted = facts === undefined ? {} : { facts };
    return pullFacts(context, { source: 'lambda', window: WINDOW, ...wanted });
  };
}

const SAMPLE = ['inventory', 'rates'] as const;

async function charges() {
  const all = await ledger.facts.charges(WINDOW, await ledger.facts.asOfNow(clock.nowMs()));
  return all.map(
    ({ key, period, billed }) =>
      `${key.replace('T00:00:00Z', '')} ${instantText(period.startMs).slice(11, 16)} to ` +
      `${instantText(period.endMs).slice(11, 16)} $${toDecimal(usd(billed), 2)}`,
  );
}

test.each(['a', 'b', 'c', 'd'])(
  'an instance is charged from its log, to the minute (%s)',
  async (seed) => {
    const pull = await pullsOf(
      {
        types: TYPES,
        instances: [
          {
            id: 'i1',
            name: 'trainer',
            type: 'gpu_8x_h100_sxm5',
            launchedMs: at(1, 15),
            terminatedMs: at(25),
          },
          {
            id: 'i22',
            type: 'gpu_1x_a10',
            launchedMs: at(2),
            activeMs: at(2, 4),
            terminatedMs: at(3, 30),
          },
          { id: 'i333', type: 'gpu_1x_a10', launchedMs: at(40) },
        ],
      },
      seed,
    );
    for (let hour = 0; hour <= 46; hour += 2) await pull(at(hour, 1), SAMPLE);
    const result = await pull(at(47));
    expect(result.failures).toEqual([]);
    // 22 h 45 min and 1 h at $23.92; 1 h 30 min at $0.75; 7 h at $0.75, and it still runs.
    expect(await charges()).toEqual([
      'instances/i1/2026-09-02 01:15 to 00:00 $544.18',
      'instances/i22/2026-09-02 02:00 to 03:30 $1.12',
      'instances/i1/2026-09-03 00:00 to 01:00 $23.92',
      'instances/i333/2026-09-03 16:00 to 23:00 $5.25',
    ]);
    expect(await pull(at(47))).toMatchObject({ added: 0, restated: 0, failures: [] });
  },
);

test('a log that comes late restates the charges from samples', async () => {
  const account: { -readonly [K in keyof PlantedAccount]: PlantedAccount[K] } = {
    types: TYPES,
    instances: [
      { id: 'i1', type: 'gpu_8x_h100_sxm5', launchedMs: at(1, 50), terminatedMs: at(5, 10) },
    ],
    lateMs: 30 * HOUR_MS,
  };
  const pull = await pullsOf(account);
  for (let hour = 0; hour < 8; hour += 1) await pull(at(hour), SAMPLE);
  const early = await pull(at(8));
  // Listed from 02:00 to 05:00, not at 01:00 and 06:00.
  expect(await charges()).toEqual(['instances/i1/2026-09-02 02:00 to 05:00 $71.76']);
  expect(early.warnings.join()).toContain(
    'estimate is $71.76. The bill may be between $71.76 and $119.60',
  );
  const late = await pull(at(36));
  expect(late).toMatchObject({ restated: 1 });
  // From 01:50 to 05:10.
  expect(await charges()).toEqual(['instances/i1/2026-09-02 01:50 to 05:10 $79.73']);
  expect(late.warnings.join()).not.toContain('The estimate is');
});

test('a later price counts from when it was seen, and rewrites nothing', async () => {
  const cents = [
    [0, 2392],
    [at(24), 4784],
  ] as const;
  const pull = await pullsOf({
    types: { ...TYPES, gpu_8x_h100_sxm5: { ...TYPES.gpu_8x_h100_sxm5, cents } },
    instances: [{ id: 'i1', type: 'gpu_8x_h100_sxm5', launchedMs: at(1) }],
  });
  for (const hour of [2, 12, 23]) await pull(at(hour), SAMPLE);
  await pull(at(23, 30));
  const first = await charges();
  expect(first).toEqual(['instances/i1/2026-09-02 01:00 to 23:30 $538.20']);
  await pull(at(25));
  // Until 01:00 of the next day the old price is the one last sampled.
  expect(await charges()).toEqual([
    'instances/i1/2026-09-02 01:00 to 00:00 $550.16',
    'instances/i1/2026-09-03 00:00 to 01:00 $23.92',
  ]);
  await pull(at(27));
  expect((await charges())[1]).toBe('instances/i1/2026-09-03 00:00 to 03:00 $119.60');
});

test('a launch missing from the log is charged from the first list, with a warning', async () => {
  const node = { id: 'i1', type: 'gpu_8x_h100_sxm5', launchedMs: at(-100) };
  const pull = await pullsOf({ types: TYPES, instances: [node], heldFromMs: START_MS });
  await pull(at(2), SAMPLE);
  const result = await pull(at(5));
  expect(await charges()).toEqual(['instances/i1/2026-09-02 02:00 to 05:00 $71.76']);
  expect(result.warnings.join()).toContain('already ran when first seen, on 2026-09-02');
});

test('an instance between two samples has the rate of its type at the time', async () => {
  const pull = await pullsOf({
    types: TYPES,
    instances: [
      { id: 'i1', type: 'gpu_8x_h100_sxm5', launchedMs: at(1, 10), terminatedMs: at(1, 40) },
    ],
  });
  await pull(at(1), SAMPLE);
  await pull(at(3));
  expect(await charges()).toEqual(['instances/i1/2026-09-02 01:10 to 01:40 $11.96']);
});

test('a charge leads to the bytes it was computed from, with its bounds', async () => {
  const pull = await pullsOf({
    types: TYPES,
    instances: [{ id: 'i1', name: 'trainer', type: 'gpu_8x_h100_sxm5', launchedMs: at(1, 50) }],
    lateMs: DAY_MS,
  });
  for (const hour of [1, 2, 3]) await pull(at(hour), SAMPLE);
  await pull(at(4));
  const [charge] = await ledger.facts.charges(WINDOW, await ledger.facts.asOfNow(clock.nowMs()));
  expect(charge).toMatchObject({ basis: 'uptime', resourceName: 'trainer', gpuCount: 8 });
  const bytes = await ledger.facts.rawBody(charge?.fetchRef ?? 0);
  expect(JSON.parse(new TextDecoder().decode(bytes))).toEqual({
    lists: { count: 4, first: '2026-09-02T01:00:00Z', last: '2026-09-02T04:00:00Z' },
    resources: [
      {
        id: 'i1',
        seen: [
          {
            at: '2026-09-02T02:00:00Z',
            status: 'active',
            usdPerHour: '23.920000000',
            gpuType: 'H100 (80 GB SXM5)',
          },
        ],
        ran: [
          { from: '2026-09-02T01:00:00Z', to: '2026-09-02T02:00:00Z', certainty: 'possible' },
          { from: '2026-09-02T02:00:00Z', to: '2026-09-02T04:00:00Z', certainty: 'running' },
        ],
        charges: [
          {
            key: 'instances/i1/2026-09-02T00:00:00Z',
            usd: '47.840000000',
            lowUsd: '47.840000000',
            highUsd: '71.760000000',
          },
        ],
      },
    ],
  });
});

test('a charge is withdrawn when its evidence is gone', async () => {
  const wrong = { id: 'i1', type: 'gpu_8x_h100_sxm5', launchedMs: at(2) };
  const pull = await pullsOf({ types: TYPES, instances: [wrong], lateMs: 60 * DAY_MS });
  for (const hour of [1, 2, 30]) await pull(at(hour), SAMPLE);
  await pull(at(31));
  expect(await charges()).toHaveLength(2);
  await server?.close();
  // The log shows that it ended on the first day, so the second was no gap between two samples.
  const real = await pullsOf({
    types: TYPES,
    instances: [
      { ...wrong, terminatedMs: at(4) },
      { id: 'i2', type: 'gpu_1x_a10', launchedMs: at(25) },
    ],
  });
  expect(await real(at(32))).toMatchObject({ failures: [] });
  expect(await charges()).toEqual([
    'instances/i1/2026-09-02 02:00 to 04:00 $47.84',
    'instances/i2/2026-09-03 01:00 to 08:00 $5.25',
  ]);
});

test('an instance that a reservation pays for is listed and not charged', async () => {
  const node = { id: 'i1', name: 'cluster-node-1', type: 'gpu_8x_h100_sxm5', launchedMs: at(1) };
  const pull = await pullsOf({ types: TYPES, instances: [node] }, 'a', ['cluster-*']);
  await pull(at(3));
  expect(await charges()).toEqual([]);
  const seen = await ledger.facts.resources(await ledger.facts.asOfNow(clock.nowMs()));
  expect(seen.map(({ name }) => name)).toContain('cluster-node-1');
});

test('it is sampled every few minutes by default', async () => {
  const config = await loadConfigText('sources: {}');
  const source = lambdaKind.create(
    'lambda',
    lambdaKind.options.parse({
      apiKey: createSecret('${K}', () => KEY),
    }),
    { clock, http: createHttpClient({ clock }) },
  );
  const { sources } = toSchedule({ config, sources: new Map([['lambda', source]]) });
  expect(sources).toMatchObject([{ id: 'lambda', samples: ['inventory', 'rates'] }]);
});
