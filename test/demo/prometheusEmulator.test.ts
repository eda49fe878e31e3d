/**
 * Tests the Prometheus emulator against PromQL's semantics, and its counters against what was
 * really served.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUDITED_AT_MS, STEP_MS, DEMO_WINDOW } from '../../src/demo/calendar.ts';
import { startPrometheus } from '../../src/demo/emulators/prometheus.ts';
import type { Emulator } from '../../src/demo/emulators/emulator.ts';
import { computePlantedTruth } from '../../src/demo/truth.ts';
import { HOUR_MS } from '../../src/domain/period.ts';
import { requestEmulator, demoClock, FLEET } from '../support/demoFleet.ts';

interface Result {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, string])[];
  readonly value: readonly [number, string];
}

const clock = demoClock();
let prometheus: Emulator;

beforeAll(async () => {
  prometheus = await startPrometheus(FLEET, clock);
});

afterAll(() => prometheus.close());

async function results(query: string, time?: string, post = false): Promise<readonly Result[]> {
  const parameters = { query, ...(time !== undefined && { time }) };
  const how = post ? { form: parameters } : { query: parameters };
  const answer = await requestEmulator(prometheus, '/api/v1/query', how);
  expect(answer.status).toBe(200);
  return (answer.json as unknown as { data: { result: Result[] } }).data.result;
}

function seconds(atMs: number): string {
  return String(atMs / 1_000);
}

/** Every counter of a model over the quarter, with the sample before it, in one query. */
function wholeQuarter(model: string): Promise<readonly Result[]> {
  const spanSeconds = (DEMO_WINDOW.endMs - DEMO_WINDOW.startMs + HOUR_MS) / 1_000;
  const names =
    'vllm:(prompt_tokens|prompt_tokens_cached|generation_tokens|request_success)_total|' +
    'sglang:(prompt_tokens|cached_tokens|generation_tokens|num_requests|realtime_tokens)_total';
  const query = `{__name__=~"${names}",model_name="${model}"}[${spanSeconds}s]`;
  return results(query, seconds(DEMO_WINDOW.endMs), true);
}

/**
 * The simplest exact reader: steps up count, falls are restarts, and the interval of the step's end
 * gets the count.
 */
function countedIn({ values }: Result, startMs: number, endMs: number): number {
  let counted = 0;
  for (const [index, [at, text]] of values.entries()) {
    const before = values[index - 1];
    if (before === undefined || at * 1_000 <= startMs || at * 1_000 > endMs) continue;
    const [value, last] = [Number(text), Number(before[1])];
    counted += value >= last ? value - last : value;
  }
  return counted;
}

type Total = (name: string, labels?: Readonly<Record<string, string>>) => number;

const ofVllm = (total: Total) => ({
  promptTokens: total('vllm:prompt_tokens_total'),
  cachedTokens: total('vllm:prompt_tokens_cached_total'),
  outputTokens: total('vllm:generation_tokens_total'),
  requests: total('vllm:request_success_total'),
});

const ofReviews = { purpose: 'review' };

/** Each deployment with the counters that a person would use. */
const COUNTERS: Readonly<Record<string, (total: Total) => object>> = {
  'support-chat': (total) => {
    const worked = (mode: string) => total('sglang:realtime_tokens_total', { mode, tp_rank: '0' });
    return {
      promptTokens: worked('prefill_compute') + worked('prefill_cache'),
      cachedTokens: worked('prefill_cache'),
      outputTokens: worked('decode'),
      requests: total('sglang:num_requests_total'),
    };
  },
  'doc-summaries': ofVllm,
  'code-review': (total) => ({
    promptTokens: total('sglang:prompt_tokens_total', ofReviews),
    cachedTokens: total('sglang:cached_tokens_total', { ...ofReviews, cache_source: 'total' }),
    outputTokens: total('sglang:generation_tokens_total', ofReviews),
    requests: total('sglang:num_requests_total', ofReviews),
  }),
  'claims-triage': ofVllm,
};

