/** The fictional company Marlow & Finch Insurance: its deployments, their GPUs and their cost. */

import type { LoadPattern } from './load.ts';

export const COMPANY = 'Marlow & Finch Insurance';

/** The token classes and the size of a deployment's requests. */
export interface TokenMix {
  readonly outputShare: number;
  /** Prefix-cache hits as a share of the prompt. */
  readonly cachedShare: number;
  readonly tokensPerRequest: number;
}

export interface HostedModel {
  readonly model: string;
  readonly quantizations: readonly string[];
}

export interface FleetDeployment {
  readonly id: string;
  readonly model: string;
  readonly precision: string;
  readonly engine: 'vllm' | 'sglang';
  /** Whether a benchmark runs on it at night, marked by a label in its metrics. */
  readonly isBenchmarked?: true;
  /** The value of the `model_name` label of the engine. */
  readonly servedModel: string;
  readonly gpu: { readonly type: string; readonly runpodId: string; readonly count: number };
  /** Sustained tokens per second of one replica at this mix: prompt (cached too) and output. */
  readonly capacityTokensPerSecond: number;
  readonly mix: TokenMix;
  readonly load: LoadPattern;
  readonly hosted: HostedModel;
  /** The planted verdict: the best option under the config of the demo. */
  readonly planted: 'keep' | 'delete' | 'hybrid' | 'keep (required)';
}

const H100 = { type: 'H100-80GB', runpodId: 'NVIDIA H100 80GB HBM3' } as const;
const A100 = { type: 'A100-80GB', runpodId: 'NVIDIA A100 80GB PCIe' } as const;

export const DEPLOYMENTS: readonly FleetDeployment[] = [
  {
    id: 'support-chat',
    model: 'meta-llama/Llama-3.3-70B-Instruct',
    precision: 'fp8',
    engine: 'sglang',
    servedModel: 'llama-3.3-70b',
    gpu: { ...H100, count: 2 },
    capacityTokensPerSecond: 15_000,
    mix: { outputShare: 0.16, cachedShare: 0.5, tokensPerRequest: 1_900 },
    load: 'steady',
    hosted: { model: 'meta-llama/llama-3.3-70b-instruct', quantizations: ['fp8', 'bf16'] },
    planted: 'keep',
  },
  {
    id: 'doc-summaries',
    model: 'mistralai/Mistral-Small-3.2-24B-Instruct-2506',
    precision: 'fp8',
    engine: 'vllm',
    servedModel: 'mistral-small-3.2-24b',
    gpu: { ...A100, count: 1 },
    capacityTokensPerSecond: 5_000,
    mix: { outputShare: 0.07, cachedShare: 0.08, tokensPerRequest: 6_400 },
    load: 'office',
    hosted: {
      model: 'mistralai/mistral-small-3.2-24b-instruct',
      quantizations: ['fp8', 'bf16', 'unknown'],
    },
    planted: 'delete',
  },
  {
    id: 'code-review',
    model: 'Qwen/Qwen3-Coder-30B-A3B-Instruct',
    precision: 'fp8',
    engine: 'sglang',
    isBenchmarked: true,
    servedModel: 'qwen3-coder-30b',
    gpu: { ...H100, count: 1 },
    capacityTokensPerSecond: 24_000,
    mix: { outputShare: 0.08, cachedShare: 0.6, tokensPerRequest: 9_500 },
    load: 'bursty',
    hosted: { model: 'qwen/qwen3-coder-30b-a3b-instruct', quantizations: ['fp8', 'bf16'] },
    planted: 'hybrid',
  },
  {
    id: 'claims-triage',
    model: 'openai/gpt-oss-120b',
    precision: 'mxfp4',
    engine: 'vllm',
    servedModel: 'gpt-oss-120b',
    gpu: { ...H100, count: 1 },
    capacityTokensPerSecond: 8_000,
    mix: { outputShare: 0.2, cachedShare: 0.3, tokensPerRequest: 3_100 },
    load: 'triage',
    hosted: { model: 'openai/gpt-oss-120b', quantizations: ['bf16', 'fp8', 'fp4', 'mxfp4'] },
    planted: 'keep (required)',
  },
];

/** Assumptions in the config, which the planted hosted costs use too. */
export const ASSUMPTIONS = {
  /** The share of cache hits that a hosted API would also serve from its cache. */
  cacheRealization: '0.5',
  /** The fee of the router on credits. */
  fee: '0.055',
  /** The share of a day, 0 to 1. */
  minUptime: '0.99',
} as const;
