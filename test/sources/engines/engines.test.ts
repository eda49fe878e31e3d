/** Tests what each engine in the table reports, and the pitfall of each one. */

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
const start: SeriesSpec = { name: 'process_start_time_seconds', at: () => START / 1000 - 86_400 };

/** Prompt 100, output 10 and one request a scrape, under a prefix. */
function plain(prefix: string, labels: Readonly<Record<string, string>> = model): SeriesSpec[] {
  return [
    { name: `${prefix}prompt_tokens_total`, labels, per: 100 },
    { name: `${prefix}generation_tokens_total`, labels, per: 10 },
    {
      name: `${prefix}request_success_total`,
      labels: { ...labels, finished_reason: 'stop' },
      per: 1,
    },
    { name: `${prefix}num_requests_running`, labels, at: () => 1 },
  ];
}

const whole = { prompt: STEPS * 100, output: STEPS * 10, requests: STEPS, replicaMs: HOUR_MS };

describe('vLLM', () => {
  test.each(['vllm:', 'vllm_', 'ray_vllm:', 'ray_vllm_'])('is read under %s', async (prefix) => {
    const result = await pullEngine(scrapedSeries(hour, address, plain(prefix)), hour, {
      engine: 'vllm',
    });
    expect(result).toMatchObject({ ...whole, failures: [], busyMs: HOUR_MS });
    expect(result.rows[0]).not.toHaveProperty('cachedPromptTokens');
  });

  test('takes a Ray upgrade that renames its metrics inside one window', async () => {
    const half = scrapeIndexAt(hour, START + HOUR_MS / 2);
    const cut = (prefix: string, is: (step: number) => boolean) =>
      plain(prefix).map(({ per = 0, at = (step: number) => per * step, ...each }) => {
        return { ...each, at: (step: number) => (is(step) ? at(step) : undefined) };
      });
    const series = [
      ...scrapedSeries(
        hour,
        address,
        cut('ray_vllm:', (step) => step <= half),
      ),
      ...scrapedSeries(
        hour,
        address,
        cut('ray_vllm_', (step) => step > half),
      ),
    ];
    expect(await pullEngine(series, hour, { engine: 'ray-serve' })).toMatchObject({
      ...whole,
      failures: [],
    });
  });

  test('has ranks and a start where its scraper has a label of that name', async () => {
    const target = { ...address, engine: 'vllm' };
    const ranks = ['0', '1'].flatMap((rank) => plain('vllm:', { ...model, exported_engine: rank }));
    expect(
      await pullEngine(scrapedSeries(hour, target, ranks), hour, { engine: 'vllm' }),
    ).toMatchObject({
      prompt: 2 * whole.prompt,
      requests: 2 * whole.requests,
      replicaMs: HOUR_MS,
      busyMs: HOUR_MS,
      said: '',
    });
    // 500 at its first scrape, ten minutes after its start: only the start shows whose they are.
    const late = plain('vllm:').map(({ per = 0, at = (step: number) => per * step, ...each }) => {
      return { ...each, at: (step: number) => (step < 40 ? undefined : at(step)) };
    });
    const born = { ...start, at: () => START / 1000 };
    const metrics = scrapedSeries(hour, target, [...late, born]);
    const { prompt, said } = await pullEngine(metrics, hour, { engine: 'vllm' });
    expect({ prompt, said }).toEqual({ prompt: (STEPS + 20) * 100, said: '' });
  });

  test('and Ray at the same time are refused where they may be one process', async () => {
    const series = [
      ...scrapedSeries(hour, address, plain('vllm:')),
      ...scrapedSeries(hour, { ...address, instance: 'ray:8080' }, plain('ray_vllm:')),
    ];
    const { failures, rows } = await pullEngine(series, hour, { engine: 'vllm' });
    expect(failures[0]?.message).toContain('ray_vllm:… and vllm:… measure the same');
    expect(rows).toEqual([]);
  });

  test('and Ray at the same time sum where their starts show two processes', async () => {
    const other = { ...start, at: () => START / 1000 - 7_000 };
    const series = [
      ...scrapedSeries(hour, address, [...plain('vllm:'), start]),
      ...scrapedSeries(hour, { ...address, instance: 'ray:8080' }, [...plain('ray_vllm:'), other]),
    ];
    const { prompt, replicaMs } = await pullEngine(series, hour, { engine: 'vllm' });
    expect({ prompt, replicaMs }).toEqual({ prompt: 2 * whole.prompt, replicaMs: 2 * HOUR_MS });
  });

  test('takes cached tokens by source where no counter has them alone', async () => {
    const by = (source: string, per: number): SeriesSpec => {
      return { name: 'vllm:prompt_tokens_by_source_total', labels: { ...model, source }, per };
    };
    const sources = [
      by('local_compute', 30),
      by('local_cache_hit', 60),
      by('external_kv_transfer', 10),
    ];
    const hits = {
      name: 'vllm:prefix_cache_hits_total',
      labels: { ...model, engine: '0' },
      per: 60,
    };
    const series = scrapedSeries(hour, address, [...plain('vllm:'), ...sources, hits]);
    const result = await pullEngine(series, hour, { engine: 'vllm' });
    expect(result).toMatchObject({ ...whole, cached: STEPS * 70 });
  });
});

