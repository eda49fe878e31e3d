/** The series that a scraper would have stored for a vLLM process. */

import type { MadeSeries } from './syntheticPrometheus.ts';

/** The values of one scrape, with counters as they were. */
export interface VllmScrape {
  readonly atMs: number;
  readonly prompt: number;
  readonly output: number;
  readonly cached?: number;
  readonly requests?: number;
  readonly running?: number;
  /** The start time that the process reports. */
  readonly createdMs?: number;
}

const NAMES = {
  prompt: 'vllm:prompt_tokens_total',
  output: 'vllm:generation_tokens_total',
  cached: 'vllm:prompt_tokens_cached_total',
  requests: 'vllm:request_success_total',
  running: 'vllm:num_requests_running',
  createdMs: 'vllm:prompt_tokens_created',
} as const;

type Fact = keyof typeof NAMES;

/** One process's series. A fact that no scrape has gets no series. */
export function processSeries(
  labels: Readonly<Record<string, string>>,
  scrapes: readonly VllmScrape[],
): MadeSeries[] {
  const facts = Object.keys(NAMES) as Fact[];
  return facts.flatMap((fact) => {
    const samples = scrapes.flatMap((scrape): [number, number][] => {
      const value = scrape[fact];
      if (value === undefined) return [];
      return [[scrape.atMs, fact === 'createdMs' ? value / 1000 : value]];
    });
    const own = { model_name: 'm', engine: '0', job: 'vllm', ...labels, __name__: NAMES[fact] };
    const finished = fact === 'requests' ? { finished_reason: 'stop' } : {};
    return samples.length === 0 ? [] : [{ labels: { ...own, ...finished }, samples }];
  });
}

/** Scrapes every 15 s from `fromMs` up to `toMs`, each adding this much. */
export function steadyScrapes(
  span: { readonly fromMs: number; readonly toMs: number; readonly everyMs?: number },
  rise: Omit<VllmScrape, 'atMs'>,
): VllmScrape[] {
  const { fromMs, toMs, everyMs = 15_000 } = span;
  const count = Math.floor((toMs - fromMs) / everyMs) + 1;
  return Array.from({ length: count }, (_, index) => ({
    ...rise,
    atMs: fromMs + index * everyMs,
    prompt: rise.prompt * index,
    output: rise.output * index,
    ...(rise.cached === undefined ? {} : { cached: rise.cached * index }),
    ...(rise.requests === undefined ? {} : { requests: rise.requests * index }),
  }));
}
