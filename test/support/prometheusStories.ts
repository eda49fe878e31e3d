/** The series of the shared Prometheus of a run. Each story has its own model or time. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scrapedSeries, type SeriesSpec } from './engineSeries.ts';
import type { MadeSeries } from './syntheticPrometheus.ts';
import { readTrace, traceToOpenMetrics } from './traceToOpenMetrics.ts';
import { processSeries, steadyScrapes } from './vllmSeries.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** An hour of two replicas: one crashes at half past, the other starts at a quarter to. */
export const CRASH = {
  model: 'crash',
  startMs: Date.UTC(2026, 2, 3, 10),
  endMs: Date.UTC(2026, 2, 3, 11),
} as const;

/** Each scrape of 15 s adds 100 prompt tokens and 10 output tokens. */
export function crashSeries(): MadeSeries[] {
  const { startMs, endMs, model } = CRASH;
  const beganMs = startMs - 10 * MINUTE_MS + 7_317;
  const fellMs = startMs + 30 * MINUTE_MS + 7_317;
  const cameMs = startMs + 45 * MINUTE_MS + 7_317;
  const since = (fromMs: number, toMs: number, createdMs: number) =>
    steadyScrapes({ fromMs, toMs }, { prompt: 100, output: 10, running: 1, createdMs });
  const counting = (first: { prompt: number; output: number }, scrapes: typeof before) =>
    scrapes.map((one) => ({
      ...one,
      prompt: one.prompt + first.prompt,
      output: one.output + first.output,
    }));
  const lastMs = endMs + 2 * MINUTE_MS;
  const before = since(beganMs, fellMs - 15_000, beganMs - HOUR_MS * 24);
  const after = counting({ prompt: 40, output: 4 }, since(fellMs, lastMs, fellMs - 6_000));
  const late = counting({ prompt: 300, output: 30 }, since(cameMs, lastMs, cameMs - 50_000));
  const labels = (last: number) => ({ instance: `10.1.0.${last}:8000`, model_name: model });
  return [...processSeries(labels(1), [...before, ...after]), ...processSeries(labels(2), late)];
}

/** As promtool takes it, `# EOF` included. */
export function openMetricsOf(series: readonly MadeSeries[]): string {
  const families = Map.groupBy(series, ({ labels }) => labels['__name__'] ?? '');
  const lines = [...families].flatMap(([name, members]) => [
    `# TYPE ${name} unknown`,
    ...members.flatMap(({ labels, samples }) => {
      const pairs = Object.entries(labels).filter(([label]) => label !== '__name__');
      const inside = pairs.map(([label, value]) => `${label}="${value}"`).join();
      return samples.map(([atMs, value]) => `${name}{${inside}} ${value} ${atMs / 1000}`);
    }),
  ]);
  return `${[...lines, '# EOF'].join('\n')}\n`;
}

const REFERENCE = join(import.meta.dirname, '../../../shared/reference');
export const AZURE_TRACE = join(REFERENCE, 'traces/azure-llm-inference-2023-conv.csv');
const LOCAL_STORY = join(REFERENCE, 'metrics/prometheus/local-input-openmetrics.om');

/** The hour that Azure published, moved to this one, in three copies. */
export const AZURE = {
  startMs: Date.UTC(2026, 4, 12, 10),
  endMs: Date.UTC(2026, 4, 12, 11),
  one: 'one-replica',
  four: 'four-replicas',
  oss: 'gpt-oss-20b',
} as const;

const INSTANCES = [1, 2, 3, 4].map((last) => `10.0.0.1${last}:8000`);

function azureStories(): string[] {
  const trace = readTrace(readFileSync(AZURE_TRACE, 'utf8'));
  const { startMs, endMs, one, four, oss } = AZURE;
  return [
    traceToOpenMetrics(trace, { startMs, endMs, modelName: one }),
    traceToOpenMetrics(trace, { startMs, endMs, modelName: four, instances: INSTANCES }),
    traceToOpenMetrics(trace, { startMs, endMs, modelName: oss }),
  ];
}

/** The story has only output tokens. The same numbers replace the prompt tokens. */
function localStory(): string {
  const lines = readFileSync(LOCAL_STORY, 'utf8').trimEnd().split('\n').slice(0, -1);
  const prompt = lines.map((line) => line.replaceAll('generation_tokens', 'prompt_tokens'));
  return `${[...lines, ...prompt, '# EOF'].join('\n')}\n`;
}

