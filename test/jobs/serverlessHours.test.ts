/** Hours of serverless charges, from samples of their workers to the ledger. */

import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { toNumber } from '../../src/domain/exact.ts';
import { DAY_MS, HOUR_MS, instantText, MINUTE_MS } from '../../src/domain/period.ts';
import { factsForLine, toSchedule } from '../../src/calendar/schedule.ts';
import type { JobContext } from '../../src/jobs/job.ts';
import { pullFacts } from '../../src/jobs/pull.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { createHttpClient } from '../../src/platform/httpClient.ts';
import { createSecret } from '../../src/platform/secret.ts';
import { runpodKind } from '../../src/sources/registry.ts';
import { RUNPOD_STATES } from '../../src/sources/runpod/options.ts';
import type { ProvidedFact } from '../../src/domain/provenance.ts';
import { loadConfigText } from '../config/configFile.ts';
import { type BilledByField, KEY, runpodApi } from '../sources/runpod/emulator.ts';
import {
  ADA,
  expectedHours,
  HOPPER,
  HOURS,
  type WorkerRun,
  START_MS,
  trueUsage,
  type WorkerWorld,
  workersAt,
  randomWorkers,
} from '../sources/runpod/workerWorld.ts';
import { folderWith } from '../support/cli.ts';
import { startServer, type TestServer } from '../support/httpServer.ts';

const WINDOW = { startMs: START_MS, endMs: START_MS + HOURS * HOUR_MS };
const at = (hours: number, minutes = 0) => START_MS + hours * HOUR_MS + minutes * MINUTE_MS;

const clock = settableClock(START_MS);
let ledger: Ledger;
const servers: TestServer[] = [];

beforeEach(async () => {
  clock.set(START_MS);
  ledger = await openLedger(join(await folderWith({}), 'l.db'), { clock });
});
afterEach(async () => {
  await ledger.close();
  for (const server of servers.splice(0)) await server.close();
});

/** What the account is billed for its hours by list prices, times this factor. */
function billOf(world: WorkerWorld, times = 1): BilledByField[] {
  return Array.from({ length: HOURS }, (_, hour) => {
    const { usd } = trueUsage(world, at(hour), at(hour + 1));
    const gpuAmount = Math.round(usd * times * 1e6);
    return { id: 'ep1', startMs: at(hour), microUsd: { gpuAmount } };
  });
}

interface Planted {
  readonly serverless?: readonly BilledByField[];
  readonly pools?: readonly string[];
  readonly seed?: string;
  /** Whether the endpoint is in the list. */
  readonly isListed?: boolean;
  /** Today's price. */
  readonly adaUsd?: number;
}

/** Pulls from the account with its workers at any moment of the clock. */
async function pullsOf(world: WorkerWorld, planted: Planted = {}) {
  const { serverless = billOf(world), pools = [ADA.pool, HOPPER.pool], seed = 'a' } = planted;
  const { isListed = true } = planted;
  const none = { pods: [], volumes: [], clusters: [], publicEndpoints: [], nodes: [] };
  const gpus = [{ ...ADA, usd: planted.adaUsd ?? ADA.usd }, HOPPER].map(({ id, pool, usd }) => ({
    id,
    pool,
    price: { serverless: usd },
  }));
  const lists = {
    pods: [],
    networkVolumes: [],
    clusters: [],
    endpoints: isListed ? [{ id: 'ep1', name: 'bursty', gpu: { pools, count: 1 } }] : [],
    workers: () => workersAt(world, clock.nowMs()),
    gpus,
  };
  const server = await startServer(runpodApi({ ...none, serverless }, lists, seed));
  servers.push(server);
  const apiKey = createSecret('${RUNPOD_API_KEY}', () => KEY);
  const options = runpodKind.options.parse({ apiKey, baseUrl: server.origin });
  const http = createHttpClient({ clock, sleep: () => Promise.resolve() });
  const source = runpodKind.create('runpod', options, { http, clock });
  const context = {
    config: await loadConfigText('sources: {}'),
    ledger,
    clock,
    sources: new Map([['runpod', source]]),
    progress: () => undefined,
  } as unknown as JobContext;
  return (atMs: number, facts?: readonly ProvidedFact[]) => {
    clock.set(atMs);
    const wanted = facts === undefined ? {} : { facts };
    return pullFacts(context, { source: 'runpod', window: WINDOW, ...wanted });
  };
}

const SAMPLE = ['inventory'] as const;
const BILL = ['charges'] as const;

async function hours() {
  const all = await ledger.facts.charges(WINDOW, await ledger.facts.asOfNow(clock.nowMs()));
  return new Map(
    all.map(({ period, quantity }) => [
      period.startMs,
      quantity === undefined ? undefined : toNumber(quantity),
    ]),
  );
}

async function rows(where: string) {
  return (await ledger.query(`SELECT count(*) FROM ${where}`)).rows[0]?.[0];
}

