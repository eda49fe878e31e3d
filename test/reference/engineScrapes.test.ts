/** Reads real scrapes of real engines, and checks their token counts. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../src/domain/period.ts';
import { computeGpuActivity } from '../../src/sources/engines/gpuActivity.ts';
import type { SeriesLabels } from '../../src/sources/engines/samples.ts';
import { pullEngine, scrapedSeries, type SeriesSpec } from '../support/engineSeries.ts';

const FOLDER = join(import.meta.dirname, '../../../shared/reference/metrics');
const START = Date.UTC(2026, 4, 12);
const hour = { startMs: START, endMs: START + HOUR_MS };
const address = { job: 'llm', instance: '10.0.0.1:8000' };

interface Line {
  readonly labels: SeriesLabels;
  readonly value: number;
}

/** Names, labels and values of a text in Prometheus' format, read in the simplest way. */
function linesOf(file: string): Line[] {
  const text = readFileSync(join(FOLDER, file), 'utf8');
  return text.split('\n').flatMap((line) => {
    const [, name = '', inside = '', value = ''] =
      /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line.trim()) ?? [];
    if (name === '') return [];
    const labels = [...inside.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', result = '']) => {
      return [key, result] as const;
    });
    return [{ labels: { ...Object.fromEntries(labels), __name__: name }, value: Number(value) }];
  });
}

/** The server's counters start at zero, and reach the values of the scrape within the hour. */
function story(file: string): SeriesSpec[] {
  return linesOf(file).map(({ labels: { __name__: name = '', ...labels }, value }) => {
    const isTime = /_created$|^process_start/.test(name);
    return { name, labels, at: (step) => (isTime || step >= 40 ? value : 0) };
  });
}

const read = (file: string, engine: string) =>
  pullEngine(scrapedSeries(hour, address, story(file)), hour, {
    engine,
    match: { instance: address.instance },
  });

describe('a real scrape', () => {
  test.each([
    [
      'vllm',
      'vllm/vllm-v0-2024-06-datadog-fixture-head.prom',
      { prompt: 5, output: 7, requests: 1 },
    ],
    ['vllm', 'vllm/vllm-v1-2026-03-kops-idle-full.prom', { prompt: 0, output: 0, requests: 0 }],
    ['ray-serve', 'ray/ray-2.32-serve-vllm-2024-12-excerpt.prom', { prompt: 58, output: 300 }],
    [
      'sglang',
      'sglang/sglang-docs-production_metrics-busy-llama31-8b.prom',
      { prompt: 8_128_902, output: 7_557_572 },
    ],
    ['tgi', 'tgi/tgi-datadog-payload-excerpt.prom', { prompt: 662, output: 3_423, requests: 109 }],
    [
      'nim',
      'nim/nim-llama31-8b-datadog-fixture-excerpt.prom',
      { prompt: 109, output: 174, requests: 5 },
    ],
    ['llama.cpp', 'llamacpp/llamacpp-b10380.prom', { prompt: 25, output: 200 }],
    [
      'llama.cpp',
      'llamacpp/ik_llamacpp-2025-08-kv_cache-gauges.prom',
      { prompt: 6_886, output: 3_469 },
    ],
  ])('of %s has its tokens: %s', async (engine, file, expected) => {
    const result = await read(file, engine);
    expect(result.failures).toEqual([]);
    expect(result).toMatchObject({ requests: Number.NaN, replicaMs: HOUR_MS, ...expected });
  });

  test('of V1 has cached tokens, and one of V0 does not', async () => {
    const idle = await read('vllm/vllm-v1-2026-03-kops-idle-full.prom', 'vllm');
    expect(idle.cached).toBe(0);
    const old = await read('vllm/vllm-v0-2024-06-datadog-fixture-head.prom', 'vllm');
    expect(old.rows.some((row) => row.cachedPromptTokens === undefined)).toBe(true);
  });

  test('of TGI gives what its batches took, and how many requests failed', async () => {
    const { busyMs, said } = await read('tgi/tgi-datadog-payload-excerpt.prom', 'tgi');
    expect(busyMs).toBe(1_389 + 90_326);
    expect(said).toContain('2 requests of chat failed.');
  });

  test.each([
    ['vllm', 'vllm/vllm-0.10.0-v1-both-old-and-new-names-excerpt.prom', 'no vLLM counters match'],
    [
      'sglang',
      'sglang/sglang-0.5.1-issue13485-engine_type-tp_rank-labels-excerpt.prom',
      'no SGLang',
    ],
    [
      'sglang',
      'sglang/smg-router-rewritten-underscore-names-issue813-excerpt.prom',
      'sglang_generation_tokens_total is missing',
    ],
    [
      'tensorrt-llm',
      'trtllm/trtllm-serve-2026-03-prometheus-metrics-unprefixed-undefined-labels-excerpt.prom',
      'it does not count tokens up to version 1.2',
    ],
  ])('of %s without its token counters says so: %s', async (engine, file, message) => {
    const { failures, rows } = await read(file, engine);
    expect(rows).toEqual([]);
    expect(failures[0]?.message).toContain(message);
  });

  test.each([
    ['sglang', 'sglang/sglang-docs-production_metrics-busy-llama31-8b.prom', 11_008],
    ['nim', 'nim/nim-llama31-8b-datadog-fixture-excerpt.prom', 5],
    ['vllm', 'vllm/vllm-v0-2024-06-datadog-fixture-head.prom', 1],
  ])('of %s has every first token that it has seen: %s', async (engine, file, count) => {
    const { latency } = await read(file, engine);
    const first = latency.find(({ measure }) => measure === 'time-to-first-token');
    expect(first?.counts.reduce((sum, each) => sum + each, 0)).toBe(count);
  });
});

describe('a real dcgm-exporter', () => {
  const activity = (file: string) => {
    const series = linesOf(file).map(({ labels, value }) => ({
      labels: { ...labels, instance: '10.0.0.1:9400' },
      samples: {
        timesMs: Float64Array.from({ length: 241 }, (_, step) => START + step * 15_000),
        values: new Float64Array(241).fill(value),
      },
    }));
    const request = { sourceId: 'prom', deployment: 'chat', window: hour };
    return computeGpuActivity(series, request).map(({ fact }) => fact);
  };

  test('of a busy T4 shows a high share of busy time and a low share of work', () => {
    expect(activity('dcgm/dcgm-exporter-T4-busy-ericsson-2026-03.prom')).toMatchObject([
      {
        gpuMs: HOUR_MS,
        gpuUtilMillionths: 910_000,
        engineActiveMillionths: 156_205,
        tensorActiveMillionths: 5_822,
        dramActiveMillionths: 92_781,
      },
    ]);
  });

  test('of three MIG instances counts six sevenths of a GPU', () => {
    expect(activity('dcgm/dcgm-exporter-A800-MIG-excerpt.prom')).toMatchObject([
      { gpuMs: Math.round((6 / 7) * HOUR_MS), tensorActiveMillionths: 0 },
    ]);
  });
});
