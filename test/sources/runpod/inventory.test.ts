import { describe, expect, test } from 'vitest';
import { exact } from '../../../src/domain/exact.ts';
import { parseLossless } from '../../../src/platform/json.ts';
import {
  createPoolLookup,
  readPods,
  readRunpodClusters,
  readRunpodEndpoints,
  readRunpodGpus,
  readRunpodVolumes,
} from '../../../src/sources/runpod/inventory.ts';
import { CLUSTER, ENDPOINT, GPUS, POD } from './account.ts';

const SEEN = { sourceId: 'main', seenAtMs: 7 };

/** As the source passes them on: numbers with their text. */
function wire(...records: readonly object[]): unknown[] {
  return parseLossless(new TextEncoder().encode(JSON.stringify(records)), 'h') as unknown[];
}

describe('pods', () => {
  test('a running pod has its name, GPUs, rate and status', () => {
    const { resources, detailsById } = readPods(wire(POD), SEEN);
    expect(resources).toEqual([
      {
        position: 0,
        fact: {
          sourceId: 'main',
          resourceId: 'pod1',
          kind: 'pod',
          name: 'chat-70b-1',
          gpuType: 'NVIDIA H100 80GB HBM3',
          gpuCount: 2,
          usdPerHour: 440_000_000n,
          status: 'RUNNING',
          seenAtMs: 7,
        },
      },
    ]);
    expect(detailsById.get('pod1')?.rate).toEqual({
      part: 'gpu',
      usdPerHour: exact(11n, 25n),
    });
  });

  test('a stopped pod costs 0 now, which is no rate', () => {
    const [stopped] = readPods(wire({ ...POD, status: 'EXITED', cost: 0 }), SEEN).resources;
    expect(stopped?.fact).not.toHaveProperty('usdPerHour');
    expect(stopped?.fact.status).toBe('EXITED');
  });

  test('a community pod is of that class, a CPU pod explains its CPU amounts', () => {
    const { gpu: _, ...cpuPod } = POD;
    const { detailsById } = readPods(wire({ ...cpuPod, cloud: 'COMMUNITY' }), SEEN);
    expect(detailsById.get('pod1')).toMatchObject({
      pricingClass: 'community',
      rate: { part: 'cpu' },
    });
  });

  test('a pod without a name is called by its id, one without an id is rejected', () => {
    const result = readPods(wire({ ...POD, name: null }, { ...POD, id: 5 }), SEEN);
    expect(result.resources.map(({ fact }) => fact.name)).toEqual(['pod1']);
    expect(result.rejects).toMatchObject([
      { position: 1, reason: 'record 1: id: found a number, expected an id' },
    ]);
  });
});

describe('serverless endpoints', () => {
  const pools = createPoolLookup(readRunpodGpus(wire(...GPUS), SEEN).types);
  const holdingOf = (gpu: object) =>
    readRunpodEndpoints(wire({ ...ENDPOINT, gpu }), SEEN, pools).detailsById.get('ep1');

  test("one pool with one type gives the type and a worker's rate", () => {
    expect(holdingOf({ pools: ['ADA_24'], count: 2 })).toEqual({
      name: 'bursty',
      gpuCount: 2,
      gpuType: 'NVIDIA GeForce RTX 4090',
      worker: { low: exact(11n, 5n), high: exact(11n, 5n) },
    });
  });

  test.each([
    { pools: ['ADA_24', 'AMPERE_80'] },
    { pools: ['NOWHERE'] },
    { pools: null },
    { pools: ['ADA_24'], excludedTypes: ['NVIDIA GeForce RTX 4090'] },
  ])('%j gives no rate', (gpu) => {
    const holding = holdingOf(gpu);
    expect(holding).not.toHaveProperty('worker');
    expect(holding).not.toHaveProperty('gpuType');
  });

  test('a worker has one GPU where the count is left out, and an unknown number is not one', () => {
    expect(holdingOf({ pools: [] })?.gpuCount).toBe(1);
    const result = readRunpodEndpoints(wire({ ...ENDPOINT, gpu: { count: null } }), SEEN, pools);
    expect(result.resources).toEqual([]);
    expect(result.rejects[0]?.reason).toMatch(/^record 0: gpu\.count: /);
  });

  test('a pool of two types leaves a worker between their prices', () => {
    const [gpu] = GPUS;
    const other = (serverless: number) => ({ ...gpu, id: 'Other', price: { serverless } });
    const holding = (serverless: number) => {
      const both = createPoolLookup(readRunpodGpus(wire(gpu ?? {}, other(serverless)), SEEN).types);
      return readRunpodEndpoints(wire(ENDPOINT), SEEN, both).detailsById.get('ep1');
    };
    expect(holding(1.1)?.worker).toEqual({ low: exact(11n, 10n), high: exact(11n, 10n) });
    expect(holding(1.1)).not.toHaveProperty('gpuType');
    expect(holding(1.2)?.worker).toEqual({ low: exact(11n, 10n), high: exact(6n, 5n) });
    // Without its own price it may cost anything.
    expect(holding(0)).not.toHaveProperty('worker');
  });

  test('without a catalog nothing is guessed', () => {
    const { detailsById, resources } = readRunpodEndpoints(
      wire(ENDPOINT),
      SEEN,
      createPoolLookup([]),
    );
    expect(detailsById.get('ep1')).toEqual({ name: 'bursty', gpuCount: 1 });
    expect(resources[0]?.fact).toMatchObject({ kind: 'serverless', gpuCount: 1 });
  });
});

