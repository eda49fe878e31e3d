/** Knows which metrics of an inference engine carry which fact, under which names. */

import { Failure } from '../../domain/failure.ts';

/** What one series of a server process tells. */
export type Fact =
  | 'prompt'
  | 'output'
  | 'cached'
  | 'cacheHits'
  | 'requests'
  | 'running'
  | 'created'
  | 'processStart';

/** The facts that are counters of whole things and are counted by their steps. */
export type CountedFact = Extract<Fact, 'prompt' | 'output' | 'cached' | 'cacheHits' | 'requests'>;

/**
 * vLLM's own names behind their prefix. The prompt counter includes cached tokens. `cacheHits`
 * counts tokens where the series has an `engine` label and blocks in older versions; the deprecated
 * `gpu_prefix_cache_*` names are never read: they repeat it or count blocks.
 */
const VLLM: Readonly<Record<Exclude<Fact, 'processStart'>, string>> = {
  prompt: 'prompt_tokens_total',
  output: 'generation_tokens_total',
  cached: 'prompt_tokens_cached_total',
  cacheHits: 'prefix_cache_hits_total',
  requests: 'request_success_total',
  running: 'num_requests_running',
  created: 'prompt_tokens_created',
};

/** vLLM itself, and the two spellings of its metrics behind Ray's agent. */
const FAMILIES = ['vllm:', 'ray_vllm:', 'ray_vllm_'] as const;

export const PROCESS_START = 'process_start_time_seconds';

export interface Named {
  readonly family: string;
  readonly fact: Fact;
}

const NAMES: ReadonlyMap<string, Named> = new Map(
  FAMILIES.flatMap((family) =>
    Object.entries(VLLM).map(([fact, name]) => [
      `${family}${name}`,
      { family, fact: fact as Fact },
    ]),
  ),
);

/** Every metric name to ask for. */
export const METRIC_NAMES: readonly string[] = [...NAMES.keys(), PROCESS_START];

/** What a metric name stands for; `undefined` for a name that was not asked for. */
export function factOf(name: string): Named | undefined {
  return name === PROCESS_START ? { family: '', fact: 'processStart' } : NAMES.get(name);
}

const COUNTED: readonly Fact[] = ['prompt', 'output', 'cached', 'cacheHits', 'requests'];

export function isCounted(fact: Fact): fact is CountedFact {
  return COUNTED.includes(fact);
}

/** The full name of a fact in a family, for messages: `vllm:prompt_tokens_total`. */
export function metricName(family: string, fact: keyof typeof VLLM): string {
  return `${family}${VLLM[fact]}`;
}

/** @throws {Failure} `config` for an engine that this source cannot read. */
export function requireEngine(engine: string, deployment: string): void {
  if (engine === 'vllm') return;
  throw new Failure('config', `engine ${engine} is not read yet; expected vllm`, {
    where: `deployments.${deployment}.usage.engine`,
    expected: 'vllm',
    hint: 'import the usage of this deployment from a CSV file instead',
  });
}
