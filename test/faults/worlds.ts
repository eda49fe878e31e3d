/** For each kind of source a provider in good health, and what its answers call their parts. */

import { AUDITED_AT_MS } from '../../src/demo/calendar.ts';
import { startOpenrouter } from '../../src/demo/emulators/openrouter.ts';
import { startPrometheus } from '../../src/demo/emulators/prometheus.ts';
import { startRunpod } from '../../src/demo/emulators/runpod.ts';
import type { Emulator } from '../../src/demo/emulators/serve.ts';
import { OPENROUTER_KEY, RUNPOD_KEY } from '../../src/demo/keys.ts';
import { HOUR_MS, type Period, period } from '../../src/domain/period.ts';
import { secretFrom } from '../../src/platform/secret.ts';
import type { PullRequest } from '../../src/sources/source.ts';
import { demoClock, FLEET } from '../support/demoFleet.ts';
import { emulated } from '../support/emulator.ts';
import { startServer } from '../support/httpServer.ts';
import { KEY as TEST_KEY, type PlantedBill, runpodDocument } from '../sources/runpod/emulator.ts';
import type { Page } from './faultList.ts';

/** One kind of source, in good health. A new kind is an entry here, and nothing else. */
export interface World {
  /** As registered. */
  readonly kind: string;
  /** The provider, on this machine. */
  start(): Promise<Emulator>;
  /** Options for a provider at this origin, as config hands them over; seconds to wait for it. */
  options(origin: string, timeoutSeconds: number): object;
  readonly request: PullRequest;
  /** Maps of which every member is read, whatever its name: labels tell scrape targets apart. */
  readonly openMaps?: RegExp;
  /** The answers that faults befall, one at a time. */
  readonly pages: readonly Page[];
}

const START_MS = Date.UTC(2026, 8, 1, 8);
const WINDOW: Period = period(START_MS, START_MS + 6 * HOUR_MS);
const NOTHING = { usage: [], models: [] } as const;

const NO_TIMES = { none: 'it lists what is there now, without times' };
const NO_CHOICE = { none: 'it has no field with a closed set of values' };
const UNLISTED = {
  'an empty list': 'what is not listed looks like what is not there; its bill shows it',
  'half of the records': 'what is not listed looks like what is not there; its bill shows it',
};
const PAGED = { pagination: { hasNextPage: true, nextCursor: 'abc' } };

function bill(family: string, { id, amount }: { id: string; amount: string }): Page {
  return {
    name: `the bill of ${family}`,
    path: new RegExp(`^/v2/billing/${family}\\?`),
    list: 'records',
    amount: `records.*.${amount}`,
    required: 'records.*.totalAmount',
    id: `records.*.${id}`,
    choice: NO_CHOICE,
    times: ['records.*.startTime', 'records.*.endTime'],
    nextPage: PAGED,
    blind: {
      'null for a number':
        'the total stays and tells what is missing: that part is kept as "unexplained", with a ' +
        'warning; the inventory shows what it paid',
    },
  };
}

function inventory(name: string, path: string, list: string): Page {
  return {
    name,
    path: new RegExp(`^${path}(\\?|$)`),
    list,
    amount: { none: 'nothing in it is an amount' },
    required: `${list}.*.id`,
    id: `${list}.*.id`,
    choice: NO_CHOICE,
    times: NO_TIMES,
    nextPage: PAGED,
    blind: UNLISTED,
  };
}

const runpod: World = {
  kind: 'runpod',
  start: () => startRunpod(FLEET, demoClock()),
  options: (baseUrl, timeoutSeconds) => ({
    baseUrl,
    timeoutSeconds,
    apiKey: secretFrom('${RUNPOD_API_KEY}', () => RUNPOD_KEY),
  }),
  request: { ...NOTHING, window: WINDOW },
  pages: [
    {
      ...inventory('the catalog of GPUs', '/v2/catalog/gpus', 'gpus'),
      amount: 'gpus.*.price.secure',
      blind: {
        ...UNLISTED,
        'null for a number': 'a price that is null is not offered; a later bill shows the rate',
      },
    },
    {
      ...inventory('the list of pods', '/v2/pods', 'pods'),
      amount: 'pods.*.gpu.count',
      choice: 'pods.*.cloud',
    },
    inventory('the list of volumes', '/v2/network-volumes', 'networkVolumes'),
    bill('pods', { id: 'podId', amount: 'gpuAmount' }),
    bill('network-volumes', { id: 'networkVolumeId', amount: 'standardAmount' }),
  ],
};

const HOURS = Array.from({ length: 6 }, (_, hour) => START_MS + hour * HOUR_MS);
const billedEachHour = (id: string, microUsd: Readonly<Record<string, number>>) =>
  HOURS.map((startMs) => ({ id, startMs, microUsd }));

