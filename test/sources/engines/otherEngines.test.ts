/** Tests engines other than vLLM and SGLang: what each reports, and the pitfall of each one. */

import { describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../../src/domain/period.ts';
import {
  pullEngine,
  scrapedSeries,
  scrapeIndexAt,
  type SeriesSpec,
} from '../../support/engineSeries.ts';

const START = Date.UTC(2026, 4, 12);
const hour = { startMs: START, endMs: START + HOUR_MS };
const STEPS = 240;
const address = { job: 'llm', instance: '10.0.0.1:8000' };
const model = { model_name: 'm' };

describe('TGI', () => {
  const metrics: SeriesSpec[] = [
    { name: 'tgi_request_input_length_sum', per: 100 },
    { name: 'tgi_request_generated_tokens_sum', per: 10 },
    { name: 'tgi_request_success', per: 1 },
    { name: 'tgi_batch_current_size', at: () => 1 },
    { name: 'tgi_batch_inference_duration_sum', labels: { method: 'prefill' }, per: 0.25 },
    { name: 'tgi_batch_inference_duration_sum', labels: { method: 'decode' }, per: 3.5 },
  ];

  test('counts by the sums of its histograms, without a model, and times its batches', async () => {
    expect(
      await pullEngine(scrapedSeries(hour, address, metrics), hour, { engine: 'tgi' }),
    ).toMatchObject({
      prompt: STEPS * 100,
      output: STEPS * 10,
      requests: STEPS,
      busyMs: STEPS * 3_750,
      replicaMs: HOUR_MS,
      failures: [],
      said: '',
    });
  });

  test('reports how many requests failed, because their prompts are counted', async () => {
    const failing = [
      ...metrics,
      { name: 'tgi_request_failure', labels: { err: 'generation' }, per: 2 },
    ];
    const { said, requests } = await pullEngine(scrapedSeries(hour, address, failing), hour, {
      engine: 'tgi',
    });
    expect(said).toContain(
      '480 requests of chat failed. Prompt tokens of requests that failed late',
    );
    expect(requests).toBe(STEPS);
  });

  test('restarts without a start time, and the new value counts', async () => {
    const at = scrapeIndexAt(hour, START + HOUR_MS / 2);
    const restarted = metrics.map(({ per = 0, ...each }) => {
      if (per === 0) return each;
      return { ...each, at: (step: number) => per * (step < at ? step : step - at) };
    });
    const { prompt, output, said } = await pullEngine(
      scrapedSeries(hour, address, restarted),
      hour,
      {
        engine: 'tgi',
      },
    );
    expect({ prompt, output }).toEqual({ prompt: (STEPS - 1) * 100, output: (STEPS - 1) * 10 });
    expect(said).toContain('restarted once');
  });
});

test('TensorRT-LLM counts tokens from 1.3 on, and is marked as experimental', async () => {
  const series = scrapedSeries(hour, address, [
    { name: 'trtllm_prompt_tokens_total', labels: model, per: 100 },
    { name: 'trtllm_generation_tokens_total', labels: model, per: 10 },
    { name: 'trtllm_prompt_cached_tokens_total', labels: model, per: 40 },
    { name: 'trtllm_request_success_total', labels: { ...model, finished_reason: 'stop' }, per: 1 },
    { name: 'trtllm_num_requests_running', labels: model, at: () => 1 },
  ]);
  const result = await pullEngine(series, hour, { engine: 'trtllm' });
  expect(result).toMatchObject({ prompt: STEPS * 100, cached: STEPS * 40, requests: STEPS });
  expect(result.said).toContain('experimental');
});

test('TensorRT-LLM up to 1.2 is not measurable, and a solution is suggested', async () => {
  const old = scrapedSeries(hour, address, [
    { name: 'trtllm_request_success_total', labels: model, per: 1 },
    { name: 'trtllm_e2e_request_latency_seconds_count', labels: model, per: 1 },
  ]);
  const { failures } = await pullEngine(old, hour, { engine: 'tensorrt-llm' });
  expect(failures[0]).toMatchObject({ code: 'no-data' });
  expect(failures[0]?.message).toContain('it does not count tokens up to version 1.2');
  expect(failures[0]?.message).toContain('use a gateway as the source of usage');
});

test('NIM has unprefixed names, and is read by them only where it is matched', async () => {
  const series = scrapedSeries(hour, address, [
    { name: 'prompt_tokens_total', labels: model, per: 100 },
    { name: 'generation_tokens_total', labels: model, per: 10 },
    { name: 'request_success_total', labels: model, per: 1 },
    { name: 'request_finish_total', labels: { ...model, finished_reason: 'length' }, per: 1 },
    { name: 'num_requests_running', labels: model, at: () => 0 },
  ]);
  const match = { model_name: 'm' };
  expect(await pullEngine(series, hour, { engine: 'nim', match })).toMatchObject({
    prompt: STEPS * 100,
    requests: STEPS,
  });
  const { failures } = await pullEngine(series, hour, { engine: 'nim', match: {} });
  expect(failures[0]?.message).toContain('NIM metric names have no prefix');
});

describe('llama.cpp', () => {
  const metrics: SeriesSpec[] = [
    { name: 'llamacpp:prompt_tokens_total', per: 60 },
    { name: 'llamacpp:tokens_predicted_total', per: 10 },
    { name: 'llamacpp:requests_processing', at: () => 1 },
  ];

  test('counts cached tokens beside the prompt, not in it', async () => {
    const cached = { name: 'llamacpp:prompt_tokens_cached_total', per: 40 };
    expect(
      await pullEngine(scrapedSeries(hour, address, [...metrics, cached]), hour, {
        engine: 'llama.cpp',
      }),
    ).toMatchObject({ prompt: STEPS * 100, cached: STEPS * 40, output: STEPS * 10 });
  });

  test('leaves unknown what an older build does not report: cache and requests', async () => {
    const { rows, prompt } = await pullEngine(scrapedSeries(hour, address, metrics), hour, {
      engine: 'llamacpp',
    });
    expect(prompt).toBe(STEPS * 60);
    expect(rows[0]).not.toHaveProperty('cachedPromptTokens');
    expect(rows[0]).not.toHaveProperty('requests');
    expect(rows[0]).toMatchObject({ busyMs: 300_000, replicaMs: 300_000 });
  });
});

test('LMDeploy has its cached tokens in the prompt, and ranks that sum', async () => {
  const rank = (engine: string): SeriesSpec[] => {
    const labels = { ...model, engine };
    return [
      { name: 'lmdeploy:prompt_tokens_total', labels, per: 100 },
      { name: 'lmdeploy:generation_tokens_total', labels, per: 10 },
      { name: 'lmdeploy:cached_tokens_total', labels, per: 30 },
      { name: 'lmdeploy:num_requests_running', labels, at: () => 1 },
    ];
  };
  const series = scrapedSeries(hour, address, [...rank('0'), ...rank('1')]);
  expect(await pullEngine(series, hour, { engine: 'lmdeploy' })).toMatchObject({
    prompt: STEPS * 200,
    cached: STEPS * 60,
    output: STEPS * 20,
    replicaMs: HOUR_MS,
  });
});

test('Dynamo is read only at its frontend, which reports no replica time', async () => {
  const labels = { model: 'm' };
  const request = (status: string, request_type: string): SeriesSpec => ({
    name: 'dynamo_frontend_requests_total',
    labels: { ...labels, status, request_type, endpoint: request_type },
    per: 1,
  });
  const frontend: SeriesSpec[] = [
    { name: 'dynamo_frontend_input_sequence_tokens_sum', labels, per: 100 },
    { name: 'dynamo_frontend_output_tokens_total', labels, per: 10 },
    { name: 'dynamo_frontend_output_sequence_tokens_sum', labels, per: 10 },
    { name: 'dynamo_frontend_cached_tokens_sum', labels, per: 20 },
    request('success', 'stream'),
    request('success', 'unary'),
    request('error', 'unary'),
  ];
  const worker: SeriesSpec[] = [
    { name: 'vllm:prompt_tokens_total', labels: model, per: 100 },
    { name: 'vllm:generation_tokens_total', labels: model, per: 10 },
  ];
  const series = [
    ...scrapedSeries(hour, address, frontend),
    ...scrapedSeries(hour, { ...address, instance: '10.0.0.2:9090' }, worker),
  ];
  const result = await pullEngine(series, hour, { engine: 'dynamo' });
  expect(result).toMatchObject({
    prompt: STEPS * 100,
    cached: STEPS * 20,
    output: STEPS * 10,
    requests: STEPS * 2,
  });
  expect(result.rows[0]).not.toHaveProperty('replicaMs');
  expect(result.rows[0]).not.toHaveProperty('busyMs');
});

test("AIBrix's copies of the counters count, and not the engine's own beside them", async () => {
  const both = ['vllm:', 'aibrix:'].flatMap((prefix): SeriesSpec[] => [
    { name: `${prefix}prompt_tokens_total`, labels: model, per: 100 },
    { name: `${prefix}generation_tokens_total`, labels: model, per: 10 },
    {
      name: `${prefix}request_success_total`,
      labels: { ...model, finished_reason: 'stop' },
      per: 1,
    },
  ]);
  const running = { name: 'vllm:num_requests_running', labels: model, at: () => 1 };
  const series = scrapedSeries(hour, address, [...both, running]);
  expect(await pullEngine(series, hour, { engine: 'aibrix' })).toMatchObject({
    prompt: STEPS * 100,
    output: STEPS * 10,
    requests: STEPS,
    busyMs: HOUR_MS,
    replicaMs: HOUR_MS,
  });
});

describe('two ports of one pod', () => {
  const metricsFor = (rise: number, created = true): SeriesSpec[] => [
    ...(created
      ? [{ name: 'vllm:prompt_tokens_created', labels: model, at: () => 1_700_000_000 }]
      : []),
    { name: 'vllm:prompt_tokens_total', labels: model, per: 10 * rise },
    { name: 'vllm:generation_tokens_total', labels: model, per: rise },
  ];
  const port = (number: number, pod = 'p-0') => {
    return { job: `port-${number}`, instance: `10.0.0.1:${number}`, namespace: 'ai', pod };
  };
  const both = (one: readonly SeriesSpec[], other: readonly SeriesSpec[], pod = 'p-0') =>
    pullEngine(
      [...scrapedSeries(hour, port(8000), one), ...scrapedSeries(hour, port(8080, pod), other)],
      hour,
      {
        engine: 'vllm',
      },
    );

  test('are one process where a sidecar such as AIBrix republishes metrics', async () => {
    const { output, replicaMs, said } = await both(metricsFor(5), metricsFor(5));
    expect({ output, replicaMs }).toEqual({ output: STEPS * 5, replicaMs: HOUR_MS });
    expect(said).toContain('scraped more than once but counted once: 10.0.0.1:8000');
  });

  test('are two where counters differ or are idle, or start or pod is another', async () => {
    const idle = { output: 0, replicaMs: 2 * HOUR_MS };
    expect(await both(metricsFor(0), metricsFor(0))).toMatchObject(idle);
    expect(await both(metricsFor(5), metricsFor(4))).toMatchObject({ output: STEPS * 9 });
    expect(await both(metricsFor(5, false), metricsFor(5, false))).toMatchObject({
      output: STEPS * 10,
    });
    expect(await both(metricsFor(5), metricsFor(5), 'p-1')).toMatchObject({ output: STEPS * 10 });
  });
});

describe('a custom engine', () => {
  const tokens = (type: string, per: number, labels = {}): SeriesSpec => {
    return { name: 'tokens_total', labels: { type, ...labels }, per };
  };
  const metrics = {
    prompt: 'tokens_total{type="input"}',
    output: "tokens_total{type=~'out(put)?'}",
    cached: 'hits_total',
    cachedIs: 'inside',
    requests: 'answers_total{code!~"5.."}',
    running: 'active',
    busySeconds: 'gpu_seconds_total',
  } as const;
  const samples: SeriesSpec[] = [
    tokens('input', 100),
    tokens('output', 10),
    tokens('draft', 77),
    { name: 'hits_total', per: 40 },
    { name: 'answers_total', labels: { code: '200' }, per: 1 },
    { name: 'answers_total', labels: { code: '503' }, per: 1 },
    { name: 'active', at: () => 1 },
    { name: 'gpu_seconds_total', per: 6.5 },
  ];

  test('is read by its own names, selectors and kinds of cache', async () => {
    const series = scrapedSeries(hour, address, samples);
    const inside = await pullEngine(series, hour, { engine: 'custom', metrics });
    expect(inside).toMatchObject({
      prompt: STEPS * 100,
      cached: STEPS * 40,
      output: STEPS * 10,
      requests: STEPS,
      busyMs: STEPS * 6_500,
      replicaMs: HOUR_MS,
    });
    const outside = { ...metrics, cachedIs: 'outside' } as const;
    expect(await pullEngine(series, hour, { engine: 'custom', metrics: outside })).toMatchObject({
      prompt: STEPS * 140,
      cached: STEPS * 40,
    });
  });

  test('may label its requests in any way: one process is one replica', async () => {
    const series = scrapedSeries(hour, address, [
      ...['a', 'b'].flatMap((user) => [
        tokens('input', 50, { user }),
        tokens('output', 5, { user }),
      ]),
      ...samples.slice(6),
    ]);
    expect(await pullEngine(series, hour, { engine: 'custom', metrics })).toMatchObject({
      prompt: STEPS * 100,
      output: STEPS * 10,
      replicaMs: HOUR_MS,
    });
  });

  test('must meet the rules of every engine: no more cached than prompt', async () => {
    const much = [...samples.slice(0, 3), { name: 'hits_total', per: 130 }];
    const { prompt, cached, said } = await pullEngine(scrapedSeries(hour, address, much), hour, {
      engine: 'custom',
      metrics,
    });
    expect({ prompt, cached }).toEqual({ prompt: STEPS * 100, cached: STEPS * 100 });
    expect(said).toContain(
      '7,200 cache hits of chat were counted one interval before their prompt',
    );
  });

  test.each([
    'sum(tokens_total)',
    'rate(tokens_total[5m])',
    'a or b',
    'x{y="1"}[5m]',
    '{}',
    'x{y}',
  ])('is not read from %s, which hides restarts', async (prompt) => {
    const options = { engine: 'custom', metrics: { prompt, output: 'o' } };
    const { failures } = await pullEngine([], hour, options);
    expect(failures[0]).toMatchObject({ code: 'config' });
    expect(failures[0]?.message).toContain('is not the selector of a single metric');
    expect(failures[0]?.message).toContain('hides the restarts');
  });
});

test('unknown labels are of requests where one start shows one process', async () => {
  const created = { name: 'vllm:prompt_tokens_created', at: () => START / 1000 - 86_400 };
  const tier = (name: string, per: number): SeriesSpec[] =>
    [
      { name: 'vllm:prompt_tokens_total', per },
      { name: 'vllm:generation_tokens_total', per },
      created,
    ].map((each) => ({ ...each, labels: { ...model, tier: name } }));
  const series = scrapedSeries(hour, address, [...tier('gold', 70), ...tier('free', 30)]);
  expect(await pullEngine(series, hour, { engine: 'vllm' })).toMatchObject({
    prompt: STEPS * 100,
    output: STEPS * 100,
    replicaMs: HOUR_MS,
  });
});
