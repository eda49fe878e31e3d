/** Tests serverless workers as seen, the hours they explain, and pods that are in no list. */

import { describe, expect, test } from 'vitest';
import { toDecimal } from '../../../src/domain/exact.ts';
import { HOUR_MS, instantText } from '../../../src/domain/period.ts';
import type { Fetched } from '../../../src/domain/provenance.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import { runpodKind } from '../../../src/sources/registry.ts';
import { pullFromSource } from '../../contract/source.ts';
import { scratchLedger } from '../../ledger/ledgerFixture.ts';
import { json, startServer } from '../../support/httpServer.ts';
import { NOW_MS, testClient } from '../../support/testClient.ts';
import { runpodAccount, billReply, ENDPOINT, GPUS, WORKER, WORKER_RECORD } from './account.ts';
import { pullWarningSentences } from '../../support/factSentences.ts';

/** The three hours before the pull, at noon. */
const WINDOW = { startMs: NOW_MS - 3 * HOUR_MS, endMs: NOW_MS };
const H100 = { id: 'NVIDIA H100 80GB HBM3', pool: 'HOPPER', price: { serverless: 4.4 } };

const gpuHours = (hour: number, usd: number) => ({
  ...WORKER_RECORD,
  startTime: instantText(WINDOW.startMs + hour * HOUR_MS),
  endTime: instantText(WINDOW.startMs + (hour + 1) * HOUR_MS),
  totalAmount: usd,
  gpuAmount: usd,
  diskAmount: 0,
  feeAmount: 0,
});

interface Planted {
  readonly usd: readonly number[];
  readonly workers?: readonly object[];
  readonly pools?: readonly string[];
}

function planted({ usd, workers = [], pools = ['ADA_24', 'HOPPER'] }: Planted) {
  const query = { startTime: instantText(WINDOW.startMs), endTime: instantText(WINDOW.endMs) };
  const records = usd.map((amount, hour) => gpuHours(hour, amount));
  const total = usd.reduce((sum, one) => sum + one, 0);
  const whole = {
    startTime: query.startTime,
    endTime: query.endTime,
    totalAmount: total,
    serverlessGpuAmount: total,
  };
  const none = json(billReply([], { query }));
  return {
    '/v2/catalog/gpus': json({ gpus: [GPUS[0], H100] }),
    '/v2/serverless': json({ endpoints: [{ ...ENDPOINT, gpu: { pools, count: 1 } }] }),
    '/v2/serverless/ep1/workers': json({ workers, summary: {} }),
    '/v2/billing': json(billReply([whole], { query })),
    '/v2/billing/serverless': json(billReply(records, { query })),
    '/v2/billing/pods': none,
    '/v2/billing/network-volumes': none,
    '/v2/billing/clusters': none,
    '/v2/billing/endpoints': none,
  };
}

async function pull(changes: Parameters<typeof runpodAccount>[0]) {
  const server = await startServer(runpodAccount(changes));
  const options = runpodKind.options.parse({
    apiKey: createSecret('${K}', () => 'key-123456'),
    baseUrl: server.origin,
  });
  const source = runpodKind.create('main', options, testClient());
  try {
    const all = await pullFromSource(source, { window: WINDOW, usage: [], models: [] });
    return { all, paths: server.requests.map(({ path }) => path) };
  } finally {
    await server.close();
  }
}

const gpuCharges = (all: readonly Fetched[]) =>
  all
    .flatMap(({ charges = [] }) => charges.map(({ fact }) => fact))
    .filter(({ key }) => key.startsWith('serverless/ep1/gpu/'));
const warningsIn = (all: readonly Fetched[]) =>
  all.flatMap(({ warnings }) => pullWarningSentences(warnings));
const failuresIn = (all: readonly Fetched[]) => all.flatMap(({ fetch }) => fetch.failure ?? []);
const hoursIn = (all: readonly Fetched[]) =>
  gpuCharges(all).map(({ quantity }) =>
    quantity === undefined ? undefined : toDecimal(quantity, 3),
  );