describe('separate prefill and decode servers', () => {
  const by = (source: string, per: number): SeriesSpec => {
    return { name: 'vllm:prompt_tokens_by_source_total', labels: { ...model, source }, per };
  };
  const server = (output: number, requests: number): SeriesSpec[] => [
    { name: 'vllm:prompt_tokens_total', labels: model, per: 1_000 },
    { name: 'vllm:generation_tokens_total', labels: model, per: output },
    {
      name: 'vllm:request_success_total',
      labels: { ...model, finished_reason: 'length' },
      per: requests,
    },
    { name: 'vllm:num_requests_running', labels: model, at: () => 1 },
  ];
  const at = (pod: string) => ({ job: 'llm', instance: `${pod}:8000`, pod });
  const prefill = [...server(4, 4), by('local_compute', 900), by('local_cache_hit', 100)];
  const decode = [...server(500, 4), by('external_kv_transfer', 990), by('local_cache_hit', 10)];
  const split = [
    ...scrapedSeries(hour, at('p-0'), prefill),
    ...scrapedSeries(hour, at('d-0'), decode),
  ];
  const once = { prompt: STEPS * 1_000, output: STEPS * 500, requests: STEPS * 4 };

  test('are found by the source of their tokens, and a request in both counts once', async () => {
    const result = await pullEngine(split, hour, { engine: 'vllm' });
    expect(result).toMatchObject({ ...once, replicaMs: 2 * HOUR_MS });
    expect(result.said).toContain('prefill and decode run separately');
  });

  test('count what a decode server computed for its own requests', async () => {
    const own = [
      { name: 'vllm:prompt_tokens_total', labels: model, per: 1_300 },
      ...server(500, 6).slice(1),
      by('external_kv_transfer', 1_000),
      by('local_compute', 300),
    ];
    const series = [
      ...scrapedSeries(hour, at('p-0'), prefill),
      ...scrapedSeries(hour, at('d-0'), own),
    ];
    const result = await pullEngine(series, hour, { engine: 'vllm' });
    expect(result).toMatchObject({
      prompt: STEPS * 1_300,
      output: STEPS * 500,
      requests: STEPS * 6,
    });
  });

  test('count a transferred prompt whole where no prefill server is scraped', async () => {
    const result = await pullEngine(scrapedSeries(hour, at('d-0'), decode), hour, {
      engine: 'vllm',
    });
    expect(result).toMatchObject(once);
    expect(result.said).not.toContain('apart');
  });

  test('are identified by a role in the config where no counter does', async () => {
    const bare = [
      ...scrapedSeries(hour, at('p-0'), server(4, 4)),
      ...scrapedSeries(hour, at('d-0'), server(500, 4)),
    ];
    const unsure = await pullEngine(bare, hour, { engine: 'vllm' });
    expect(unsure.prompt).toBe(2 * once.prompt);
    expect(unsure.said).toContain('set usage.role');
    const role = { label: 'pod', prefill: 'p-*', decode: 'd-*' };
    expect(await pullEngine(bare, hour, { engine: 'vllm', role })).toMatchObject(once);
  });

  test('are identified by the labels of llm-d and by the engine type of SGLang', async () => {
    const role = (name: string) => ({ ...at(name), llm_d_ai_role: name });
    const llmd = [
      ...scrapedSeries(hour, role('prefill'), server(4, 4)),
      ...scrapedSeries(hour, role('decode'), server(500, 4)),
    ];
    expect(await pullEngine(llmd, hour, { engine: 'llm-d' })).toMatchObject(once);
    const sglang = (engine_type: string, output: number): SeriesSpec[] => [
      { name: 'sglang:prompt_tokens_total', labels: model, per: 1_000 },
      { name: 'sglang:generation_tokens_total', labels: model, per: output },
      { name: 'sglang:num_requests_total', labels: model, per: 4 },
      {
        name: 'sglang:num_running_reqs',
        labels: { ...model, engine_type, tp_rank: '0' },
        at: () => 1,
      },
    ];
    const pair = [
      ...scrapedSeries(hour, at('p-0'), sglang('prefill', 4)),
      ...scrapedSeries(hour, at('d-0'), sglang('decode', 500)),
    ];
    expect(await pullEngine(pair, hour, { engine: 'sglang' })).toMatchObject(once);
    const alone = await pullEngine(scrapedSeries(hour, at('d-0'), sglang('decode', 500)), hour, {
      engine: 'sglang',
    });
    expect(alone).toMatchObject(once);
  });
});