describe("the Prometheus emulator's counters", () => {
  it('give back the planted tokens and requests of every deployment exactly', async () => {
    for (const truth of computePlantedTruth(FLEET).deployments) {
      const deployment = FLEET.deployments.find(({ id }) => id === truth.id);
      const series = await wholeQuarter(deployment?.servedModel ?? '');
      const total = (name: string, labels: Readonly<Record<string, string>> = {}) =>
        series
          .filter(({ metric }) =>
            Object.entries({ __name__: name, ...labels }).every(([key, v]) => metric[key] === v),
          )
          .reduce((sum, one) => sum + countedIn(one, DEMO_WINDOW.startMs, DEMO_WINDOW.endMs), 0);
      expect(COUNTERS[truth.id]?.(total)).toEqual({
        promptTokens: truth.promptTokens,
        cachedTokens: truth.cachedTokens,
        outputTokens: truth.outputTokens,
        requests: truth.requests,
      });
    }
  });

  it('for SGLang, count the same work on every rank, and totals once requests end', async () => {
    const series = await wholeQuarter('llama-3.3-70b');
    const named = (name: string, mode?: string) =>
      series.filter(({ metric }) => metric['__name__'] === name && metric['mode'] === mode);
    const decode = named('sglang:realtime_tokens_total', 'decode');
    const byInstance = Map.groupBy(decode, ({ metric }) => metric['instance']);
    for (const ranks of byInstance.values()) {
      expect(ranks.map(({ metric }) => metric['tp_rank'])).toEqual(['0', '1']);
      expect(ranks[0]?.values).toEqual(ranks[1]?.values);
    }
    for (const ended of named('sglang:generation_tokens_total')) {
      const [worked] = byInstance.get(ended.metric['instance']) ?? [];
      const behind = ended.values.filter(([, text], at) => {
        return Number(text) < Number(worked?.values[at]?.[1]);
      });
      expect(behind.length).toBeGreaterThan(0.99 * ended.values.length);
    }
  });

  it('show a benchmark at night, which is only in its own truth', async () => {
    const series = await wholeQuarter('qwen3-coder-30b');
    const benchmark = computePlantedTruth(FLEET).deployments.find(({ id }) => id === 'code-review');
    const counted = series
      .filter(({ metric }) => metric['purpose'] === 'benchmark')
      .filter(({ metric }) => metric['__name__'] === 'sglang:prompt_tokens_total')
      .reduce((sum, one) => sum + countedIn(one, DEMO_WINDOW.startMs, DEMO_WINDOW.endMs), 0);
    expect(counted).toBe(benchmark?.benchmark.promptTokens);
    expect(counted).toBeGreaterThan(benchmark?.promptTokens ?? 0);
  });

  it('give back every five-minute interval of each pod, except two during the outage', async () => {
    for (const deployment of FLEET.deployments.filter(({ engine }) => engine === 'vllm')) {
      const series = await wholeQuarter(deployment.servedModel);
      for (const pod of FLEET.traffic.filter((each) => each.deployment === deployment.id)) {
        const instance = FLEET.pods.find(({ id }) => id === pod.podId)?.instance;
        const prompt = series.find(
          ({ metric }) =>
            metric['instance'] === instance && metric['__name__'] === 'vllm:prompt_tokens_total',
        );
        const wrong = prompt?.values.slice(1).filter(([at, text], index) => {
          const [, before = '0'] = prompt.values[index] ?? [];
          const step = Number(text) - Number(before);
          const served = pod.promptTokens[(at * 1_000 - pod.fromMs) / STEP_MS - 1];
          return (step < 0 ? Number(text) : step) !== served;
        });
        expect(wrong).toHaveLength(pod.missedScrapes.size);
      }
    }
  });

  it('fall to zero once, where the process start time changes', async () => {
    const at = Date.UTC(2026, 6, 23, 3, 15);
    const [prompt] = await results(
      'sglang:prompt_tokens_total{instance="10.20.1.12:8000"}[10m]',
      seconds(at),
    );
    const [start] = await results(
      'process_start_time_seconds{instance="10.20.1.12:8000"}[10m]',
      seconds(at),
    );
    expect(prompt?.values.map(([, value]) => Number(value) > 0)).toEqual([true, true, false]);
    expect(new Set(start?.values.map(([, value]) => value)).size).toBe(2);
  });

  it('miss one scrape of ten minutes without losing a token', async () => {
    const [prompt] = await results(
      'vllm:prompt_tokens_total{model_name="gpt-oss-120b"}[10m]',
      seconds(Date.UTC(2026, 7, 5, 10, 10)),
    );
    expect(prompt?.values).toHaveLength(2);
  });

  it('begin at zero for a pod that started later, and end where a pod was terminated', async () => {
    const at = seconds(Date.UTC(2026, 7, 19, 9, 10));
    const names = 'sglang:prompt_tokens_total{purpose="review",instance=~"10.20.3.3[37]:8000"}';
    const query = `${names}[20m]`;
    const [old, replacement] = await results(query, at);
    expect(old?.values.at(-1)?.[0]).toBe(Date.UTC(2026, 7, 19, 9) / 1_000);
    expect(replacement?.values[0]).toEqual([Date.UTC(2026, 7, 19, 9) / 1_000, '0']);
  });

  it('show requests running in the intervals in which requests are served', async () => {
    const [pod] = FLEET.traffic.filter(({ deployment }) => deployment === 'doc-summaries');
    if (pod === undefined) throw new Error('no pod');
    const instance = FLEET.pods.find(({ id }) => id === pod.podId)?.instance ?? '';
    const [gauge] = await results(
      `vllm:num_requests_running{instance="${instance}"}[7d]`,
      seconds(Date.UTC(2026, 6, 8)),
    );
    for (const [at, value] of gauge?.values ?? []) {
      const tokens = pod.promptTokens[(at * 1_000 - pod.fromMs) / STEP_MS] ?? 0;
      expect(Number(value) > 0).toBe(tokens > 0);
    }
    expect(gauge?.values).toHaveLength(7 * 288 + 1);
  });

  it('have no samples after the current time', async () => {
    clock.set(Date.UTC(2026, 6, 15, 12, 1));
    const [range] = await results('vllm:prompt_tokens_total[1h]', seconds(AUDITED_AT_MS));
    const [last] = await results('up{instance="10.20.1.11:8000"}[1h]');
    clock.set(AUDITED_AT_MS);
    expect(range).toBeUndefined();
    expect(last?.values.at(-1)?.[0]).toBe(Date.UTC(2026, 6, 15, 12) / 1_000);
  });
});

