/** Usage settings of a deployment: its engine, labels and role. */

import type { Demand } from './usageFacts.ts';
import { matchesGlob } from './glob.ts';
import { yamlFlow } from './yamlFlow.ts';

/** Engines with supported metrics; `custom` is one that config describes. */
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

/** Other common names. */
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

/** Why these engines have no usable token metrics. */
const UNMEASURED: Readonly<Record<string, string>> = {
  triton: 'Triton does not count tokens; its gauges show only the last iteration',
  ollama: 'Ollama has no metrics',
  serverless: "a serverless worker's metrics cannot be reached",
  'runpod-serverless': "a serverless worker's metrics cannot be reached",
};

/** Advice for engines without token metrics. */
export const UNMEASURED_HINT =
  'use a gateway as the source of usage (LiteLLM, Langfuse, Portkey or ' +
  'access logs). Or ' +
  'import a CSV file: usage: { source: import }, ' +
  'then rentcheck import usage FILE';

/** The engine with that name, including aliases; `undefined` if it is not supported. */
export function findEngine(name: string): EngineName | undefined {
  const lower = name.toLowerCase();
  return ENGINES.find((engine) => engine === lower) ?? ALIASES[lower];
}

/** Why an engine cannot be measured, if known. */
function whyUnmeasured(name: string): string | undefined {
  return UNMEASURED[name.toLowerCase()];
}

/**
 * The user's own metric names, or PromQL selectors of one metric: `tokens_total{type="input"}`.
 * `cachedIs` states whether the prompt counter includes cached tokens.
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
 * The role of these servers if prefill and decode run separately, because both count the prompt:
 * the role itself, or the label with its values (`*` as a glob).
 */
export type RoleSettings =
  | 'prefill'
  | 'decode'
  | { readonly label: string; readonly prefill: string; readonly decode: string };

/** The demand kind of all its requests, or the label that gives it, with kinds by label value. */
export type DemandSettings =
  | Demand
  | { readonly label: string; readonly kinds: Readonly<Record<string, Demand>> };

/** Usage settings for the source that counts a deployment's tokens. */
export interface UsageSettings {
  readonly engine: string;
  /** Label name to an exact value, or to a glob with `*`. */
  readonly match: Readonly<Record<string, string>>;
  readonly role?: RoleSettings;
  readonly metrics?: CustomMetrics;
  readonly demand?: DemandSettings;
  readonly tenantLabel?: string;
  readonly teamLabel?: string;
  readonly adapterLabel?: string;
}

/** The first invalid setting, with the key to change; `undefined` if all are valid. */
export function findUsageFault(settings: UsageSettings) {
  const name = findEngine(settings.engine);
  const why = whyUnmeasured(settings.engine);
  if (why !== undefined)
    return fault('engine', `cannot be measured here: ${why}; ${UNMEASURED_HINT}`);
  if (name === undefined) {
    const known = ENGINES.slice(0, -1).join(', ');
    return fault(
      'engine',
      `expected ${known}, or custom with your own metrics; ${UNMEASURED_HINT}`,
    );
  }
  if (name === 'custom' && settings.metrics === undefined) {
    return fault('metrics', 'expected metrics: { prompt, output } for engine custom');
  }
  if (name !== 'custom' && settings.metrics !== undefined) {
    return fault(
      'metrics',
      `expected no metrics: the metric names of ${name} are known; remove them, or write ` +
        'engine: custom',
    );
  }
  if (name === 'nim' && Object.keys(settings.match).length === 0) {
    return fault(
      'match',
      'expected labels, like model_name: NIM metric names have no prefix, and other ' +
        'programs also export prompt_tokens_total',
    );
  }
  if (settings.metrics?.cached !== undefined && settings.metrics.cachedIs === undefined) {
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

export interface DetectedEngine {
  readonly engine: Exclude<EngineName, 'custom'>;
  /** Display name. */
  readonly title: string;
  /** The model it reports; absent if its metrics do not name one. */
  readonly model?: string;
  /** Labels that select its counters. */
  readonly match: Readonly<Record<string, string>>;
  /** All labels of one series for each scraped target. */
  readonly places: readonly Readonly<Record<string, string>>[];
  /** Distinct prefixes of its metric names: `vllm:` and `vllm_`. */
  readonly spellings: readonly string[];
  /** Set if a label separates prefill servers from decode servers. */
  readonly role?: Exclude<RoleSettings, string>;
  /** True if the engine's own labels show the roles, so config need not set them. */
  readonly hasRoleLabels: boolean;
  /** The engine in front of it that counts the same requests. */
  readonly behind?: string;
  /** All engine names that config may use for it. Some engines also read the names of others. */
  readonly readBy: readonly EngineName[];
  /** A surprising behavior of this engine, in one line. */
  readonly trap: string;
}

/** Whether any of its targets has the labels of a match, with `*` as a glob. */
export function matchesEngine({ places }: DetectedEngine, match: Readonly<Record<string, string>>) {
  return places.some((labels) =>
    Object.entries(match).every(([name, pattern]) => matchesGlob(pattern, labels[name] ?? '')),
  );
}

/** Its `usage` config, without the source. */
export function toUsageSettings({ engine, match, role, hasRoleLabels }: DetectedEngine) {
  return {
    engine,
    ...(Object.keys(match).length === 0 ? {} : { match }),
    ...(role === undefined || hasRoleLabels ? {} : { role }),
  };
}

/** The `usage` config of a deployment with this engine, as YAML to paste. */
export function renderUsageSettings(source: string, engine: DetectedEngine): string {
  const { match, role, ...rest } = toUsageSettings(engine);
  return yamlFlow({
    source,
    ...rest,
    match: match === undefined ? undefined : { ...match },
    role: role === undefined ? undefined : { ...role },
  });
}
