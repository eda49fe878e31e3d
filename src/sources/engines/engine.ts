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

/**
 * How each family begins its names. OpenTelemetry knows no colon and writes `_` in its place, and
 * so do newer versions of Ray's agent: another spelling of the same counters.
 */
const SPELLINGS = { vllm: ['vllm:', 'vllm_'], ray: ['ray_vllm:', 'ray_vllm_'] } as const;

export type Family = keyof typeof SPELLINGS;

export const PROCESS_START = 'process_start_time_seconds';

export interface Named {
  /** Absent for what every process tells, whatever it runs. */
  readonly family?: Family;
  /** What stands before the engine's own name: `vllm:`. */
  readonly spelling: string;
  readonly fact: Fact;
}

const NAMES: ReadonlyMap<string, Named> = new Map(
  (Object.keys(SPELLINGS) as Family[]).flatMap((family) =>
    SPELLINGS[family].flatMap((spelling) =>
      Object.entries(VLLM).map(([fact, name]): [string, Named] => [
        `${spelling}${name}`,
        { family, spelling, fact: fact as Fact },
      ]),
    ),
  ),
);

/** Every metric name to ask for. */
export const METRIC_NAMES: readonly string[] = [...NAMES.keys(), PROCESS_START];

/** What a metric name stands for; `undefined` for a name that was not asked for. */
export function factOf(name: string): Named | undefined {
  return name === PROCESS_START ? { spelling: '', fact: 'processStart' } : NAMES.get(name);
}

const COUNTED: readonly Fact[] = ['prompt', 'output', 'cached', 'cacheHits', 'requests'];

export function isCounted(fact: Fact): fact is CountedFact {
  return COUNTED.includes(fact);
}

/** The full name of a fact in a spelling, for messages: `vllm:prompt_tokens_total`. */
export function metricName(spelling: string, fact: keyof typeof VLLM): string {
  return `${spelling}${VLLM[fact]}`;
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