describe('SGLang', () => {
  const totals: SeriesSpec[] = [
    { name: 'sglang:prompt_tokens_total', labels: model, per: 100 },
    { name: 'sglang:generation_tokens_total', labels: model, per: 10 },
    { name: 'sglang:num_requests_total', labels: model, per: 1 },
    { name: 'sglang:num_running_reqs', labels: { ...model, tp_rank: '0' }, at: () => 1 },
  ];
  const live = (
    mode: string,
    labels: Readonly<Record<string, string>>,
    per: number,
  ): SeriesSpec => {
    return { name: 'sglang:realtime_tokens_total', labels: { ...model, ...labels, mode }, per };
  };

  test('has totals at the end of requests where it counts no tokens as they come', async () => {
    const result = await pullEngine(scrapedSeries(hour, address, totals), hour, {
      engine: 'sglang',
    });
    expect(result).toMatchObject({ ...whole, failures: [] });
  });

  test('is read by tokens as they come: ranks of one model once, of data summed', async () => {
    const rank = (dp: string, tp: string, per: number) => {
      const labels = {
        dp_rank: dp,
        tp_rank: tp,
        pp_rank: '0',
        moe_ep_rank: tp,
        engine_type: 'unified',
      };
      return [
        live('prefill_compute', labels, per),
        live('prefill_cache', labels, 2 * per),
        live('decode', labels, per),
      ];
    };
    const late = totals.map((each) => ({ ...each, per: 0 }));
    const ranks = [rank('0', '0', 20), rank('0', '1', 20), rank('1', '2', 30), rank('1', '3', 29)];
    const result = await pullEngine(
      scrapedSeries(hour, address, [...late, ...ranks.flat()]),
      hour,
      {
        engine: 'sglang',
      },
    );
    expect(result).toMatchObject({
      prompt: STEPS * 150,
      cached: STEPS * 100,
      output: STEPS * 50,
      replicaMs: HOUR_MS,
    });
  });

  test('counts totals where the live counter is incomplete', async () => {
    const torn = [...totals, live('prefill_compute', {}, 7)];
    expect(
      await pullEngine(scrapedSeries(hour, address, torn), hour, { engine: 'sglang' }),
    ).toMatchObject(whole);
  });

  test('uses totals where only a second scraper keeps the live counter', async () => {
    const live3 = [
      live('prefill_compute', {}, 70),
      live('prefill_cache', {}, 30),
      live('decode', {}, 10),
    ];
    const series = [
      ...scrapedSeries(hour, address, totals),
      ...scrapedSeries(hour, { ...address, job: 'second' }, [...totals, ...live3]),
    ];
    expect(await pullEngine(series, hour, { engine: 'sglang' })).toMatchObject(whole);
  });

  test('counts a live counter from its first token on, though it starts late', async () => {
    const from = scrapeIndexAt(hour, START + 600_000);
    const since = (per: number) => (step: number) => {
      return step < from ? undefined : per * (step - from + 1);
    };
    const series = scrapedSeries(hour, address, [
      { name: 'sglang:num_running_reqs', labels: model, at: (step) => (step < from ? 0 : 1) },
      { ...live('prefill_compute', {}, 0), at: since(90) },
      { ...live('decode', {}, 0), at: since(10) },
      start,
    ]);
    const { prompt, output } = await pullEngine(series, hour, { engine: 'sglang' });
    expect({ prompt, output }).toEqual({ prompt: 201 * 90, output: 201 * 10 });
  });

  test.each([
    ['the sum of its sources', 60, 40 + 20],
    ['of requests without sources', 5, 40 + 20 + 5],
  ])('counts cached tokens once: total is %s', async (_, total, expected) => {
    const cached = (cache_source: string, per: number): SeriesSpec => {
      return { name: 'sglang:cached_tokens_total', labels: { ...model, cache_source }, per };
    };
    const sources = [cached('device', 40), cached('storage_file', 20), cached('total', total)];
    const result = await pullEngine(scrapedSeries(hour, address, [...totals, ...sources]), hour, {
      engine: 'sglang',
    });
    expect(result.cached).toBe(STEPS * expected);
  });

  test('behind its router is the worker itself, once', async () => {
    const spelled = totals.map((each) => ({ ...each, name: each.name.replace(':', '_') }));
    const router = { job: 'router', instance: 'router:29000', worker_addr: 'http://10.0.0.1:8000' };
    const series = [
      ...scrapedSeries(hour, address, totals),
      ...scrapedSeries(hour, router, spelled),
    ];
    const result = await pullEngine(series, hour, { engine: 'sglang' });
    expect(result).toMatchObject(whole);
    const alone = await pullEngine(scrapedSeries(hour, router, spelled), hour, {
      engine: 'sglang',
    });
    expect(alone).toMatchObject(whole);
  });

  test('takes its busy time from its forward passes where timed, else from its gauge', async () => {
    const forward = (category: string, per: number): SeriesSpec[] =>
      ['0', '1'].map((tp_rank) => ({
        name: 'sglang:forward_execution_seconds_total',
        labels: { ...model, tp_rank, category },
        per,
      }));
    const timed = [...totals, ...forward('extend', 0.5), ...forward('decode', 4)];
    const result = await pullEngine(scrapedSeries(hour, address, timed), hour, {
      engine: 'sglang',
    });
    expect(result.busyMs).toBe(STEPS * 4_500);
    const silent = [...totals, ...forward('decode', 0)];
    const gauged = await pullEngine(scrapedSeries(hour, address, silent), hour, {
      engine: 'sglang',
    });
    expect(gauged.busyMs).toBe(HOUR_MS);
  });
});
