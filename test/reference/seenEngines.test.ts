/** Recognizes the engines of real scrapes by the names of their metrics. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  recognizeEngines,
  TOKEN_COUNTER_NAMES,
} from '../../src/sources/engines/recognizeEngines.ts';
import { parseMetrics } from '../../src/sources/scrape/text.ts';

const METRICS = new URL('../../../shared/reference/metrics/', import.meta.url);

const engines = (file: string) => {
  const options = { where: file, names: new Set(TOKEN_COUNTER_NAMES), contentType: 'text/plain' };
  const samples = parseMetrics([readFileSync(new URL(file, METRICS))], options);
  return recognizeEngines([...samples]).map(({ engine, model }) => [engine, model]);
};

test.each([
  ['vllm/vllm-v1-2026-03-kops-idle-full.prom', 'vllm', 'Qwen/Qwen2.5-0.5B-Instruct'],
  ['vllm/vllm-v0-2024-06-datadog-fixture-head.prom', 'vllm', 'facebook/opt-125m'],
  [
    'ray/ray-2.32-serve-vllm-2024-12-excerpt.prom',
    'ray-serve',
    'neuralmagic/Meta-Llama-3.1-70B-Instruct-FP8',
  ],
  [
    'sglang/sglang-docs-production_metrics-busy-llama31-8b.prom',
    'sglang',
    'meta-llama/Llama-3.1-8B-Instruct',
  ],
  [
    'sglang/smg-router-rewritten-underscore-names-issue813-excerpt.prom',
    'sglang',
    'meta-llama/Llama-3.1-8B-Instruct',
  ],
  ['nim/nim-llama31-8b-datadog-fixture-excerpt.prom', 'nim', 'meta/llama-3.1-8b-instruct'],
  ['llamacpp/llamacpp-b10380.prom', 'llama.cpp', undefined],
  ['tgi/tgi-datadog-payload-excerpt.prom', 'tgi', undefined],
])('%s is %s with %s', (file, engine, model) => {
  expect(engines(file)).toEqual([[engine, model]]);
});

test('a GPU exporter is not an engine, and a page of JSON has no metrics', () => {
  expect(engines('dcgm/dcgm-exporter-L4-kops-2026-03.prom')).toEqual([]);
  expect(() => engines('trtllm/trtllm-serve-metrics-empty.json')).toThrow('a JSON array');
});
