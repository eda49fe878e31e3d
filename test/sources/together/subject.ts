/** Together's subject for the source contract, and its world for the fault matrix. */

import { DAY_MS } from '../../../src/domain/period.ts';
import { togetherKind } from '../../../src/sources/registry.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { emulateApi } from '../../support/emulator.ts';
import type { Reply } from '../../support/httpServer.ts';
import { KEY, type PlantedOrganization, togetherDocument } from './emulator.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import {
  type FaultWorld,
  inventoryPage,
  NO_CHOICE,
  NO_TARGETS,
  NO_TIMES,
  startWorldEmulator,
  UNLISTED,
  WORLD_WINDOW,
} from '../../faults/world.ts';

export const JUNE = { startMs: Date.UTC(2026, 5, 1), endMs: Date.UTC(2026, 6, 1) };
const DAY = JUNE.startMs;

export const TOKENS = {
  dayMs: DAY,
  product: 'Serverless Inference - Input Tokens',
  quantity: 1_000_000,
  microUsd: 880_000,
  dimensions: { model: 'meta/llama' },
  attributes: { api_key_id: 'key-1', project_id: 'proj-1' },
};

export const PLANTED: PlantedOrganization = {
  todayMs: Date.UTC(2026, 6, 15),
  lines: [
    TOKENS,
    { dayMs: DAY, product: 'GPU Clusters', quantity: 2, microUsd: 5_000_000 },
    { ...TOKENS, dayMs: DAY + DAY_MS, microUsd: 440_000, quantity: 500_000 },
  ],
  endpoints: [
    {
      object: 'endpoint',
      id: 'endpoint-1',
      name: 'devuser/DeepSeek-R1-a32b82a1',
      display_name: 'chat',
      model: 'deepseek-ai/DeepSeek-R1',
      hardware: '8x_nvidia_h200_140gb_sxm',
      type: 'dedicated',
      owner: 'devuser',
      state: 'STARTED',
      autoscaling: { min_replicas: 2, max_replicas: 5 },
      created_at: '2025-02-04T10:43:55.405Z',
    } as { id: string; name: string },
  ],
  clusters: [
    {
      cluster_id: 'cl-1',
      cluster_type: 'KUBERNETES',
      region: 'us-central-8',
      gpu_type: 'H100_SXM',
      cluster_name: 'training',
      volumes: [],
      status: 'Ready',
      control_plane_nodes: [],
      gpu_worker_nodes: [],
      kube_config: 'apiVersion: v1 # planted_kube_config',
      num_gpus: 16,
      cuda_version: '12.8',
      nvidia_driver_version: '570',
    },
  ],
  models: [
    {
      id: 'meta-llama/Llama-3.3-70B-Instruct-Turbo',
      input: 1.04,
      output: 1.04,
      isServerless: true,
    },
    { id: 'moonshotai/Kimi-K2.6', input: 1.2, output: 4.5, cached: 0.3, isServerless: true },
    { id: 'Qwen/Qwen3-32B-FP8', input: 0.3, output: 0.3, isServerless: false },
  ],
  hardware: [
    hardwareOf('8x_nvidia_h200_140gb_sxm', 60.4, 'h200-140gb', 8),
    hardwareOf('2x_nvidia_a100_80gb_sxm', 5.42, 'a100-80gb', 2),
    hardwareOf('1x_nvidia_a100_80gb_sxm', 2.9, 'a100-80gb', 1),
  ],
};

function hardwareOf(id: string, cents: number, gpu_type: string, gpu_count: number) {
  return {
    object: 'hardware',
    id,
    pricing: { cents_per_minute: cents },
    specs: { gpu_type, gpu_link: 'sxm', gpu_memory: 80, gpu_count },
    availability: { status: 'available' },
    updated_at: '2026-06-01T00:00:00Z',
  };
}

const MODELS = ['meta-llama/Llama-3.3-70B-Instruct-Turbo', 'moonshotai/Kimi-K2.6'];

/** Accepts any key, because the contract uses its own. */
function open(reply: Reply): Reply {
  return (response, request) => {
    const headers = { ...request.headers, authorization: `Bearer ${KEY}` };
    reply(response, { ...request, headers });
  };
}

const { busy: _busy, ...calm } = togetherDocument(PLANTED);

export const together: SourceSubject = {
  kind: togetherKind,
  options: (origin, apiKey) => ({ apiKey, baseUrl: origin }),
  request: { window: JUNE, usage: [], models: MODELS },
  healthy: open(emulateApi(calm, 'calm')),
  toldIn: {
    charges: 'charges',
    inventory: 'resources',
    rates: 'rates',
    prices: 'priceSnapshots',
  },
};