/** What the demo's fleet has none of. */
const OTHER_PRODUCTS: PlantedBill = {
  pods: [],
  serverless: billedEachHour('e1', { gpuAmount: 1_500_000, feeAmount: 20_000 }),
  volumes: [],
  clusters: billedEachHour('c1', { gpuAmount: 41_000_000, networkingAmount: 250_000 }),
  publicEndpoints: billedEachHour('', { totalAmount: 3_210_000 }),
  nodes: [],
  others: billedEachHour('', { batchGpuAmount: 700_000 }),
};

const runpodOthers: World = {
  ...runpod,
  async start() {
    const lists = {
      pods: [],
      endpoints: [
        { id: 'e1', name: 'bursty', gpu: { pools: ['ADA_24'], count: 2 } },
        { id: 'e2', name: 'quiet', gpu: { pools: null, count: 1 } },
      ],
      networkVolumes: [],
      clusters: ['c1', 'c2'].map((id) => ({
        id,
        name: `trainer ${id}`,
        compute: { gpuTypeId: 'NVIDIA H100 80GB HBM3', gpuCountPerPod: 8, podCount: 2 },
      })),
    };
    // The first try of no question is refused here: it is the faults that are to befall it.
    const { busy: _busy, ...document } = runpodDocument(OTHER_PRODUCTS, lists);
    const server = await startServer(emulated(document, 'calm'));
    return { url: server.origin, requests: [], close: () => server.close() };
  },
  options: (baseUrl, timeoutSeconds) => ({
    baseUrl,
    timeoutSeconds,
    apiKey: secretFrom('${RUNPOD_API_KEY}', () => TEST_KEY),
  }),
  pages: [
    {
      ...inventory('the list of serverless endpoints', '/v2/serverless', 'endpoints'),
      amount: 'endpoints.*.gpu.count',
    },
    {
      ...inventory('the list of clusters', '/v2/clusters', 'clusters'),
      amount: 'clusters.*.compute.gpuCountPerPod',
    },
    bill('serverless', { id: 'serverlessId', amount: 'gpuAmount' }),
    bill('clusters', { id: 'clusterId', amount: 'gpuAmount' }),
    {
      ...bill('endpoints', { id: '', amount: 'totalAmount' }),
      id: { none: 'it names none of the endpoints' },
      blind: {},
    },
    {
      ...bill('the whole account', { id: '', amount: 'batchGpuAmount' }),
      name: 'the bill of the whole account',
      path: /^\/v2\/billing\?/,
      id: { none: 'it names products alone' },
      blind: {},
    },
  ],
};

const prometheus: World = {
  kind: 'prometheus',
  start: () => startPrometheus(FLEET, demoClock()),
  options: (url, timeoutSeconds) => ({ url, timeoutSeconds }),
  request: {
    ...NOTHING,
    window: WINDOW,
    usage: [{ deployment: 'chat', engine: 'vllm', match: { model_name: 'llama-3.3-70b' } }],
  },
  openMaps: /\.metric$/,
  pages: [
    {
      name: 'the samples of counters',
      path: /^\/api\/v1\/query\?/,
      list: 'data.result',
      amount: 'data.result.*.values.*.1',
      required: 'data.result.*.values.*.1',
      id: { none: 'another label is another series; what it no longer tells is unknown' },
      choice: 'data.resultType',
      times: ['data.result.*.values.*.0'],
      nextPage: { none: 'a query is answered whole' },
      blind: {
        'half of the records':
          'a replica that is not scraped looks like one that does not run; its bill shows it',
        'a clock that is an hour ahead':
          'traffic an hour late looks like traffic; the hours of the bill show it',
      },
    },
  ],
};

const openrouter: World = {
  kind: 'openrouter',
  start: () => startOpenrouter(FLEET, demoClock()),
  options: (origin, timeoutSeconds) => ({
    baseUrl: `${origin}/api/v1`,
    timeoutSeconds,
    apiKey: secretFrom('${OPENROUTER_API_KEY}', () => OPENROUTER_KEY),
  }),
  request: { ...NOTHING, window: WINDOW, models: ['meta-llama/llama-3.3-70b-instruct'] },
  pages: [
    {
      name: 'the endpoints of a model',
      path: /^\/api\/v1\/models\//,
      list: 'data.endpoints',
      amount: 'data.endpoints.*.pricing.prompt',
      required: 'data.endpoints.*.pricing.completion',
      id: 'data.endpoints.*.tag',
      choice: { none: 'a new quantization is one more, not a fault' },
      times: NO_TIMES,
      nextPage: { none: 'a model has one list' },
      blind: {
        'an empty list':
          'a model that nobody sells is listed so; a warning names it, and what was known stays',
        'half of the records':
          'a host that is not listed sells no longer; another router or the host itself shows it',
      },
    },
  ],
};

export const WORLDS: readonly World[] = [runpod, runpodOthers, prometheus, openrouter];

/** When the sources are asked: the demo's own audit day. */
export const ASKED_AT_MS = AUDITED_AT_MS;
