/** For each kind of source, a healthy provider and the names of the parts of its answers. */

import { AUDITED_AT_MS } from '../../src/demo/calendar.ts';
import { startOpenrouter } from '../../src/demo/emulators/openrouter.ts';
import { startPrometheus } from '../../src/demo/emulators/prometheus.ts';
import { startRunpod } from '../../src/demo/emulators/runpod.ts';
import { OPENROUTER_KEY, RUNPOD_KEY } from '../../src/demo/keys.ts';
import { HOUR_MS } from '../../src/domain/period.ts';
import { createSecret } from '../../src/platform/secret.ts';
import { demoClock, FLEET } from '../support/demoFleet.ts';
import { anthropicWorld } from '../sources/anthropic/subject.ts';
import { fireworksWorld } from '../sources/fireworks/subject.ts';
import { openaiWorld } from '../sources/openai/subject.ts';
import { catalogWorlds } from '../sources/catalog/subject.ts';
import { cerebrasWorld } from '../sources/cerebras/subject.ts';
import { openrouterSpend } from '../sources/openrouter/subject.ts';
import { coreweaveWorld } from '../sources/coreweave/subject.ts';
import { crusoeWorld } from '../sources/crusoe/subject.ts';
import { deepinfraWorld } from '../sources/deepinfra/subject.ts';
import { digitaloceanEstimated, digitaloceanWorld } from '../sources/digitalocean/subject.ts';
import { huggingfaceWorld } from '../sources/huggingface/subject.ts';
import { hyperstackWorld } from '../sources/hyperstack/subject.ts';
import { lambdaWorld } from '../sources/lambda/subject.ts';
import { litellmRequests, litellmWorld } from '../sources/litellm/subject.ts';
import { langfuseWorld } from '../sources/langfuse/subject.ts';
import { portkeyWorld } from '../sources/portkey/subject.ts';
import { scrapeWorld } from '../sources/scrape/subject.ts';
import { togetherWorld } from '../sources/together/subject.ts';
import { focusWorld } from '../sources/focus/subject.ts';
import { gpuCatalogWorld } from '../sources/gpu-catalog/subject.ts';
import { nebiusWorld } from '../sources/nebius/subject.ts';
import { tokenFactoryWorld } from '../sources/nebius-token-factory/subject.ts';
import { KEY as TEST_KEY, type PlantedBill, runpodDocument } from '../sources/runpod/emulator.ts';
import { vastWorld } from '../sources/vast/subject.ts';
import type { FaultPage } from './faultList.ts';
import {
  inventoryPage,
  NO_CHOICE,
  NO_TIMES,
  NO_TARGETS,
  WORLD_START_MS,
  startWorldEmulator,
  UNLISTED,
  WORLD_WINDOW,
  type FaultWorld,
} from './world.ts';

const PAGED = { pagination: { hasNextPage: true, nextCursor: 'abc' } };

function bill(family: string, { id, amount }: { id: string; amount: string }): FaultPage {
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
      'null instead of a number':
        'the total still includes the missing part: it is stored as "unexplained", with a ' +
        'warning; the inventory shows what it paid for',
    },
  };
}

const runpod: FaultWorld = {
  kind: 'runpod',
  start: () => startRunpod(FLEET, demoClock()),
  options: (baseUrl, timeoutSeconds) => ({
    baseUrl,
    timeoutSeconds,
    apiKey: createSecret('${RUNPOD_API_KEY}', () => RUNPOD_KEY),
  }),
  request: { ...NO_TARGETS, window: WORLD_WINDOW },
  pages: [
    {
      ...inventoryPage(
        { name: 'the catalog of GPUs', path: '/v2/catalog/gpus', list: 'gpus' },
        PAGED,
      ),
      amount: 'gpus.*.price.secure',
      blind: {
        ...UNLISTED,
        'null instead of a number':
          'a price of null means not offered; a later bill shows the rate',
      },
    },
    {
      ...inventoryPage({ name: 'the list of pods', path: '/v2/pods', list: 'pods' }, PAGED),
      amount: 'pods.*.gpu.count',
      choice: 'pods.*.cloud',
    },
    bill('pods', { id: 'podId', amount: 'gpuAmount' }),
    bill('network-volumes', { id: 'networkVolumeId', amount: 'standardAmount' }),
  ],
};

const HOURS = Array.from({ length: 6 }, (_, hour) => WORLD_START_MS + hour * HOUR_MS);
const billedEachHour = (id: string, microUsd: Readonly<Record<string, number>>) =>
  HOURS.map((startMs) => ({ id, startMs, microUsd }));

/** What the demo's fleet does not have. */
const OTHER_PRODUCTS: PlantedBill = {
  pods: [],
  serverless: billedEachHour('e1', { gpuAmount: 1_500_000, feeAmount: 20_000 }),
  volumes: [],
  clusters: billedEachHour('c1', { gpuAmount: 41_000_000, networkingAmount: 250_000 }),
  publicEndpoints: billedEachHour('', { totalAmount: 3_210_000 }),
  nodes: [],
  others: billedEachHour('', { batchGpuAmount: 700_000 }),
};

