/** Tests that all of RunPod's bill is in the ledger once, for every seed. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { HOUR_MS, instantText } from '../../../src/domain/period.ts';
import type { Fetched } from '../../../src/domain/provenance.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import { newAccountBill } from '../../../src/sources/runpod/accountBill.ts';
import { RUNPOD_FAMILIES } from '../../../src/sources/runpod/wire.ts';
import { runpodKind } from '../../../src/sources/registry.ts';
import { pullFromSource } from '../../contract/source.ts';
import { scratchLedger } from '../../ledger/ledgerFixture.ts';
import '../../support/laws.ts';
import { listBody } from '../../support/bodyText.ts';
import { startServer } from '../../support/httpServer.ts';
import { testClient } from '../../support/testClient.ts';
import { billReply, JUNE } from './account.ts';
import {
  type BilledByField,
  KEY,
  type PlantedBill,
  type PlantedLists,
  runpodApi,
} from './emulator.ts';
import { pullWarningSentences } from '../../support/factSentences.ts';

/** A product's hours: ids from a few, amounts from nothing to $1,000, credits too. */
function billed(ids: readonly string[], fields: readonly string[]): fc.Arbitrary<BilledByField[]> {
  const amounts = fc.record(
    Object.fromEntries(fields.map((field) => [field, fc.integer({ min: -1_000, max: 1e9 })])),
  );
  const one = fc.record({
    id: fc.constantFrom(...ids),
    startMs: fc.integer({ min: 0, max: 23 }).map((hour) => JUNE.startMs + hour * HOUR_MS),
    microUsd: amounts,
  });
  const place = ({ id, startMs }: BilledByField) => `${id} ${startMs}`;
  return fc.uniqueArray(one, { maxLength: 12, selector: place });
}

const bills: fc.Arbitrary<PlantedBill> = fc.record({
  pods: billed(['p1', 'p2', 'gone'], ['gpuAmount', 'cpuAmount', 'diskAmount']),
  serverless: billed(['e1'], ['gpuAmount', 'cpuAmount', 'diskAmount', 'feeAmount']),
  volumes: billed(['v1', 'v2'], ['standardAmount', 'highPerformanceAmount']),
  clusters: billed(['c1'], ['gpuAmount', 'diskAmount', 'networkingAmount']),
  publicEndpoints: billed(['public'], ['totalAmount']).map((hours) =>
    hours.map(({ microUsd, ...rest }) => ({ ...rest, microUsd: { ...microUsd } })),
  ),
  nodes: billed(['n1', 'n2'], ['gpuAmount', 'diskAmount']),
});

const pod = (id: string, more: object = {}) => ({ id, name: id, status: 'RUNNING', ...more });
const LISTS: PlantedLists = {
  pods: [pod('p1'), pod('p2'), ...['n1', 'n2'].map((id) => pod(id, { cluster: { id: 'c1' } }))],
  endpoints: [{ id: 'e1', name: 'bursty' }],
  networkVolumes: [{ id: 'v1' }, { id: 'v2' }, { id: 'v3' }],
  clusters: [{ id: 'c1', compute: { gpuTypeId: 'NVIDIA H100', gpuCountPerPod: 8, podCount: 2 } }],
};

async function pull(planted: PlantedBill, seed: string): Promise<Fetched[]> {
  const server = await startServer(runpodApi(planted, LISTS, seed));
  const options = runpodKind.options.parse({
    apiKey: createSecret('${K}', () => KEY),
    baseUrl: server.origin,
  });
  const source = runpodKind.create('main', options, testClient());
  try {
    return await pullFromSource(source, { window: JUNE, usage: [], models: [] });
  } finally {
    await server.close();
  }
}

const PRODUCTS = ['pods', 'serverless', 'volumes', 'clusters', 'publicEndpoints'] as const;

function plantedNano(planted: PlantedBill): bigint {
  const micro = PRODUCTS.flatMap((product) => planted[product])
    .flatMap(({ microUsd }) => Object.values(microUsd))
    .reduce((sum, one) => sum + one, 0);
  return BigInt(micro) * 1_000n;
}