describe("the Prometheus emulator's selectors", () => {
  const noon = seconds(Date.UTC(2026, 6, 15, 12));
  const instances = async (query: string) =>
    (await results(query, noon)).map(({ metric }) => metric['instance']);

  it('match equality, inequality, anchored patterns and absent labels as PromQL does', async () => {
    expect(await instances('up{instance="10.20.1.11:8000"}')).toHaveLength(1);
    expect(await instances('up{instance!="10.20.1.11:8000",job="llm"}')).toHaveLength(8);
    expect(await instances('up{instance=~"10\\\\.20\\\\.1\\\\..*"}')).toHaveLength(2);
    expect(await instances('up{instance=~"10"}')).toEqual([]);
    expect(await instances('up{instance!~".*:8000"}')).toEqual([]);
    expect(await instances('up{model_name=""}')).toHaveLength(9);
    expect(await instances('process_start_time_seconds{model_name="llama-3.3-70b"}')).toEqual([]);
  });

  it('answer an instant with the newest sample of the last five minutes', async () => {
    const at = Date.UTC(2026, 6, 15, 12, 4, 59) / 1_000;
    const [one] = await results(
      'sglang:prompt_tokens_total{instance="10.20.1.11:8000"}',
      String(at),
    );
    expect(one?.value[0]).toBe(at);
    const stale = seconds(Date.UTC(2026, 7, 19, 9, 6));
    expect(await results('up{instance="10.20.3.33:8000"}', stale)).toEqual([]);
  });

  it('answer the same to GET and POST, and to seconds and RFC 3339', async () => {
    const query = '{__name__="up",job="llm",}[5m]';
    const posted = await results(query, noon, true);
    expect(posted).toHaveLength(9);
    expect(await results(query, noon)).toEqual(posted);
    expect(await results(query, '2026-07-15T12:00:00Z')).toEqual(posted);
  });

  it.each([
    ['', /no expression found/],
    ['sum(up', /unclosed left parenthesis/],
    ['up{job="llm"', /unclosed left brace/],
    ['up[5x]', /bad duration/],
    ['{job=~".*"}', /at least one non-empty matcher/],
    ['up{job=vllm}', /parse error/],
  ])('refuse %j as bad data', async (query, words) => {
    const answer = await requestEmulator(prometheus, '/api/v1/query', {
      query: { query, time: noon },
    });
    expect(answer).toMatchObject({ status: 400, json: { errorType: 'bad_data' } });
    expect(answer.json['error']).toMatch(words);
  });

  it('refuse with 422 what they cannot evaluate, and what is too much', async () => {
    const sum = await requestEmulator(prometheus, '/api/v1/query', {
      query: { query: 'sum(up)', time: noon },
    });
    expect(sum).toMatchObject({ status: 422, json: { errorType: 'execution' } });
    const small = await startPrometheus(FLEET, { ...clock, maxSamples: 100 });
    const much = await requestEmulator(small, '/api/v1/query', {
      query: { query: 'up[1d]', time: noon },
    });
    await small.close();
    expect(much).toMatchObject({ status: 422, json: { status: 'error' } });
    expect(much.json['error']).toMatch(/too many samples/);
  });

  it('list the values of a label, also for selected series', async () => {
    const path = '/api/v1/label/model_name/values';
    const all = await requestEmulator(prometheus, path);
    const some = await requestEmulator(prometheus, path, {
      query: { 'match[]': 'vllm:prompt_tokens_total{instance="10.20.4.41:8000"}' },
    });
    expect(all.json['data']).toEqual(FLEET.deployments.map((d) => d.servedModel).toSorted());
    expect(some.json['data']).toEqual(['gpt-oss-120b']);
  });
});