test('volumes are resources without GPUs', () => {
  const result = readRunpodVolumes(
    wire({ id: 'v', name: 'weights', size: 100, type: 'STANDARD' }),
    SEEN,
  );
  expect(result.resources[0]?.fact).toEqual({
    sourceId: 'main',
    resourceId: 'v',
    kind: 'volume',
    name: 'weights',
    seenAtMs: 7,
  });
});

describe('the catalog', () => {
  test('each offered price is a rate of its class', () => {
    const { rates, rejects } = readRunpodGpus(wire(...GPUS), SEEN);
    expect(rates.map(({ fact }) => [fact.gpuType, fact.pricingClass, fact.usdPerGpuHour])).toEqual([
      ['NVIDIA GeForce RTX 4090', 'on-demand', 440_000_000n],
      ['NVIDIA GeForce RTX 4090', 'community', 310_000_000n],
      ['NVIDIA GeForce RTX 4090', 'serverless', 1_100_000_000n],
      ['NVIDIA H100 80GB HBM3', 'on-demand', 2_390_000_000n],
    ]);
    expect(rejects).toEqual([]);
  });

  test('a price of millions an hour is no price, and affects only that record', () => {
    const [gpu, ...others] = GPUS;
    const result = readRunpodGpus(wire({ ...gpu, price: { secure: 1e30 } }, ...others), SEEN);
    expect(result.rates).toHaveLength(1);
    expect(result.rejects[0]?.reason).toBe(
      'record 0: price.secure: expected a rate from 0 to a million dollars per hour',
    );
  });

  test('a price in quotes is rejected, a price of 0 is none', () => {
    const [gpu] = GPUS;
    const result = readRunpodGpus(
      wire({ ...gpu, price: { secure: '0.44' } }, { ...gpu, price: { secure: 0, community: 0 } }),
      SEEN,
    );
    expect(result.rates).toEqual([]);
    expect(result.rejects[0]?.reason).toBe(
      'record 0: price.secure: found a string, expected a number',
    );
  });
});

describe('clusters', () => {
  const node = (id: string, cost: number) => ({
    ...POD,
    id,
    cost,
    cluster: { id: 'cl1', rank: 0 },
  });

  test('a cluster has the GPUs and the rate of all its nodes, which are no resources', () => {
    const pods = readPods(wire(node('n0', 20.5), node('n1', 20.5)), SEEN);
    expect(pods.resources).toEqual([]);
    const { resources } = readRunpodClusters(wire(CLUSTER), SEEN, pods.detailsById);
    expect(resources[0]?.fact).toEqual({
      sourceId: 'main',
      resourceId: 'cl1',
      kind: 'cluster',
      name: 'trainer',
      gpuType: 'NVIDIA H100 80GB HBM3',
      gpuCount: 16,
      usdPerHour: 41_000_000_000n,
      seenAtMs: 7,
    });
  });

  test('a cluster with an unseen or stopped node has no rate', () => {
    for (const nodes of [[node('n0', 20.5)], [node('n0', 20.5), node('n1', 0)]]) {
      const { detailsById } = readPods(wire(...nodes), SEEN);
      const { resources } = readRunpodClusters(wire(CLUSTER), SEEN, detailsById);
      expect(resources[0]?.fact).not.toHaveProperty('usdPerHour');
    }
  });
});

test('pods that config names are spot, and others are not', () => {
  const { detailsById } = readPods(wire(POD, { ...POD, id: 'pod2', name: 'batch-1' }), SEEN, [
    'batch-*',
  ]);
  expect(detailsById.get('pod1')?.pricingClass).toBe('on-demand');
  expect(detailsById.get('pod2')?.pricingClass).toBe('spot');
});

test('a running pod has its start, up to what must be billed by now', () => {
  const seen = { sourceId: 'main', seenAtMs: Date.UTC(2026, 5, 2) };
  const { detailsById } = readPods(wire({ ...POD, startedAt: '2026-06-01T00:05:00Z' }), seen);
  expect(detailsById.get('pod1')?.ran).toEqual({
    startMs: Date.UTC(2026, 5, 1, 0, 5),
    endMs: Date.UTC(2026, 5, 1, 22),
  });
});