/** Bounds of each day and GPU in the ledger. */
async function bounds() {
  const { rows: found } = await ledger.query(
    "SELECT max(fetch_ref) FROM fetch WHERE kind = 'runpod.workers'",
  );
  const bytes = await ledger.facts.rawBody(Number(found[0]?.[0]));
  return JSON.parse(new TextDecoder().decode(bytes)) as {
    endpoints: {
      id: string;
      days: { gpuType: string; lowGpuHours: string; highGpuHours: string }[];
    }[];
  };
}

const run = (id: string, [startMs, endMs]: readonly [number, number], gpu = ADA): WorkerRun => ({
  id,
  gpu,
  startMs,
  endMs,
  isStartKnown: true,
});

const everyFive = (fromMs: number, toMs: number) =>
  Array.from(
    { length: (toMs - fromMs) / (5 * MINUTE_MS) + 1 },
    (_, step) => fromMs + step * 5 * MINUTE_MS,
  );

describe('worker-hours of a random world', () => {
  test.each(['a', 'b', 'c', 'd'])('are those that its samples bound closely (%s)', async (seed) => {
    const world = randomWorkers(seed);
    const pull = await pullsOf(world, { seed });
    const { sampledAtMs } = world;
    for (const atMs of sampledAtMs) await pull(atMs, SAMPLE);
    const billAtMs = WINDOW.endMs + 10 * MINUTE_MS;
    const result = await pull(billAtMs, BILL);
    expect(result.failures).toEqual([]);
    const found = await hours();
    const lists = [...sampledAtMs, billAtMs];
    for (const { startMs, microUsd } of billOf(world)) {
      const usd = (microUsd['gpuAmount'] ?? 0) / 1e6;
      const expected = expectedHours(world, lists, { startMs, usd });
      const where = `${seed} ${instantText(startMs)}`;
      expect([where, found.get(startMs)?.toFixed(5)]).toEqual([where, expected?.toFixed(5)]);
    }
    // The money is what was billed, whatever the hours.
    const all = await ledger.facts.charges(WINDOW, await ledger.facts.asOfNow(clock.nowMs()));
    const billed = billOf(world).reduce((sum, one) => sum + (one.microUsd['gpuAmount'] ?? 0), 0);
    expect(all.reduce((sum, charge) => sum + charge.billed, 0n)).toBe(BigInt(billed) * 1000n);
    expect(all.every(({ basis }) => basis === 'billed')).toBe(true);
    // The same facts again add nothing.
    expect(await pull(billAtMs, BILL)).toMatchObject({ added: 0, restated: 0 });
  });
});

