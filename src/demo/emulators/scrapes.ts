/**
 * The scraped metrics of the fleet: cumulative counters of every pod, one sample per five minutes.
 * Scrapes are exactly on interval edges, so the increase up to a scrape is the traffic of one
 * interval.
 */

import { STEP_MS } from '../calendar.ts';
import { DAY_MS, SECOND_MS } from '../../domain/period.ts';
import type { FleetDeployment } from '../company.ts';
import type { Fleet } from '../fleet.ts';
import type { PodTraffic } from '../traffic.ts';

export type ScrapedLabels = Readonly<Record<string, string>>;

/** A time series. Sample `n` was scraped at `firstMs + n·5 min`. */
export interface ScrapedSeries {
  readonly labels: ScrapedLabels;
  readonly firstMs: number;
  readonly values: Float64Array;
  /** Indexes of samples that do not exist. */
  readonly missing: ReadonlySet<number>;
}

/** Counts from before the timeline, which must not be attributed to the quarter. */
const COUNTED_BEFORE = 1_000_000_007;

/** Servers from before the timeline started three weeks earlier. */
const UP_BEFORE_MS = 21 * DAY_MS;

/** Replicas start one after the other. Those that start together look like one process. */
const ONE_BY_ONE_MS = 7 * SECOND_MS;

/** Every series of every pod, in a stable order. A pod that starts later begins at zero. */
export function scrapeFleet(fleet: Fleet): ScrapedSeries[] {
  return fleet.traffic.flatMap((pod, position) => {
    const deployment = fleet.deployments.find(({ id }) => id === pod.deployment);
    const instance = fleet.pods.find(({ id }) => id === pod.podId)?.instance ?? '';
    if (deployment === undefined) return [];
    const before = pod.fromMs === fleet.timeline.startMs ? COUNTED_BEFORE : 0;
    const { engine, servedModel } = deployment;
    const target = { instance, job: 'llm' };
    const scraped = { pod, before, model: { ...target, model_name: servedModel }, deployment };
    const series = seriesOf(pod);
    const startMs = pod.fromMs - (before > 0 ? UP_BEFORE_MS : 0) - position * ONE_BY_ONE_MS;
    return [
      ...(engine === 'vllm' ? vllmSeries(scraped) : sglangSeries(scraped)),
      series({ __name__: 'process_start_time_seconds', ...target }, processStarts(pod, startMs)),
      series({ __name__: 'up', ...target }, new Float64Array(pod.length + 1).fill(1)),
    ];
  });
}

interface Scraped {
  readonly pod: PodTraffic;
  readonly before: number;
  /** Labels of the target and of the model. */
  readonly model: ScrapedLabels;
  readonly deployment: FleetDeployment;
}

function vllmSeries({ pod, before, model }: Scraped): ScrapedSeries[] {
  const server = { engine: '0', ...model };
  const series = seriesOf(pod);
  const tokens = (name: string, column: Column, divisor: number) =>
    series({ __name__: `vllm:${name}`, ...server }, total(pod, column, before / divisor));
  const ended = (finished_reason: string, column: Column, divisor: number) =>
    series(
      { __name__: 'vllm:request_success_total', ...server, finished_reason },
      total(pod, column, before / divisor),
    );
  return [
    tokens('prompt_tokens_total', 'promptTokens', 1),
    tokens('prompt_tokens_cached_total', 'cachedTokens', 3),
    tokens('generation_tokens_total', 'outputTokens', 7),
    ended('stop', 'stopped', 2_003),
    ended('length', 'cutOff', 60_013),
    series({ __name__: 'vllm:num_requests_running', ...server }, running(pod)),
  ];
}

function sglangSeries(scraped: Scraped): ScrapedSeries[] {
  const { pod } = scraped;
  const { benchmark } = pod;
  const purposes: readonly Purpose[] =
    benchmark === undefined
      ? [{ labels: {}, columns: pod }]
      : [
          { labels: { purpose: 'review' }, columns: pod },
          { labels: { purpose: 'benchmark' }, columns: { ...pod, ...benchmark } },
        ];
  return [
    ...purposes.flatMap((purpose) => frontSeries(scraped, purpose)),
    ...schedulerSeries(
      scraped,
      purposes.map(({ columns }) => columns),
    ),
  ];
}

interface Purpose {
  /** The purpose label of requests; empty if requests have none. */
  readonly labels: ScrapedLabels;
  readonly columns: PodTraffic;
}

/**
 * The counters of the SGLang tokenizer manager, which increase when a request ends. With purpose
 * labels, all requests end within their interval.
 */
