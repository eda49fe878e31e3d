/** The fictional company Marlow & Finch Insurance: its deployments, their GPUs, cost and load. */

import { DAY_MS, HOUR_MS } from '../domain/period.ts';
import type { Random } from '../platform/random.ts';
import { isWeekend } from './calendar.ts';

export type LoadPattern = 'steady' | 'office' | 'bursty' | 'triage';

/** The load of a deployment in one interval: 1.5 is one and a half replicas at full capacity. */
export function loadAt(pattern: LoadPattern, atMs: number, random: Random): number {
  const moment = { hour: (atMs % DAY_MS) / HOUR_MS, weekend: isWeekend(atMs) };
  return PATTERNS[pattern](moment, random);
}

/** Whether the nightly benchmark, which fills idle capacity from 20:00 to 08:00 UTC, runs. */
export function isBenchmarked(atMs: number): boolean {
  const hour = (atMs % DAY_MS) / HOUR_MS;
  return hour >= 20 || hour < 8;
}

/** A random factor near 1: `around(random, 0.05)` is between 0.95 and 1.05. */
export function jitter(random: Random, spread: number): number {
  return 1 + spread * (2 * random.next() - 1);
}

interface Moment {
  readonly hour: number;
  readonly weekend: boolean;
}

const PATTERNS: Readonly<Record<LoadPattern, (moment: Moment, random: Random) => number>> = {
  /** Customers worldwide: always between one and two replicas, with the peak at 15:00. */
  steady: ({ hour, weekend }, random) =>
    (1.46 + 0.3 * Math.cos((2 * Math.PI * (hour - 15)) / 24)) *
    (weekend ? 0.96 : 1) *
    jitter(random, 0.04),
  /** Occasional batches in office hours; idle at night and on weekends. */
  office: ({ hour, weekend }, random) => {
    const quiet = random.next() < 0.4;
    if (weekend || hour < 8 || hour >= 18 || quiet) return 0;
    return 0.25 * jitter(random, 0.5);
  },
  /** Nightly scans all week, and a peak of pull requests on weekday afternoons. */
  bursty: ({ hour, weekend }, random) => {
    if (weekend) return 0.5 * jitter(random, 0.06);
    if (hour >= 13 && hour < 16) return 3.3 * jitter(random, 0.05);
    if (hour >= 9 && hour < 18) return 1.15 * jitter(random, 0.1);
    return 0.58 * jitter(random, 0.06);
  },
  /** Claims on weekdays during the day; a few retries at other times. */
  triage: ({ hour, weekend }, random) =>
    (!weekend && hour >= 7 && hour < 19 ? 0.22 : 0.05) * jitter(random, 0.2),
};

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