describe('the hours of a serverless endpoint', () => {
  test('with several GPU prices are a range, and no quantity', async () => {
    const { all } = await pull(planted({ usd: [4.4, 2.2, 0] }));
    expect(hoursIn(all)).toEqual([undefined, undefined]);
    // $6.60 are 1.5 hours at $4.40 and 6 at $1.10.
    expect(warningsIn(all)).toEqual([
      'The bill pays for 1.50 to 6.00 worker-hours of the serverless ' +
        'endpoint "bursty". ' +
        'Its GPUs have several prices, and the ' +
        'observed workers do not explain the amount.',
    ]);
  });

  test('are those of the workers that were seen, where these explain the amount', async () => {
    const ada = { ...WORKER, uptimeSeconds: 3 * 3600, startedAt: '2026-07-15T09:00:00Z' };
    const hopper = {
      ...WORKER,
      id: 'w2',
      status: 'IDLE',
      gpuTypeId: H100.id,
      uptimeSeconds: null,
      startedAt: '2026-07-15T10:30:00Z',
    };
    // From 9 one at $1.10 an hour, from half past 10 one at $4.40 beside it.
    const usd = [1.1, 1.1 + 2.2, 5.5];
    const { all } = await pull(planted({ usd, workers: [ada, hopper] }));
    expect(hoursIn(all)).toEqual(['1.000', '1.500', '2.000']);
    expect(gpuCharges(all).map(({ gpuType }) => gpuType)).toEqual([
      'NVIDIA GeForce RTX 4090',
      undefined,
      undefined,
    ]);
    expect(warningsIn(all)).toEqual([]);
  });

  test('include time that was seen, whatever the price', async () => {
    const two = ['w1', 'w2'].map((id) => ({ ...WORKER, id, startedAt: '2026-07-15T11:00:00Z' }));
    // Two hours of workers were seen from 11 on; $0.55 at the list are a half at most.
    const { all } = await pull(planted({ usd: [0, 0, 0.55], workers: two }));
    expect(warningsIn(all).join()).toContain('0.12 to 2.00 worker-hours');
  });

  test('with one price are based on it, reported unless the workers explain it', async () => {
    const one = { ...WORKER, startedAt: '2026-07-15T09:00:00Z', uptimeSeconds: 10_800 };
    const seen = await pull(planted({ usd: [1.1, 1.1, 1.1], workers: [one], pools: ['ADA_24'] }));
    expect(hoursIn(seen.all)).toEqual(['1.000', '1.000', '1.000']);
    expect(warningsIn(seen.all)).toEqual([]);
    const unseen = await pull(planted({ usd: [1.1, 1.1, 1.1], pools: ['ADA_24'] }));
    expect(hoursIn(unseen.all)).toEqual(['1.000', '1.000', '1.000']);
    expect(warningsIn(unseen.all)).toHaveLength(1);
    expect(warningsIn(unseen.all)[0]).toContain("divided by today's list price");
  });

  test('exclude a worker that waits, fails or has not started', async () => {
    const since = { startedAt: '2026-07-15T11:00:00Z', uptimeSeconds: 3600 };
    const idle = [
      ...['INITIALIZING', 'THROTTLED', 'UNHEALTHY'].map((status, at) => ({
        ...WORKER,
        ...since,
        id: `w${at}`,
        status,
      })),
      { ...WORKER, id: 'w9', startedAt: null, uptimeSeconds: null, gpuTypeId: null },
    ];
    const { all } = await pull(planted({ usd: [0, 0, 1.1], workers: idle }));
    // No worker was seen running: $1.10 are 0.25 to 1 hours.
    expect(warningsIn(all).join()).toContain('0.25 to 1.00 worker-hours');
  });

  test('that were provided once stay in the ledger when the workers are gone', async () => {
    const { ledger } = await scratchLedger();
    const one = { ...WORKER, startedAt: '2026-07-15T09:00:00Z', uptimeSeconds: 10_800 };
    const usd = [1.1, 1.1, 1.1];
    const first = await pull(planted({ usd, workers: [one] }));
    const second = await pull(planted({ usd }));
    for (const fetched of first.all) await ledger.facts.append(fetched, NOW_MS);
    for (const fetched of second.all) await ledger.facts.append(fetched, NOW_MS + 1);
    const { rows } = await ledger.query(
      `SELECT count(*), max(version), max(gpu_type), max(quantity_num) FROM charge
       WHERE charge_key LIKE 'serverless/ep1/gpu/%'`,
    );
    expect(rows).toEqual([[3, 1, 'NVIDIA GeForce RTX 4090', '1']]);
  });
});