function frontSeries({ pod, before, model }: Scraped, { labels, columns }: Purpose) {
  const series = seriesOf(pod);
  const front = { ...model, engine_type: 'unified', ...labels };
  const columnOf = pod.benchmark === undefined ? delayedTotal : total;
  const counted = (name: string, values: Float64Array, more: ScrapedLabels = {}) =>
    series({ __name__: `sglang:${name}`, ...front, ...more }, values);
  const cached = columnOf(columns, 'cachedTokens', before / 3);
  const requests = sumTotals(
    total(columns, 'stopped', before / 2_003),
    total(columns, 'cutOff', 0),
  );
  return [
    counted('prompt_tokens_total', columnOf(columns, 'promptTokens', before)),
    counted('generation_tokens_total', columnOf(columns, 'outputTokens', before / 7)),
    counted('cached_tokens_total', cached, { cache_source: 'device' }),
    counted('cached_tokens_total', cached, { cache_source: 'total' }),
    counted('num_requests_total', requests),
  ];
}

/** The counters of the SGLang schedulers. Each rank of a replica reports the same work. */
function schedulerSeries({ pod, before, model, deployment }: Scraped, all: readonly PodTraffic[]) {
  const series = seriesOf(pod);
  const sums = (column: Column, divisor: number) =>
    all
      .map((columns) => total(columns, column, before / divisor))
      .reduce((sum, one) => sumTotals(sum, one));
  const cached = sums('cachedTokens', 3);
  const computed = sumTotals(sums('promptTokens', 1), cached, -1);
  const output = sums('outputTokens', 7);
  const ranks = Array.from({ length: deployment.gpu.count }, (_, rank) => String(rank));
  return ranks.flatMap((tp_rank) => {
    const rank = { ...model, engine_type: 'unified', dp_rank: '0', pp_rank: '0', tp_rank };
    const mode = (name: string, values: Float64Array) =>
      series({ __name__: 'sglang:realtime_tokens_total', ...rank, mode: name }, values);
    return [
      mode('prefill_compute', computed),
      mode('prefill_cache', cached),
      mode('decode', output),
      series({ __name__: 'sglang:num_running_reqs', ...rank }, running(pod)),
    ];
  });
}

function seriesOf(pod: PodTraffic) {
  const missing = new Set([...pod.missedScrapes].map((interval) => interval + 1));
  return (labels: ScrapedLabels, values: Float64Array): ScrapedSeries => ({
    labels,
    firstMs: pod.fromMs,
    values,
    missing,
  });
}

type Column = 'promptTokens' | 'cachedTokens' | 'outputTokens' | 'stopped' | 'cutOff';

function total(pod: PodTraffic, column: Column, before: number): Float64Array {
  const values = new Float64Array(pod.length + 1);
  let counted = Math.floor(before);
  values[0] = counted;
  for (let interval = 0; interval < pod.length; interval += 1) {
    if (pod.crashes.has(interval)) counted = 0;
    counted += pod[column][interval] ?? 0;
    values[interval + 1] = counted;
  }
  return values;
}

/** The share of an interval's work that is still running at the scrape. A crash loses it. */
const UNFINISHED_SHARE = 1 / 20;

function delayedTotal(pod: PodTraffic, column: Column, before: number): Float64Array {
  const values = total(pod, column, before);
  for (let interval = 0; interval < pod.length; interval += 1) {
    const open = Math.floor((pod[column][interval] ?? 0) * UNFINISHED_SHARE);
    values[interval + 1] = (values[interval + 1] ?? 0) - open;
  }
  return values;
}

function sumTotals(a: Float64Array, b: Float64Array, sign: 1 | -1 = 1): Float64Array {
  return a.map((value, index) => value + sign * (b[index] ?? 0));
}

/** At an edge, the gauge has the value of the interval that starts there. */
function running(pod: PodTraffic): Float64Array {
  const values = new Float64Array(pod.length + 1);
  for (let interval = 0; interval < pod.length; interval += 1) {
    const requests = (pod.stopped[interval] ?? 0) + (pod.cutOff[interval] ?? 0);
    values[interval] = Math.ceil(requests / 60);
  }
  return values;
}

/** Unix seconds of the start of the process that responds. */
function processStarts(pod: PodTraffic, firstStartMs: number): Float64Array {
  const values = new Float64Array(pod.length + 1);
  let startMs = firstStartMs;
  values[0] = startMs / 1_000;
  for (let interval = 0; interval < pod.length; interval += 1) {
    if (pod.crashes.has(interval)) startMs = pod.fromMs + interval * STEP_MS + 236_480;
    values[interval + 1] = startMs / 1_000;
  }
  return values;
}