const WORLD_DAY = Date.UTC(2026, 8, 1);
const WHOLE = { none: 'it comes in one response' };
const COUNTLESS =
  'the response has neither a count nor a total: a missing day looks like one that is not ' +
  'metered yet, and a known day is not withdrawn without confirmation';

/** The number of complete days of September that come on one page. */
const ORGANIZED: PlantedOrganization = {
  ...PLANTED,
  // Each GPU has one price, so that none replaces an unreadable one.
  hardware: [
    hardwareOf('8x_nvidia_h200_140gb_sxm', 60.4, 'h200-140gb', 8),
    hardwareOf('2x_nvidia_h100_80gb_sxm', 8.4, 'h100-80gb', 2),
    hardwareOf('1x_nvidia_a100_80gb_sxm', 2.9, 'a100-80gb', 1),
  ],
  models: PLANTED.models?.map((one) => ({ ...one, isServerless: true })) ?? [],
  endpoints: [1, 2, 3].flatMap((number) =>
    PLANTED.endpoints.map((one) => ({ ...one, id: `endpoint-${number}`, name: `chat ${number}` })),
  ),
  clusters: [1, 2, 3].flatMap((number) =>
    PLANTED.clusters.map((one) => ({
      ...one,
      cluster_id: `cl-${number}`,
      cluster_name: `training ${number}`,
    })),
  ),
  todayMs: WORLD_DAY + 3 * DAY_MS,
  lines: [0, 1, 2].map((days) => ({
    dayMs: WORLD_DAY + days * DAY_MS,
    product: 'Serverless Inference - Input Tokens',
    quantity: 1_000_000 + days,
    microUsd: 880_000 + days,
    dimensions: { model: 'meta/llama' },
    attributes: { api_key_id: 'key-1' },
  })),
};

export const togetherWorld: FaultWorld = {
  kind: 'together',
  start: () => startWorldEmulator(togetherDocument(ORGANIZED)),
  options: (baseUrl, timeoutSeconds) => ({
    baseUrl,
    timeoutSeconds,
    apiKey: createSecret('${TOGETHER_API_KEY}', () => KEY),
  }),
  request: {
    ...NO_TARGETS,
    window: WORLD_WINDOW,
    models: PLANTED.models?.map(({ id }) => id) ?? [],
  },
  openMaps: /\.(?:pricing_dimensions|attributes)$/,
  pages: [
    {
      name: 'the bill of a month',
      path: /^\/billing\/usage\?/,
      list: 'data',
      amount: 'data.*.line_items.0.cost',
      required: 'data.*.line_items.0.product_name',
      id: 'data.*.line_items.0.product_name',
      choice: 'currency',
      times: ['data.*.start_time', 'data.*.end_time'],
      nextPage: { next_cursor: 'abc' },
      blind: { 'an empty list': COUNTLESS, 'half of the records': COUNTLESS },
    },
    {
      ...inventoryPage(
        { name: 'what can be called', path: '/endpoints\\?type=serverless', list: 'data' },
        WHOLE,
      ),
      required: 'data.*.model',
      id: 'data.*.model',
      blind: {
        'half of the records':
          'a model that cannot be called is not sold by token; a warning names what is not listed',
      },
    },
    {
      name: 'the models',
      path: /^\/models/,
      list: '',
      amount: '*.pricing.output',
      required: '*.id',
      id: '*.id',
      choice: NO_CHOICE,
      times: NO_TIMES,
      nextPage: WHOLE,
      blind: {
        'half of the records':
          'a model that is not listed is no longer sold; a warning names it, and a list that ' +
          'lacks most known models needs confirmation',
      },
    },
    {
      ...inventoryPage({ name: 'the hardware', path: '/hardware', list: 'data' }, WHOLE),
      amount: 'data.*.pricing.cents_per_minute',
      required: 'data.*.specs',
      blind: {
        'null instead of a number':
          'hardware without a price has no rate; the bill shows what it cost',
        'half of the records': UNLISTED['half of the records'],
      },
    },
    inventoryPage(
      {
        name: 'the list of endpoints',
        path: '/endpoints\\?type=dedicated&mine=true',
        list: 'data',
      },
      WHOLE,
    ),
    {
      ...inventoryPage(
        { name: 'the clusters', path: '/compute/clusters', list: 'clusters' },
        WHOLE,
      ),
      amount: 'clusters.*.num_gpus',
      required: 'clusters.*.cluster_id',
      id: 'clusters.*.cluster_id',
      blind: {
        ...UNLISTED,
        'null instead of a number':
          'a cluster without a number of GPUs has an unknown number: it is not guessed',
      },
    },
  ],
};