test('every product is counted once to the nano-dollar, nodes of clusters too', async () => {
  await fc.assert(
    fc.asyncProperty(bills, fc.string(), async (planted, seed) => {
      const all = await pull(planted, seed);
      expect(all.flatMap(({ fetch }) => fetch.failure ?? [])).toEqual([]);
      expect(all.flatMap(({ rejects = [] }) => rejects)).toEqual([]);
      const charges = all.flatMap(({ charges = [] }) => charges.map(({ fact }) => fact));
      const sum = charges.reduce((nano, { billed: one }) => nano + one, 0n);
      expect(sum).toBe(plantedNano(planted));
      expect(new Set(charges.map(({ key }) => key)).size).toBe(charges.length);
      expect(charges.filter(({ resourceId }) => /^n\d$/.test(resourceId))).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

test('in any order and with any pages, a second pull changes nothing', async () => {
  const [planted] = fc.sample(bills, { numRuns: 1, seed: 7 });
  if (planted === undefined) throw new Error('no bill was drawn');
  const { ledger } = await scratchLedger();
  for (const fetched of await pull(planted, 'one')) await ledger.facts.append(fetched, JUNE.endMs);
  let changed = 0;
  for (const fetched of await pull(planted, 'two')) {
    const { added, restated } = await ledger.facts.append(fetched, JUNE.endMs + 1);
    if (fetched.charges !== undefined) changed += added + restated;
  }
  expect(changed).toBe(0);
});

const hour = { startMs: JUNE.startMs, microUsd: { gpuAmount: 5_000_000 } };
const WITH_NODES: PlantedBill = {
  pods: [{ id: 'p1', ...hour }],
  serverless: [],
  volumes: [],
  clusters: [{ id: 'c1', ...hour }],
  publicEndpoints: [],
  nodes: [{ id: 'n1', ...hour }],
};

/** The bill of pods where one path does not answer, for a seed that includes the nodes. */
async function podsBillWithout(path: string): Promise<Fetched | undefined> {
  const reply = runpodApi(WITH_NODES, LISTS, 'nodes are told');
  const server = await startServer((response, request) => {
    if (request.path === path) response.writeHead(403).end('{}');
    else reply(response, request);
  });
  const options = runpodKind.options.parse({
    apiKey: createSecret('${K}', () => KEY),
    baseUrl: server.origin,
  });
  const all = await pullFromSource(runpodKind.create('main', options, testClient()), {
    window: JUNE,
    usage: [],
    models: [],
  });
  await server.close();
  return all.find(({ fetch }) => fetch.kind === 'runpod.billing.pods');
}

test('the bill of pods is not used where its nodes are unknown', async () => {
  const pods = await podsBillWithout('/v2/pods');
  expect(pods?.fetch.failure?.message).toContain(
    'it differs from the pods in the bill of the whole account, and without the list of pods',
  );
  expect(pods?.charges).toBeUndefined();
});

test('nodes that the bill of pods repeats are rejected where they are unknown', async () => {
  const pods = await podsBillWithout('/v2/billing');
  expect(pods?.charges?.map(({ fact }) => fact.resourceId)).toEqual(['p1']);
  expect(pods?.rejects?.[0]?.reason).toMatch(
    /this pod is a node of a cluster, whose bill may include/,
  );
  expect(pods?.completeFor).toBeUndefined();
});

test('money for unknown parts is counted once, under a separate name', async () => {
  const hour = { startMs: JUNE.startMs, id: 'x' };
  const planted: PlantedBill = {
    // A new part of a product, which its own bill has too, and a new product, which none has.
    pods: [{ ...hour, microUsd: { gpuAmount: 2_000_000, quantumAmount: 300_000 } }],
    serverless: [],
    volumes: [],
    clusters: [],
    publicEndpoints: [],
    nodes: [],
    others: [{ ...hour, microUsd: { batchGpuAmount: 500_000 } }],
  };
  const all = await pull(planted, 'new');
  const result = all.flatMap(({ charges = [] }) =>
    charges.map(({ fact }) => [fact.key.replace(/[^/]*$/, ''), fact.billed]),
  );
  expect(result).toEqual([
    ['account/batchGpuAmount/', 500_000_000n],
    ['pods/x/gpu/', 2_000_000_000n],
    ['pods/x/unexplained/', 300_000_000n],
  ]);
  const account = all.find(({ fetch }) => fetch.kind === 'runpod.billing.account');
  expect(pullWarningSentences(account?.warnings)).toEqual([
    'RunPod bills $0.50 for unknown products. They are stored as runpod-batchGpu.',
  ]);
});

test.each([
  ['that only repeats what others have is not counted', 2, []],
  [
    'that does not add up to the total is not counted, and the record rejected',
    7,
    [
      'record 0: totalAmount: $5.00 that no part explains is not counted; compare it with ' +
        'the invoice',
    ],
  ],
])('an amount of the account %s', (_, totalAmount, reasons) => {
  const record = {
    startTime: '2026-06-01T00:00:00Z',
    endTime: '2026-06-01T01:00:00Z',
    totalAmount,
    podGpuAmount: 2,
    allGpuAmount: 2,
  };
  const answer = listBody(billReply([record]), 'records');
  const asked = { where: 'account', window: JUNE, askedAtMs: 7 };
  const result = newAccountBill().read(answer, 'main', asked);
  expect([result.charges, result.warnings]).toEqual([[], []]);
  expect(result.rejects?.map(({ reason }) => reason)).toEqual(reasons);
  expect(result.completeFor === undefined).toBe(reasons.length > 0);
});

test("the account's bill in two halves is one bill to compare the others with", () => {
  const noon = JUNE.startMs + 12 * HOUR_MS;
  const halves = [
    { startMs: JUNE.startMs, endMs: noon },
    { startMs: noon, endMs: JUNE.endMs },
  ];
  const account = newAccountBill();
  const [pods] = RUNPOD_FAMILIES;
  if (pods === undefined) throw new Error('no family of pods');
  for (const [index, window] of halves.entries()) {
    expect(account.billed(pods, JUNE)).toBeUndefined();
    const query = { startTime: instantText(window.startMs), endTime: instantText(window.endMs) };
    const end = instantText(window.startMs + HOUR_MS);
    const usd = index + 1;
    const record = { ...query, endTime: end, totalAmount: usd, podGpuAmount: usd };
    const answer = listBody(billReply([record], { query }), 'records');
    account.read(answer, 'main', { where: 'account', window, askedAtMs: 7 });
  }
  // $1 in the first half and $2 in the second.
  expect(account.billed(pods, JUNE)).toBe(3_000_000_000n);
});
