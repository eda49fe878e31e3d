/** Together's subject for the source contract. */

import { DAY_MS } from '../../../src/domain/period.ts';
import { togetherKind } from '../../../src/sources/registry.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { emulateApi } from '../../support/emulator.ts';
import type { Reply } from '../../support/httpServer.ts';
import { KEY, type PlantedOrganization, togetherDocument } from './emulator.ts';

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
    ['8x_nvidia_h200_140gb_sxm', 60.4, 'h200-140gb', 8],
    ['2x_nvidia_a100_80gb_sxm', 5.42, 'a100-80gb', 2],
    ['1x_nvidia_a100_80gb_sxm', 2.9, 'a100-80gb', 1],
  ].map(([id, cents, gpu_type, gpu_count]) => ({
    object: 'hardware',
    id,
    pricing: { cents_per_minute: cents },
    specs: { gpu_type, gpu_link: 'sxm', gpu_memory: 80, gpu_count },
    availability: { status: 'available' },
    updated_at: '2026-06-01T00:00:00Z',
  })),
};

export const MODELS = ['meta-llama/Llama-3.3-70B-Instruct-Turbo', 'moonshotai/Kimi-K2.6'];

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
