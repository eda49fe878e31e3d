/**
 * Knows what a scraper has seen of the fleet: cumulative counters of every pod, one sample each
 * five minutes. A scrape falls exactly on an interval's edge, so that the counter's step to it is
 * that interval's.
 */

import { STEP_MS } from '../calendar.ts';
import type { Fleet } from '../fleet.ts';
import type { PodTraffic } from '../traffic.ts';

export type Labels = Readonly<Record<string, string>>;

/** One series; sample `n` was taken at `firstMs + n·5 min`. */
export interface ScrapedSeries {
  readonly labels: Labels;
  readonly firstMs: number;
  readonly values: Float64Array;
  /** Samples that do not exist. */
  readonly missing: ReadonlySet<number>;
}

/**
 * What processes had counted before the story begins: a reader must not take it for the quarter's.
 */
const COUNTED_BEFORE = 1_000_000_007;

/**
 * Every series of every pod, in a stable order. A pod that starts later is first scraped at zero.
 */
export function scrape(fleet: Fleet): ScrapedSeries[] {
  return fleet.traffic.flatMap((pod) => {
    const deployment = fleet.deployments.find(({ id }) => id === pod.deployment);
    const instance = fleet.pods.find(({ id }) => id === pod.podId)?.instance ?? '';
    const target = { instance, job: 'vllm' };
    const server = { engine: '0', ...target, model_name: deployment?.servedModel ?? '' };
    const before = pod.fromMs === fleet.timeline.startMs ? COUNTED_BEFORE : 0;
    const series = seriesOf(pod);
    return [
      series(
        { __name__: 'vllm:prompt_tokens_total', ...server },
        total(pod, 'promptTokens', before),
      ),
      series(
        { __name__: 'vllm:prompt_tokens_cached_total', ...server },
        total(pod, 'cachedTokens', Math.floor(before / 3)),
      ),
      series(
        { __name__: 'vllm:generation_tokens_total', ...server },
        total(pod, 'outputTokens', Math.floor(before / 7)),
      ),
      series(
        { __name__: 'vllm:request_success_total', ...server, finished_reason: 'stop' },
        total(pod, 'stopped', Math.floor(before / 2_003)),
      ),
      series(
        { __name__: 'vllm:request_success_total', ...server, finished_reason: 'length' },
        total(pod, 'cutOff', Math.floor(before / 60_013)),
      ),
      series({ __name__: 'vllm:num_requests_running', ...server }, running(pod)),
      series({ __name__: 'process_start_time_seconds', ...target }, processStarts(pod, before > 0)),
      series({ __name__: 'up', ...target }, new Float64Array(pod.length + 1).fill(1)),
    ];
  });
}

function seriesOf(pod: PodTraffic) {
  const missing = new Set([...pod.missedScrapes].map((interval) => interval + 1));
  return (labels: Labels, values: Float64Array): ScrapedSeries => ({
    labels,
    firstMs: pod.fromMs,
    values,
    missing,
  });
}

type Column = 'promptTokens' | 'cachedTokens' | 'outputTokens' | 'stopped' | 'cutOff';

function total(pod: PodTraffic, column: Column, before: number): Float64Array {
  const values = new Float64Array(pod.length + 1);
  let counted = before;
  values[0] = counted;
  for (let interval = 0; interval < pod.length; interval += 1) {
    if (pod.crashes.has(interval)) counted = 0;
    counted += pod[column][interval] ?? 0;
    values[interval + 1] = counted;
  }
  return values;
}

/** At an edge the gauge shows the interval that begins there. */
function running(pod: PodTraffic): Float64Array {
  const values = new Float64Array(pod.length + 1);
  for (let interval = 0; interval < pod.length; interval += 1) {
    const requests = (pod.stopped[interval] ?? 0) + (pod.cutOff[interval] ?? 0);
    values[interval] = Math.ceil(requests / 60);
  }
  return values;
}

/** Unix seconds. Servers of the first hour are three weeks old; a later one starts with its pod. */
function processStarts(pod: PodTraffic, old: boolean): Float64Array {
  const values = new Float64Array(pod.length + 1);
  let startMs = old ? pod.fromMs - 21 * 86_400_000 : pod.fromMs;
  values[0] = startMs / 1_000;
  for (let interval = 0; interval < pod.length; interval += 1) {
    if (pod.crashes.has(interval)) startMs = pod.fromMs + interval * STEP_MS + 236_480;
    values[interval + 1] = startMs / 1_000;
  }
  return values;
}