describe('a worker', () => {
  test('is in the inventory under its endpoint, with its GPU and its price', async () => {
    const { all } = await pull(planted({ usd: [], workers: [WORKER, { ...WORKER, id: null }] }));
    const workers = all.find(({ fetch }) => fetch.kind === 'runpod.inventory.workers');
    const of = {
      sourceId: 'main',
      resourceId: 'ep1/w1',
      kind: 'worker',
      gpuType: 'NVIDIA GeForce RTX 4090',
      gpuCount: 1,
    };
    const startedMs = NOW_MS - HOUR_MS;
    expect(workers?.resources?.map(({ fact }) => fact)).toEqual([
      { ...of, name: 'ep1/w1', status: 'event: started', seenAtMs: startedMs },
      { ...of, name: 'bursty', usdPerHour: 1_100_000_000n, status: 'up', seenAtMs: NOW_MS },
    ]);
    expect(workers?.rejects).toHaveLength(1);
  });

  test('is not requested where the endpoint is gone by then, and nothing has failed', async () => {
    const gone = json({ title: 'Not Found', status: 404 }, 404);
    const changes = { ...planted({ usd: [1.1] }), '/v2/serverless/ep1/workers': gone };
    const { all } = await pull(changes);
    expect(failuresIn(all)).toEqual([]);
    expect(gpuCharges(all)).toHaveLength(1);
  });

  test('that cannot be requested is a separate failure', async () => {
    const broken = json({ title: 'Forbidden', status: 403 }, 403);
    const changes = { ...planted({ usd: [1.1] }), '/v2/serverless/ep1/workers': broken };
    const { all } = await pull(changes);
    expect(failuresIn(all)).toMatchObject([{ code: 'forbidden' }]);
    expect(gpuCharges(all)).toHaveLength(1);
  });
});

describe('a pod on the bill that is in no list', () => {
  const podHour = (podId: string, usd: number) => ({
    podId,
    startTime: instantText(WINDOW.startMs),
    endTime: instantText(WINDOW.startMs + HOUR_MS),
    totalAmount: usd,
    gpuAmount: usd,
  });

  function withPods(pods: readonly (readonly [string, number])[], byId: object = {}) {
    const query = { startTime: instantText(WINDOW.startMs), endTime: instantText(WINDOW.endMs) };
    const records = pods.map(([id, usd]) => podHour(id, usd));
    const total = pods.reduce((sum, [, usd]) => sum + usd, 0);
    const whole = { ...query, totalAmount: total, podGpuAmount: total };
    return {
      ...planted({ usd: [] }),
      '/v2/billing': json(billReply([whole], { query })),
      '/v2/billing/pods': json(billReply(records, { query })),
      ...byId,
    };
  }

  test('is requested by its id, the most expensive first, and has its name then', async () => {
    const byId = {
      '/v2/pods/gone2': json({
        id: 'gone2',
        name: 'chat-burst',
        status: 'TERMINATED',
        cost: 0,
        gpu: { id: 'NVIDIA H100 80GB HBM3', count: 2 },
        env: { HF_TOKEN: 'planted' },
      }),
    };
    const { all, paths } = await pull(
      withPods(
        [
          ['gone1', 1],
          ['pod1', 9],
          ['gone2', 5],
        ],
        byId,
      ),
    );
    expect(paths.slice(-2)).toEqual(['/v2/pods/gone2', '/v2/pods/gone1']);
    expect(failuresIn(all)).toEqual([]);
    const result = all.filter(({ fetch }) => fetch.kind === 'runpod.inventory.pod');
    expect(result.flatMap(({ resources = [] }) => resources.map(({ fact }) => fact))).toMatchObject(
      [{ resourceId: 'gone2', name: 'chat-burst', gpuCount: 2, status: 'TERMINATED' }],
    );
  });

  test('is one of twenty at most, because RunPod limits requests per minute', async () => {
    const many = Array.from({ length: 30 }, (_, at) => [`gone${at}`, at + 1] as const);
    const { paths } = await pull(withPods(many));
    const asked = paths.filter((path) => path.startsWith('/v2/pods/'));
    expect(asked).toHaveLength(20);
    expect(asked[0]).toBe('/v2/pods/gone29');
  });
});