/**
 * An hour of one process that is scraped three times. One copy has a bad sample, one has OTel's
 * names.
 */
export const COPIES = {
  model: 'copied',
  startMs: Date.UTC(2026, 4, 14, 10),
  endMs: Date.UTC(2026, 4, 14, 11),
  badMs: Date.UTC(2026, 4, 14, 10, 31),
} as const;

/** One sample every 15 s over the hour and five minutes around it, 100 tokens each. */
function copiedLines(name: string, labels: string, badAtMs?: number): string[] {
  const lines: string[] = [];
  const { startMs, endMs } = COPIES;
  for (let atMs = startMs - 5 * MINUTE_MS; atMs <= endMs + 5 * MINUTE_MS; atMs += 15_000) {
    const value = atMs === badAtMs ? 0 : 1_000_000 + ((atMs - startMs) / 15_000) * 100;
    lines.push(`${name}_total{${labels}} ${value} ${atMs / 1000}`);
  }
  return lines;
}

/** Every family once, its series one after the other, as OpenMetrics requires. */
function copiesStory(): string {
  const own = `model_name="${COPIES.model}",engine="0",instance="10.2.0.1:8000"`;
  const [one, other] = ['job="vllm",prometheus_replica="a"', 'job="pods",prometheus_replica="b"'];
  const family = (name: string, all: readonly string[], badAtMs?: number) => [
    `# TYPE ${name} counter`,
    ...all.flatMap((labels, at) =>
      copiedLines(name, `${own},${labels}`, at === 0 ? badAtMs : undefined),
    ),
  ];
  return [
    ...family('vllm:prompt_tokens', [other, one], COPIES.badMs),
    ...family('vllm:generation_tokens', [one, other]),
    ...family('vllm_prompt_tokens', ['job="otel"']),
    ...family('vllm_generation_tokens', ['job="otel"']),
    '# EOF\n',
  ].join('\n');
}

/** Two hours of SGLang: ranks, tenants, a histogram and a GPU. */
export const SGLANG = {
  model: 'sglang-story',
  startMs: Date.UTC(2026, 4, 16, 10),
  endMs: Date.UTC(2026, 4, 16, 12),
} as const;

/** Each scrape of 15 s adds 3 requests of one tenant and 1 of another. */
export function sglangSeries(): MadeSeries[] {
  const model = { model_name: SGLANG.model };
  const tenant = (name: string, per: number): SeriesSpec[] => {
    const labels = { ...model, tenant: name };
    return [
      { name: 'sglang:prompt_tokens_total', labels, per: 100 * per },
      { name: 'sglang:generation_tokens_total', labels, per: 10 * per },
      { name: 'sglang:num_requests_total', labels, per },
      { name: 'sglang:time_to_first_token_seconds_bucket', labels: { ...labels, le: '0.5' }, per },
      { name: 'sglang:time_to_first_token_seconds_bucket', labels: { ...labels, le: '+Inf' }, per },
      { name: 'sglang:time_to_first_token_seconds_count', labels, per },
    ];
  };
  const ranks = ['0', '1'].flatMap((tp_rank) => {
    const labels = { ...model, tp_rank };
    const live = (mode: string, per: number): SeriesSpec => {
      return { name: 'sglang:realtime_tokens_total', labels: { ...labels, mode }, per };
    };
    const running = { name: 'sglang:num_running_reqs', labels, at: () => 2 };
    return [live('prefill_compute', 300), live('prefill_cache', 100), live('decode', 40), running];
  });
  const gpu = { UUID: 'GPU-story', Hostname: 'story-1' };
  const card = scrapedSeries(SGLANG, { job: 'dcgm', instance: '10.3.0.1:9400' }, [
    { name: 'DCGM_FI_DEV_GPU_UTIL', labels: gpu, at: () => 90 },
    { name: 'DCGM_FI_PROF_GR_ENGINE_ACTIVE', labels: gpu, at: () => 0.25 },
  ]);
  const address = { job: 'sglang', instance: '10.3.0.1:30000' };
  return [
    ...scrapedSeries(SGLANG, address, [...tenant('a', 3), ...tenant('b', 1), ...ranks]),
    ...card,
  ];
}

/** Texts in OpenMetrics. Third-party ones only if they are next to the checkout. */
export function stories(): string[] {
  const others = existsSync(REFERENCE) ? [...azureStories(), localStory()] : [];
  return [openMetricsOf(crashSeries()), copiesStory(), openMetricsOf(sglangSeries()), ...others];
}