const runpodOthers: FaultWorld = {
  ...runpod,
  start() {
    const lists = {
      pods: [],
      endpoints: [
        { id: 'e1', name: 'bursty', gpu: { pools: ['ADA_24'], count: 2 } },
        { id: 'e2', name: 'quiet', gpu: { pools: null, count: 1 } },
      ],
      networkVolumes: ['v1', 'v2', 'v3'].map((id) => ({ id, name: `weights ${id}`, size: 500 })),
      clusters: ['c1', 'c2'].map((id) => ({
        id,
        name: `trainer ${id}`,
        compute: { gpuTypeId: 'NVIDIA H100 80GB HBM3', gpuCountPerPod: 8, podCount: 2 },
      })),
      workers: (id: string) =>
        (id === 'e1' ? ['w1', 'w2'] : []).map((id) => ({
          id,
          status: 'RUNNING',
          isStale: false,
          gpuCount: 2,
          gpuTypeId: 'NVIDIA RTX A5000',
          startedAt: '2026-09-01T08:00:00Z',
          uptimeSeconds: 5,
          image: 'i',
        })),
    };
    return startWorldEmulator(runpodDocument(OTHER_PRODUCTS, lists));
  },
  options: (baseUrl, timeoutSeconds) => ({
    baseUrl,
    timeoutSeconds,
    apiKey: createSecret('${RUNPOD_API_KEY}', () => TEST_KEY),
  }),
  pages: [
    {
      ...inventoryPage(
        { name: 'the list of serverless endpoints', path: '/v2/serverless', list: 'endpoints' },
        PAGED,
      ),
      amount: 'endpoints.*.gpu.count',
    },
    {
      ...inventoryPage(
        {
          name: 'the workers of an endpoint',
          path: '/v2/serverless/e1/workers',
          list: 'workers',
        },
        PAGED,
      ),
      amount: 'workers.*.gpuCount',
      blind: {
        ...UNLISTED,
        'status 404 with HTML': 'its endpoint looks like one that is gone; its bill shows it',
      },
    },
    inventoryPage(
      { name: 'the list of volumes', path: '/v2/network-volumes', list: 'networkVolumes' },
      PAGED,
    ),
    {
      ...inventoryPage(
        { name: 'the list of clusters', path: '/v2/clusters', list: 'clusters' },
        PAGED,
      ),
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
      id: { none: 'it names only products' },
      blind: {},
    },
  ],
};

const prometheus: FaultWorld = {
  kind: 'prometheus',
  start: () => startPrometheus(FLEET, demoClock()),
  options: (url, timeoutSeconds) => ({ url, timeoutSeconds }),
  request: {
    ...NO_TARGETS,
    window: WORLD_WINDOW,
    usage: [{ deployment: 'chat', engine: 'vllm', match: { model_name: 'gpt-oss-120b' } }],
  },
  openMaps: /\.metric$/,
  pages: [
    {
      name: 'the samples of counters',
      path: /^\/api\/v1\/query\?/,
      list: 'data.result',
      amount: 'data.result.*.values.*.1',
      required: 'data.result.*.values.*.1',
      id: { none: 'another label is another series; values that are missing from it are unknown' },
      choice: 'data.resultType',
      times: ['data.result.*.values.*.0'],
      nextPage: { none: 'a query is answered without pages' },
      blind: {
        'half of the records':
          'a replica that is not scraped looks like one that does not run; its bill shows it',
        NaN: 'VictoriaMetrics writes NaN for a failed scrape; an interval across it is an estimate',
        'a clock that is an hour ahead':
          'traffic an hour late looks like traffic; the hours of the bill show it',
      },
    },
  ],
};

const openrouter: FaultWorld = {
  kind: 'openrouter',
  start: () => startOpenrouter(FLEET, demoClock()),
  options: (origin, timeoutSeconds) => ({
    baseUrl: `${origin}/api/v1`,
    timeoutSeconds,
    apiKey: createSecret('${OPENROUTER_API_KEY}', () => OPENROUTER_KEY),
  }),
  request: { ...NO_TARGETS, window: WORLD_WINDOW, models: ['meta-llama/llama-3.3-70b-instruct'] },
  pages: [
    {
      name: 'the endpoints of a model',
      path: /^\/api\/v1\/models\/.*endpoints$/,
      list: 'data.endpoints',
      amount: 'data.endpoints.*.pricing.prompt',
      required: 'data.endpoints.*.pricing.completion',
      id: 'data.endpoints.*.tag',
      choice: { none: 'a new quantization is one more, not a fault' },
      times: NO_TIMES,
      nextPage: { none: 'a model has one list' },
      blind: {
        'an empty list':
          'a model that nobody sells is listed this way; a warning names it, and known prices ' +
          'are kept',
        'half of the records':
          'a provider that is not listed no longer sells; another router or the provider itself ' +
          'shows it',
      },
    },
  ],
};

export type { FaultWorld } from './world.ts';

export const SOURCE_WORLDS: readonly FaultWorld[] = [
  runpod,
  runpodOthers,
  prometheus,
  scrapeWorld(AUDITED_AT_MS),
  openrouter,
  openrouterSpend,
  crusoeWorld,
  lambdaWorld,
  vastWorld,
  togetherWorld,
  coreweaveWorld,
  focusWorld,
  nebiusWorld,
  digitaloceanWorld,
  digitaloceanEstimated,
  hyperstackWorld,
  litellmWorld,
  litellmRequests,
  portkeyWorld,
  langfuseWorld,
  openaiWorld,
  anthropicWorld,
  fireworksWorld,
  gpuCatalogWorld,
  deepinfraWorld,
  cerebrasWorld,
  ...catalogWorlds,
  huggingfaceWorld,
  tokenFactoryWorld,
];

/** When the sources are pulled: the demo's own audit day. */
export const WORLDS_PULLED_AT_MS = AUDITED_AT_MS;
