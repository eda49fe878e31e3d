/**
 * Tests one process at two addresses, and several models at one: what counts once, and the
 * warnings.
 */

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

interface Story {
  readonly prefix?: string;
  /** Added to its counters before the first scrape. */
  readonly ahead?: number;
  readonly running?: (step: number) => number | undefined;
  readonly per?: number;
}

/** Tokens of one model, as a scrape has them. */
function serving(labels: Readonly<Record<string, string>>, story: Story = {}): SeriesSpec[] {
  const { prefix = 'vllm:', ahead = 0, per = 100, running = () => 1 } = story;
  const at = (step: number) => (running(step) === undefined ? undefined : ahead + per * step);
  return [
    { name: `${prefix}prompt_tokens_total`, labels, at },
    { name: `${prefix}generation_tokens_total`, labels, at },
    { name: `${prefix}request_success_total`, labels: { ...labels, finished_reason: 'stop' }, at },
    { name: `${prefix}num_requests_running`, labels, at: running },
  ];
}

interface Stories {
  readonly first?: Story;
  readonly second?: Story;
}

const startedAt = (second: number): SeriesSpec => ({
  name: 'process_start_time_seconds',
  at: () => START / 1000 - second,
});

describe('several models at one address', () => {
  const options = { engine: 'vllm', match: { job: 'llm' } };

  test('are one process, whose time counts once and whose tokens sum', async () => {
    const base = serving({ model_name: 'base' });
    const adapter = serving({ model_name: 'lora-a' }, { per: 10 });
    const result = await pullEngine(
      scrapedSeries(hour, address, [...base, ...adapter]),
      hour,
      options,
    );
    expect(result).toMatchObject({
      prompt: STEPS * 110,
      output: STEPS * 110,
      requests: STEPS * 110,
      replicaMs: HOUR_MS,
      busyMs: HOUR_MS,
      failures: [],
      said: '',
    });
  });

  test('are busy while any of them is, and seen while any of them is loaded', async () => {
    const atStep = (minute: number) => scrapeIndexAt(hour, START + minute * 60_000);
    const within = (from: number, to: number) => (step: number) =>
      step >= atStep(from) && step < atStep(to) ? 1 : 0;
    // The second model is loaded in the thirtieth minute, and the first one idle from then on.
    const first = serving({ model_name: 'a' }, { running: within(0, 30), per: 0, ahead: 5 });
    const loaded = within(40, 50);
    const second = serving(
      { model_name: 'b' },
      { running: (step) => (step < atStep(30) ? undefined : loaded(step)), per: 0 },
    );
    const result = await pullEngine(
      scrapedSeries(hour, address, [...first, ...second]),
      hour,
      options,
    );
    expect(result.replicaMs).toBe(HOUR_MS);
    expect(result.busyMs).toBe((30 + 10) * 60_000);
  });

  test.each([
    ['llama.cpp', 'llamacpp:', 'model'],
    ['lmdeploy', 'lmdeploy:', 'model_name'],
    ['ray-serve', 'ray_vllm_', 'model_name'],
  ])('are one process of %s too', async (engine, prefix, label) => {
    const names = (metrics: SeriesSpec[]) =>
      engine === 'llama.cpp'
        ? metrics.map((one) => ({
            ...one,
            name: one.name.replace('generation_tokens', 'tokens_predicted'),
          }))
        : metrics;
    const both = ['a', 'b'].flatMap((model) => names(serving({ [label]: model }, { prefix })));
    const result = await pullEngine(scrapedSeries(hour, address, both), hour, {
      ...options,
      engine,
    });
    expect(result.prompt).toBe(2 * STEPS * 100);
    expect(result.replicaMs).toBe(HOUR_MS);
  });

  test('are two processes where each is scraped at different moments', async () => {
    // `instance` is the name of a machine on which two servers listen at two ports.
    const machine = { job: 'llm', instance: 'node-7' };
    const [one, other] = ['a', 'b'].map((model) =>
      scrapedSeries(hour, machine, serving({ model_name: model })),
    );
    const later = (other ?? []).map(({ labels, samples }) => ({
      labels,
      samples: samples.map(([atMs, value]): [number, number] => [atMs + 4_211, value]),
    }));
    const result = await pullEngine([...(one ?? []), ...later], hour, options);
    expect(result.prompt).toBe(2 * STEPS * 100);
    expect(result.replicaMs).toBe(2 * HOUR_MS);
  });

  test('are separate workers behind a Ray agent', async () => {
    const both = ['a', 'b'].flatMap((name) =>
      serving({ model_name: name, WorkerId: name }, { prefix: 'ray_vllm_' }),
    );
    const result = await pullEngine(scrapedSeries(hour, address, both), hour, {
      ...options,
      engine: 'ray-serve',
    });
    expect(result.replicaMs).toBe(2 * HOUR_MS);
  });
});

describe('one process at two addresses, without a pod', () => {
  const options = { engine: 'vllm', match: { model_name: 'm' } };
  const model = { model_name: 'm' };
  const other = { job: 'llm', instance: 'chat.internal:8000' };
  const said = '10.0.0.1:8000 and chat.internal:8000 look like one process at two addresses';

  /** The same counters, scraped some seconds later. */
  const twin = (metrics: readonly SeriesSpec[], seconds = 7) =>
    scrapedSeries(
      hour,
      other,
      metrics.map((one) => {
        const { at = (step: number) => (one.per ?? 0) * step } = one;
        return { ...one, at };
      }),
    ).map(({ labels, samples }) => ({
      labels,
      samples: samples.map(([atMs, value]): [number, number] => [atMs + seconds * 1_000, value]),
    }));

  test('gives a warning where the two are indistinguishable, and nothing is dropped', async () => {
    const metrics = serving(model);
    const read = await pullEngine(
      [...scrapedSeries(hour, address, metrics), ...twin(metrics)],
      hour,
      options,
    );
    expect(read.said).toContain(said);
    expect(read.prompt).toBe(2 * STEPS * 100);
    expect(read.replicaMs).toBe(2 * HOUR_MS);
  });

  test('gives a warning where both report the same start', async () => {
    const metrics = [...serving(model), startedAt(5_000)];
    const read = await pullEngine(
      [...scrapedSeries(hour, address, metrics), ...twin(metrics)],
      hour,
      options,
    );
    expect(read.said).toContain(said);
    // The start has no model label: it is requested only where something depends on it.
    expect(read.fetched.map(({ fetch }) => fetch.kind)).toContain('prometheus.start-times');
  });

  test.each([
    ['other starts', {}, [[startedAt(5_000)], [startedAt(4_000)]]],
    ['other counters', { second: { ahead: 9_000 } }, []],
    ['idle counters', { first: { per: 0 }, second: { per: 0 } }, []],
  ])('does not apply with %s', async (_, stories: Stories, [ofFirst, ofSecond]) => {
    const series = [
      ...scrapedSeries(hour, address, [...serving(model, stories.first), ...(ofFirst ?? [])]),
      ...twin([...serving(model, stories.second), ...(ofSecond ?? [])]),
    ];
    const read = await pullEngine(series, hour, options);
    expect(read.said).not.toContain('look like one process');
    expect(read.replicaMs).toBe(2 * HOUR_MS);
  });

  test('is not assumed where both name different pods', async () => {
    const metrics = serving(model);
    const pods = (pod: string) =>
      metrics.map((one) => ({ ...one, labels: { ...one.labels, pod } }));
    const series = [...scrapedSeries(hour, address, pods('p-0')), ...twin(pods('p-1'))];
    expect((await pullEngine(series, hour, options)).said).toBe('');
  });
});
