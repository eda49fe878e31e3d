/** What may be wished of a deployment's meter: the engine, its labels, its role. */

import type { Demand } from './usageFacts.ts';

/** Engines whose metrics are read; `custom` is one that the config describes. */
export const ENGINES = [
  'vllm',
  'sglang',
  'tgi',
  'tensorrt-llm',
  'nim',
  'llama.cpp',
  'lmdeploy',
  'ray-serve',
  'dynamo',
  'llm-d',
  'aibrix',
  'custom',
] as const;
export type EngineName = (typeof ENGINES)[number];

/** Other names by which people call them. */
const ALIASES: Readonly<Record<string, EngineName>> = {
  trtllm: 'tensorrt-llm',
  'trt-llm': 'tensorrt-llm',
  tensorrtllm: 'tensorrt-llm',
  llamacpp: 'llama.cpp',
  'llama-cpp': 'llama.cpp',
  'llama-server': 'llama.cpp',
  ray: 'ray-serve',
  'ray-serve-llm': 'ray-serve',
  llmd: 'llm-d',
  'text-generation-inference': 'tgi',
  'nvidia-nim': 'nim',
  'nvidia-dynamo': 'dynamo',
};

/** Why no metric of these tells tokens. */
const UNMEASURED: Readonly<Record<string, string>> = {
  triton: 'Triton does not count tokens; its gauges show only the last iteration',
  ollama: 'Ollama has no metrics',
  serverless: "a serverless worker's metrics cannot be reached",
  'runpod-serverless': "a serverless worker's metrics cannot be reached",
};

/** What to do where no metric tells tokens. */
export const WAY_OUT =
  'use a gateway as the source of usage (LiteLLM, Langfuse, Portkey or ' +
  'access logs). Or ' +
  'import a CSV file: usage: { source: import }, ' +
  'then rentcheck import usage FILE';

/** The engine of that name, however people spell it; `undefined` where none is read. */
export function engineNamed(name: string): EngineName | undefined {
  const lower = name.toLowerCase();
  return ENGINES.find((engine) => engine === lower) ?? ALIASES[lower];
}

/** Why an engine of that name cannot be measured, where that is known of it. */
function whyUnmeasured(name: string): string | undefined {
  return UNMEASURED[name.toLowerCase()];
}

/**
 * The user's own metric names, or PromQL selectors of one metric: `tokens_total{type="input"}`.
 * `cachedIs` says whether the prompt counter has the cached tokens inside.
 */
export interface CustomMetrics {
  readonly prompt: string;
  readonly output: string;
  readonly cached?: string;
  readonly cachedIs?: 'inside' | 'outside';
  readonly requests?: string;
  readonly running?: string;
  readonly busySeconds?: string;
}

/**
 * Where prefill and decode run apart, both count the prompt: which one these servers are, or the
 * label that tells, with its values (`*` for any letters).
 */
export type RoleWish =
  | 'prefill'
  | 'decode'
  | { readonly label: string; readonly prefill: string; readonly decode: string };

/** What all its requests are for, or the label that tells, with the kind of demand by value. */
export type DemandWish =
  | Demand
  | { readonly label: string; readonly kinds: Readonly<Record<string, Demand>> };

/** What is wished of whoever counts a deployment's tokens. */
export interface UsageWish {
  readonly engine: string;
  /** Label name to exact value, or to a glob with `*`. */
  readonly match: Readonly<Record<string, string>>;
  readonly role?: RoleWish;
  readonly metrics?: CustomMetrics;
  readonly demand?: DemandWish;
  readonly tenantLabel?: string;
  readonly teamLabel?: string;
  readonly adapterLabel?: string;
}

/** What is wrong with a wish, by the key that is to be changed; `undefined` where nothing is. */
export function wishFault(wish: UsageWish) {
  const name = engineNamed(wish.engine);
  const why = whyUnmeasured(wish.engine);
  if (why !== undefined) return fault('engine', `cannot be measured here: ${why}; ${WAY_OUT}`);
  if (name === undefined) {
    const known = ENGINES.slice(0, -1).join(', ');
    return fault('engine', `expected ${known}, or custom with your own metrics; ${WAY_OUT}`);
  }
  if (name === 'custom' && wish.metrics === undefined) {
    return fault('metrics', 'expected metrics: { prompt, output } for engine custom');
  }
  if (name !== 'custom' && wish.metrics !== undefined) {
    return fault(
      'metrics',
      `expected no metrics: the metric names of ${name} are known; remove them, or write ` +
        'engine: custom',
    );
  }
  if (name === 'nim' && Object.keys(wish.match).length === 0) {
    return fault(
      'match',
      'expected labels, like model_name: NIM metric names have no prefix, and other ' +
        'programs also export prompt_tokens_total',
    );
  }
  if (wish.metrics?.cached !== undefined && wish.metrics.cachedIs === undefined) {
    return fault(
      'metrics.cachedIs',
      'expected inside or outside: whether the prompt counter includes cached tokens',
    );
  }
  return undefined;
}

function fault(key: string, problem: string) {
  return { key, problem };
}
