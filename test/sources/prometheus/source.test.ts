import { afterEach, describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../../src/domain/period.ts';
import { json, startServer, type TestServer } from '../../support/httpServer.ts';
import { failuresOf, pullUsage, usageRowsOf, warningsOf } from '../../support/prometheusSource.ts';
import {
  type MadeSeries,
  type SyntheticLimits,
  startSynthetic,
} from '../../support/syntheticPrometheus.ts';
import { processSeries, type VllmScrape, steadyScrapes } from '../../support/vllmSeries.ts';
import { bodyText } from '../../support/bodyText.ts';

const START = Date.UTC(2026, 4, 12, 10);
const window = { startMs: START, endMs: START + HOUR_MS };
const around = { fromMs: START - 60_000, toMs: START + HOUR_MS + 60_000 };
const chat = { deployment: 'chat', engine: 'vllm', match: { model_name: 'm' } };
const steady = { prompt: 100, output: 10, requests: 1, running: 1 };

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function read(
  series: readonly MadeSeries[],
  options: object = {},
  manners: SyntheticLimits = {},
) {
  server = await startSynthetic(series, manners);
  return pullUsage({ url: server.origin, ...options }, { window, usage: [chat] });
}

function replica(scrapes: readonly VllmScrape[], labels: Record<string, string> = {}) {
  return processSeries({ instance: '10.0.0.1:8000', ...labels }, scrapes);
}

describe('the rows of a steady hour', () => {
  test('hold what one replica served in each five minutes', async () => {
    const rows = usageRowsOf(await read(replica(steadyScrapes(around, { ...steady, cached: 40 }))));
    expect(rows).toHaveLength(12);
    expect(rows[3]).toEqual({
      sourceId: 'prom',
      deployment: 'chat',
      period: { startMs: START + 900_000, endMs: START + 1_200_000 },
      uncachedPromptTokens: 1_200,
      cachedPromptTokens: 800,
      outputTokens: 200,
      requests: 20,
      busyMs: 300_000,
      replicaMs: 300_000,
    });
  });

  test('add replicas up, but data-parallel ranks of one process are one replica', async () => {
    const scrapes = steadyScrapes(around, steady);
    const series = [
      ...replica(scrapes, { engine: '0' }),
      ...replica(scrapes, { engine: '1' }),
      ...replica(scrapes, { instance: '10.0.0.2:8000' }),
    ];
    const [row] = usageRowsOf(await read(series));
    expect(row).toMatchObject({ outputTokens: 600, requests: 60, replicaMs: 600_000 });
  });

  test('exist for an idle replica too, with zeros that are known', async () => {
    const idle = { prompt: 0, output: 0, requests: 0, running: 0, cached: 0 };
    const rows = usageRowsOf(await read(replica(steadyScrapes(around, idle))));
    expect(rows).toHaveLength(12);
    expect(rows[0]).toMatchObject({ outputTokens: 0, requests: 0, busyMs: 0, replicaMs: 300_000 });
  });

  test('are missing where no replica was seen, because unknown is not zero', async () => {
    const half = { fromMs: around.fromMs, toMs: START + HOUR_MS / 2 };
    const rows = usageRowsOf(await read(replica(steadyScrapes(half, steady))));
    expect(rows).toHaveLength(6);
  });

  test('widen an unaligned window to whole intervals, without the unfinished one', async () => {
    server = await startSynthetic(replica(steadyScrapes(around, steady)));
    const crooked = { startMs: START + 1, endMs: START + 1_700_000 };
    const nowMs = START + 1_600_000;
    const fetched = await pullUsage(
      { url: server.origin },
      { window: crooked, usage: [chat], nowMs },
    );
    expect(fetched[0]?.fetch.window).toEqual({ startMs: START, endMs: START + 1_500_000 });
    expect(usageRowsOf(fetched)).toHaveLength(5);
  });

  test('leave unknown what the counters do not cover', async () => {
    const [row] = usageRowsOf(
      await read(replica(steadyScrapes(around, { prompt: 100, output: 10 }))),
    );
    expect(row).toEqual({
      sourceId: 'prom',
      deployment: 'chat',
      period: { startMs: START, endMs: START + 300_000 },
      uncachedPromptTokens: 2_000,
      outputTokens: 200,
      replicaMs: 300_000,
    });
  });
});

describe('the details that would be wrong if added naively', () => {
  const renamed = (series: readonly MadeSeries[], from: string, to: string): MadeSeries[] =>
    series.map(({ labels, samples }) => ({
      samples,
      labels: { ...labels, __name__: (labels['__name__'] ?? '').replace(from, to) },
    }));
  const cachedOnly = (scrapes: readonly VllmScrape[]) =>
    replica(scrapes).filter(({ labels }) => labels['__name__']?.includes('cached'));

  test('aborted and failed requests are not served ones', async () => {
    const series = replica(steadyScrapes(around, steady));
    const others = series
      .filter(({ labels }) => labels['finished_reason'] === 'stop')
      .flatMap(({ labels, samples }) =>
        ['length', 'abort', 'error'].map((reason) => ({
          samples,
          labels: { ...labels, finished_reason: reason },
        })),
      );
    expect(usageRowsOf(await read([...series, ...others]))[0]?.requests).toBe(40);
  });

  test('the older cache counter repeats the newer one and is left out beside it', async () => {
    const scrapes = steadyScrapes(around, { ...steady, cached: 40 });
    const older = renamed(cachedOnly(scrapes), 'prompt_tokens_cached', 'prefix_cache_hits');
    const [row] = usageRowsOf(await read([...replica(scrapes), ...older]));
    expect(row?.cachedPromptTokens).toBe(800);
  });

  test('the older cache counter is read where it stands alone and has ranks', async () => {
    const scrapes = steadyScrapes(around, { ...steady, cached: 40 });
    const older = renamed(replica(scrapes), 'prompt_tokens_cached', 'prefix_cache_hits');
    expect(usageRowsOf(await read(older))[0]?.cachedPromptTokens).toBe(800);
  });

  test('cache hits without a rank may be blocks and stay unknown', async () => {
    const scrapes = steadyScrapes(around, { ...steady, cached: 40 });
    const older = renamed(replica(scrapes), 'prompt_tokens_cached', 'prefix_cache_hits');
    const blocks = older.map(({ labels, samples }) => ({
      samples,
      labels: Object.fromEntries(Object.entries(labels).filter(([name]) => name !== 'engine')),
    }));
    const [row] = usageRowsOf(await read(blocks));
    expect(row).toMatchObject({ uncachedPromptTokens: 2_000 });
    expect(row).not.toHaveProperty('cachedPromptTokens');
  });

  test('cache hits before their prompt never make the prompt smaller or larger', async () => {
    const scrapes = steadyScrapes(around, { ...steady, cached: 100 }).map((scrape) => ({
      ...scrape,
      cached: scrape.cached === undefined ? 0 : scrape.cached + (scrape.atMs > START ? 500 : 0),
    }));
    const fetched = await read(replica(scrapes));
    expect(usageRowsOf(fetched)[0]).toMatchObject({
      uncachedPromptTokens: 0,
      cachedPromptTokens: 2_000,
    });
    expect(warningsOf(fetched).join()).toContain('500 cache hits');
  });

  test('names behind Ray are read alike, but never beside the plain ones', async () => {
    const plain = replica(steadyScrapes(around, steady));
    const ray = renamed(plain, 'vllm:', 'ray_vllm_');
    expect(usageRowsOf(await read(ray))[0]?.outputTokens).toBe(200);
    await server?.close();
    expect(failuresOf(await read([...plain, ...ray]))[0]).toMatchObject({ code: 'config' });
  });
});

test('a restart is not covered, its new value counts, the possible loss is reported', async () => {
  const before = steadyScrapes({ fromMs: START, toMs: START + 120_000 }, steady);
  const after = steadyScrapes({ fromMs: START + 210_000, toMs: START + 300_000 }, steady);
  const fetched = await read(replica([...before, ...after]));
  expect(usageRowsOf(fetched)[0]).toMatchObject({ outputTokens: 140, replicaMs: 210_000 });
  expect(warningsOf(fetched).join()).toMatch(/restarted once.* up to 600 prompt and 60 output/);
});

describe('busy time', () => {
  /** Scrapes every minute with these gauges; tokens move in the steps that end with a `true`. */
  async function busyMs(gauges: readonly (readonly [number, boolean])[]) {
    let output = 0;
    const scrapes = gauges.map(([running, moved], index) => {
      output += moved ? 10 : 0;
      return { atMs: START + index * 60_000, prompt: output, output, running };
    });
    return usageRowsOf(await read(replica(scrapes)))[0]?.busyMs;
  }

  test('counts a step that begins with a running request', async () => {
    expect(
      await busyMs([
        [2, false],
        [0, true],
        [0, false],
      ]),
    ).toBe(60_000);
  });

  test('counts a step between idle scrapes in which tokens moved', async () => {
    expect(
      await busyMs([
        [0, false],
        [0, true],
        [0, false],
      ]),
    ).toBe(60_000);
  });

  test('does not count the step in which the first request came, but the last one', async () => {
    expect(
      await busyMs([
        [0, false],
        [1, true],
        [0, true],
        [0, false],
      ]),
    ).toBe(60_000);
  });
});

describe('the queries', () => {
  test('are one per chunk, with the samples around it, at an instant', async () => {
    await read(replica(steadyScrapes(around, steady)), { lookbackMinutes: 30 });
    expect(server?.requests).toHaveLength(1);
    const { path, query } = server?.requests[0] ?? { path: '', query: new URLSearchParams() };
    expect(path).toBe('/api/v1/query');
    expect(query.get('query')).toMatch(/\[7200s\]$/);
    expect(query.get('time')).toBe(String((START + 1.5 * HOUR_MS) / 1000));
  });

  test('keep the body, the digest and the window of each answer', async () => {
    const [fetched] = await read(replica(steadyScrapes(around, steady)));
    expect(fetched?.fetch).toMatchObject({ kind: 'prometheus.usage', status: 200, window });
    expect(JSON.parse(bodyText(fetched?.fetch.body))).toHaveProperty('data');
  });

  test('work behind a path prefix, keeping the parameters of the address', async () => {
    server = await startServer(
      json({ status: 'success', data: { resultType: 'matrix', result: [] } }),
    );
    const url = `${server.origin}/select/0/prometheus/?dedup=true`;
    await pullUsage({ url }, { window, usage: [chat] });
    expect(server.requests[0]?.path).toBe('/select/0/prometheus/api/v1/query');
    expect(server.requests[0]?.query.get('dedup')).toBe('true');
  });

  test('are split in halves when the server refuses for size, which is reported once', async () => {
    const long = { startMs: START - 10 * HOUR_MS, endMs: START + 14 * HOUR_MS };
    const series = replica(
      steadyScrapes({ fromMs: long.startMs, toMs: long.endMs, everyMs: 60_000 }, steady),
    );
    server = await startSynthetic(series, { longestSeconds: 9 * 3_600 });
    const fetched = await pullUsage({ url: server.origin }, { window: long, usage: [chat] });
    expect(failuresOf(fetched)).toEqual([]);
    expect(usageRowsOf(fetched)).toHaveLength(24 * 12);
    expect(
      warningsOf(fetched).filter((text) => text.includes('more than 6 h per query')),
    ).toHaveLength(1);
  });

  test('ask for starts only where a first value depends on them, and use them', async () => {
    const late = { fromMs: START + 600_000, toMs: around.toMs };
    const head = steadyScrapes(late, steady).map((one) => ({ ...one, output: one.output + 7 }));
    const start = {
      labels: { __name__: 'process_start_time_seconds', job: 'vllm', instance: '10.0.0.1:8000' },
      samples: head.map(({ atMs }): [number, number] => [atMs, START / 1000 + 590]),
    };
    const fetched = await read([...replica(head), start]);
    expect(fetched.map(({ fetch }) => fetch.kind)).toEqual([
      'prometheus.start-times',
      'prometheus.usage',
    ]);
    expect(usageRowsOf(fetched).reduce((sum, row) => sum + row.outputTokens, 0)).toBe(200 * 10 + 7);
  });
});
