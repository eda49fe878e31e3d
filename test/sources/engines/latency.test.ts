/** Tests request latency: histograms by the hour, each counted by its steps. */

import { describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../../src/domain/period.ts';
import {
  pullEngine,
  scrapedSeries,
  scrapeIndexAt,
  type SeriesSpec,
} from '../../support/engineSeries.ts';

const START = Date.UTC(2026, 4, 12);
const hours = { startMs: START, endMs: START + 2 * HOUR_MS };
const STEPS = 240;
const address = { job: 'llm', instance: '10.0.0.1:8000' };
const model = { model_name: 'm' };

const tokens: SeriesSpec[] = [
  { name: 'vllm:prompt_tokens_total', labels: model, per: 100 },
  { name: 'vllm:generation_tokens_total', labels: model, per: 10 },
  { name: 'vllm:num_requests_running', labels: model, at: () => 1 },
];

/** A histogram whose buckets each get so many a scrape, the last beyond all bounds. */
function histogram(
  name: string,
  perBucket: Readonly<Record<string, number>>,
  of = model,
): SeriesSpec[] {
  let below = 0;
  const buckets = Object.entries(perBucket).map(([le, per]): SeriesSpec => {
    below += per;
    return { name: `${name}_bucket`, labels: { ...of, le }, per: below };
  });
  return [...buckets, { name: `${name}_count`, labels: of, per: below }];
}

const ttft = histogram('vllm:time_to_first_token_seconds', { '0.1': 3, '0.5': 2, '+Inf': 1 });
const first = (counts: readonly number[]) => ({
  sourceId: 'prom',
  deployment: 'chat',
  period: { startMs: START, endMs: START + HOUR_MS },
  measure: 'time-to-first-token',
  boundsSeconds: [0.1, 0.5],
  counts,
});

test('buckets are counted by the hour, each separately', async () => {
  const { latency, rows } = await pullEngine(
    scrapedSeries(hours, address, [...tokens, ...ttft]),
    hours,
    {
      engine: 'vllm',
    },
  );
  expect(rows).toHaveLength(24);
  expect(latency).toHaveLength(2);
  expect(latency[0]).toEqual(first([STEPS * 3, STEPS * 2, STEPS]));
});

test('for time between tokens the newer histogram is used, not the older one', async () => {
  const both = [
    ...histogram('vllm:time_per_output_token_seconds', { '0.1': 7, '+Inf': 0 }),
    ...histogram('vllm:inter_token_latency_seconds', { '0.05': 5, '+Inf': 1 }),
    ...histogram('vllm:e2e_request_latency_seconds', { '30.0': 2, '+Inf': 0 }),
  ];
  const series = scrapedSeries(hours, address, [...tokens, ...ttft, ...both]);
  const { latency } = await pullEngine(series, hours, { engine: 'vllm' });
  const ofHour = latency.filter(({ period }) => period.startMs === START);
  expect(ofHour.map(({ measure, counts }) => [measure, counts])).toEqual([
    ['inter-token', [STEPS * 5, STEPS]],
    ['request', [STEPS * 2, 0]],
    ['time-to-first-token', [STEPS * 3, STEPS * 2, STEPS]],
  ]);
});

test('a restart counts what the new process has counted, and never less than nothing', async () => {
  const at = scrapeIndexAt(hours, START + HOUR_MS / 2);
  const restarted = [...tokens, ...ttft].map(({ per = 0, at: own, ...each }) => {
    const value = (step: number) => per * (step < at ? step : step - at);
    return { ...each, at: own ?? value };
  });
  const { latency } = await pullEngine(scrapedSeries(hours, address, restarted), hours, {
    engine: 'vllm',
  });
  // Buckets are queried every five minutes: counts between two of them and a restart are lost.
  expect(latency[0]).toEqual(first([(STEPS - 20) * 3, (STEPS - 20) * 2, STEPS - 20]));
});

describe('several processes', () => {
  test('sum, by the bounds that all of them have', async () => {
    const other = histogram('vllm:time_to_first_token_seconds', { '0.5': 4, '1.0': 2, '+Inf': 1 });
    const series = [
      ...scrapedSeries(hours, address, [...tokens, ...ttft]),
      ...scrapedSeries(hours, { ...address, instance: '10.0.0.2:8000' }, [...tokens, ...other]),
    ];
    const { latency } = await pullEngine(series, hours, { engine: 'vllm' });
    expect(latency[0]).toEqual({
      ...first([STEPS * (5 + 4), STEPS * (1 + 3)]),
      boundsSeconds: [0.5],
    });
  });

  test('that are one, scraped twice, count once', async () => {
    const series = [
      ...scrapedSeries(hours, address, [...tokens, ...ttft]),
      ...scrapedSeries(hours, { ...address, job: 'again' }, [...tokens, ...ttft]),
    ];
    const { latency } = await pullEngine(series, hours, { engine: 'vllm' });
    expect(latency[0]).toEqual(first([STEPS * 3, STEPS * 2, STEPS]));
  });

  test('of ranks in one process sum', async () => {
    const ranks = ['0', '1'].flatMap((engine) => {
      const labels = { ...model, engine };
      const own = tokens.map((each) => ({ ...each, labels }));
      const buckets = { '0.1': 3, '0.5': 2, '+Inf': 1 };
      return [...own, ...histogram('vllm:time_to_first_token_seconds', buckets, labels)];
    });
    const { latency } = await pullEngine(scrapedSeries(hours, address, ranks), hours, {
      engine: 'vllm',
    });
    expect(latency[0]).toEqual(first([STEPS * 6, STEPS * 4, STEPS * 2]));
  });
});

test('an hour is reported whole, and only once it is over', async () => {
  const window = { startMs: START + 600_000, endMs: START + HOUR_MS + 600_000 };
  const series = scrapedSeries(hours, address, [...tokens, ...ttft]);
  const { latency } = await pullEngine(series, window, { engine: 'vllm' });
  expect(latency).toEqual([first([STEPS * 3, STEPS * 2, STEPS])]);
});

test('SGLang and TGI have their own histograms', async () => {
  const sglang = scrapedSeries(hours, address, [
    { name: 'sglang:prompt_tokens_total', labels: model, per: 1 },
    { name: 'sglang:generation_tokens_total', labels: model, per: 1 },
    ...histogram('sglang:time_to_first_token_seconds', { '1.0': 2, '+Inf': 1 }),
  ]);
  const tgi = scrapedSeries(hours, address, [
    { name: 'tgi_request_input_length_sum', per: 1 },
    { name: 'tgi_request_generated_tokens_sum', per: 1 },
    ...histogram('tgi_request_mean_time_per_token_duration', { '0.1': 1, '+Inf': 0 }),
    ...histogram('tgi_request_duration', { '8.0': 1, '+Inf': 1 }),
  ]);
  const [one] = (await pullEngine(sglang, hours, { engine: 'sglang' })).latency;
  expect(one).toMatchObject({ measure: 'time-to-first-token', counts: [STEPS * 2, STEPS] });
  const result = (await pullEngine(tgi, hours, { engine: 'tgi' })).latency;
  expect(result.map(({ measure }) => measure)).toEqual([
    'inter-token',
    'inter-token',
    'request',
    'request',
  ]);
});