describe('a worker that is sampled', () => {
  // From 01:10:00 to 03:33:00, listed until 03:30.
  const one: WorkerWorld = {
    runs: [run('w1', [at(1, 10), at(3, 33)])],
    sampledAtMs: everyFive(at(0), at(5)),
  };

  test('gives its hours at whatever price they are billed', async () => {
    const pull = await pullsOf(one, { serverless: billOf(one, 0.7) });
    for (const atMs of one.sampledAtMs) await pull(atMs, SAMPLE);
    await pull(at(8), BILL);
    // 50 minutes, an hour, and 30 to 35 minutes of the fourth hour.
    expect([...(await hours())].map(([, quantity]) => quantity?.toFixed(4))).toEqual([
      '0.8333',
      '1.0000',
      '0.5417',
    ]);
    expect((await bounds()).endpoints).toEqual([
      {
        id: 'ep1',
        days: [
          { day: '2026-09-02', gpuType: ADA.id, lowGpuHours: '2.3333', highGpuHours: '2.4167' },
        ],
      },
    ]);
  });

  test('that is billed for longer than was seen has no quantity', async () => {
    const pull = await pullsOf(one, { serverless: billOf(one, 2) });
    for (const atMs of one.sampledAtMs) await pull(atMs, SAMPLE);
    const { warnings } = await pull(at(8), BILL);
    expect([...(await hours())].map(([, quantity]) => quantity)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(warnings.join()).toContain('the observed workers do not explain the amount');
  });

  test('gives a range if it comes and goes between samples, never the list price', async () => {
    const short = Array.from({ length: 8 }, (_, index) =>
      run(`w${index}`, [at(1, 4 + 5 * index), at(1, 6 + 5 * index)]),
    );
    const world = { runs: short, sampledAtMs: everyFive(at(0), at(3)) };
    // Half the list price, and one price for all: dollars divided by it would be 8 minutes.
    const pull = await pullsOf(world, { serverless: billOf(world, 0.4), pools: [ADA.pool] });
    for (const atMs of world.sampledAtMs) await pull(atMs, SAMPLE);
    const { warnings } = await pull(at(8), BILL);
    expect([...(await hours()).values()]).toEqual([undefined]);
    // Eight runs of one to six minutes each: 8 to 48 minutes, 0.13 to 0.80 worker-hours.
    expect(warnings.join()).toContain('ran for 0.13 to 0.80 worker-hours');
    expect(warnings.join()).not.toContain("today's list price");
  });

  test('restates the hours of a bill that came before its later samples', async () => {
    const world = {
      runs: [run('w1', [at(1), at(3)])],
      sampledAtMs: everyFive(at(1, 5), at(1, 55)),
    };
    const serverless = [{ id: 'ep1', startMs: at(1), microUsd: { gpuAmount: 1_100_000 } }];
    const blind = await pullsOf(world, { serverless, isListed: false });
    const seeing = await pullsOf(world, { serverless });
    for (const atMs of world.sampledAtMs) await seeing(atMs, SAMPLE);
    // Certain until 01:55. The five minutes after it are unknown.
    await blind(at(2, 10), BILL);
    expect((await hours()).get(at(1))?.toFixed(4)).toBe((57.5 / 60).toFixed(4));
    await seeing(at(2, 15), SAMPLE);
    expect(await seeing(at(2, 20), BILL)).toMatchObject({ restated: 1 });
    expect((await hours()).get(at(1))).toBe(1);
  });

  test('has the GPUs of each run, and the price of its time', async () => {
    const both = [
      run('w1', [at(1), at(2)]),
      run('w1', [at(3), at(4)], HOPPER),
      run('w2', [at(1), at(4)]),
    ];
    const world = { runs: both, sampledAtMs: everyFive(at(0), at(5)) };
    const first = await pullsOf(world);
    await first(at(0), ['rates']);
    for (const atMs of world.sampledAtMs) await first(atMs, SAMPLE);
    // At the time of the bill the list has another price. Each run was last seen five minutes
    // before its end.
    const pull = await pullsOf(world, { adaUsd: 0.2 });
    await pull(at(8), BILL);
    expect([...(await hours()).values()].map((quantity) => quantity?.toFixed(4))).toEqual([
      '1.9583',
      '1.0000',
      '1.9167',
    ]);
    const { endpoints } = await bounds();
    expect(endpoints[0]?.days.map(({ gpuType, lowGpuHours }) => [gpuType, lowGpuHours])).toEqual([
      [ADA.id, '3.8333'],
      [HOPPER.id, '0.9166'],
    ]);
  });

  test('adds few rows: at its start, at its end and once a day', async () => {
    const world = { runs: [run('w1', [at(1, 2), at(5)])], sampledAtMs: everyFive(at(1), at(7)) };
    const pull = await pullsOf(world);
    for (const atMs of world.sampledAtMs) await pull(atMs, SAMPLE);
    const { rows: seen } = await ledger.query(
      `SELECT status, kind FROM resource_seen WHERE resource_id = 'ep1/w1' ORDER BY seen_at_ms`,
    );
    expect(seen).toEqual([
      ['event: started', 'worker'],
      ['up', 'worker'],
      ['gone', 'worker'],
    ]);
    // The catalog's prices are not stored each time either, and its bytes are stored once.
    expect(await rows('gpu_rate')).toBe(0);
    const bodies = "SELECT DISTINCT body_ref FROM fetch WHERE kind = 'runpod.catalog.gpus'";
    expect(await rows(`(${bodies})`)).toBe(1);
    await pull(at(8), BILL);
    expect(await rows('gpu_rate')).toBe(2);
  });

  test('is not reported as a pod missing from the bill, however long it is up', async () => {
    const world = { runs: [run('w1', [at(-60), at(60)])], sampledAtMs: [] };
    const pull = await pullsOf(world);
    for (const hour of [-50, -24, 0, 8]) await pull(at(hour), SAMPLE);
    const span = { startMs: START_MS - 4 * DAY_MS, endMs: WINDOW.endMs };
    const asOfMs = await ledger.facts.asOfNow(clock.nowMs());
    const sources = [{ id: 'runpod', states: RUNPOD_STATES }];
    const { seen } = await ledger.facts.billFacts({ window: span, asOfMs, sources });
    expect(seen).toEqual([]);
  });
});

test('RunPod is sampled by default, and not for its prices', async () => {
  const apiKey = createSecret('${K}', () => KEY);
  const options = runpodKind.options.parse({ apiKey });
  const source = runpodKind.create('runpod', options, { clock, http: createHttpClient({ clock }) });
  const sources = new Map([['runpod', source]]);
  const sampledJobs = async (yaml: string) => {
    const rhythm = toSchedule({ config: await loadConfigText(yaml), sources });
    return (['inventory', 'usage'] as const).map((line) =>
      rhythm.sources.map((one) => factsForLine(line, one)),
    );
  };
  expect(await sampledJobs('sources: {}')).toEqual([[['inventory']], [['usage']]]);
  const hourly =
    'sources: { runpod: { kind: runpod, apiKey: "${K}" } }\nschedule: { sampled: { runpod: [] } }';
  expect(await sampledJobs(hourly)).toEqual([[[]], [['usage', 'inventory']]]);
});
