/** Tests that a real VictoriaMetrics gives the same results as a real Prometheus. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, type Period } from '../../../src/domain/period.ts';
import type { Fetched } from '../../../src/domain/provenance.ts';
import { settableClock, systemClock } from '../../../src/platform/clock.ts';
import { createHttpClient } from '../../../src/platform/httpClient.ts';
import { prometheusKind } from '../../../src/sources/registry.ts';
import type { UsageTarget } from '../../../src/sources/source.ts';
import { startServer } from '../../support/httpServer.ts';
import { sharedPrometheus } from '../../support/prometheus.ts';
import { failuresOf, pullUsage, usageRowsOf, warningsOf } from '../../support/prometheusSource.ts';
import type { StartedServer } from '../../support/thirdPartyServer.ts';
import { COPIES, CRASH, openMetricsOf, SGLANG, stories } from '../../support/prometheusStories.ts';
import { serveVictoriaMetrics, waitUntilSearchable } from '../../support/victoriaMetrics.ts';
import { processSeries, steadyScrapes } from '../../support/vllmSeries.ts';

let victoria: StartedServer;
beforeAll(async () => {
  victoria = await serveVictoriaMetrics({ texts: stories() });
});
afterAll(() => victoria.close());

function sourceAt(url: string, nowMs: number) {
  const clock = settableClock(nowMs);
  const http = createHttpClient({ clock, retries: 0, sleep: () => Promise.resolve() });
  return prometheusKind.create('prom', prometheusKind.options.parse({ url }), { clock, http });
}

/** The result of a pull without its fetches, which have another address. */
async function pulledFacts(url: string, window: Period, usage: UsageTarget): Promise<object> {
  const telemetry = [{ deployment: 'chat', match: { Hostname: 'story-*' } }];
  const source = sourceAt(url, window.endMs + DAY_MS);
  const pulled = source.pull({ window, usage: [usage], telemetry, models: [] });
  const fetched: Fetched[] = await Array.fromAsync(pulled);
  return {
    kinds: fetched.map(({ fetch }) => fetch.kind),
    facts: fetched.map((one) => ({ ...one, fetch: undefined })),
    failures: failuresOf(fetched),
  };
}

describe('a story', () => {
  test.each([
    ['of a crash', CRASH, { engine: 'vllm' }],
    ['of one process that is scraped thrice', COPIES, { engine: 'vllm' }],
    ['of ranks, tenants, latency and a GPU', SGLANG, { engine: 'sglang', tenantLabel: 'tenant' }],
  ])('%s gives the same, to the token', async (_, { model, startMs, endMs }, options) => {
    const usage = { deployment: 'chat', match: { model_name: model }, ...options };
    const result = await pulledFacts(victoria.origin, { startMs, endMs }, usage);
    expect(result).toEqual(await pulledFacts(await sharedPrometheus(), { startMs, endMs }, usage));
    expect(result).toMatchObject({ failures: [] });
    expect(JSON.stringify(result)).toContain('uncachedPromptTokens');
  });

  test('is the same however it is asked for in chunks', async () => {
    const { startMs, endMs, model } = SGLANG;
    const usage = [{ deployment: 'chat', engine: 'sglang', match: { model_name: model } }];
    const request = { window: { startMs, endMs }, usage };
    const [whole, cut] = await Promise.all(
      [24, 1].map((chunkHours) => pullUsage({ url: victoria.origin, chunkHours }, request)),
    );
    expect(usageRowsOf(cut ?? [])).toEqual(usageRowsOf(whole ?? []));
    expect(usageRowsOf(cut ?? [])).toHaveLength(24);
  });
});

test('a match without results is answered with what exists', async () => {
  const { startMs, endMs, model } = CRASH;
  const usage = [{ deployment: 'chat', engine: 'vllm', match: { model_name: 'cr' } }];
  const fetched = await pullUsage({ url: victoria.origin }, { window: { startMs, endMs }, usage });
  expect(failuresOf(fetched)[0]?.message).toContain(`the values of model_name are "${model}"`);
});

test('its engines are found with their models', async () => {
  const { startMs, endMs, model } = SGLANG;
  const seen = await sourceAt(victoria.origin, endMs).seen?.({ startMs, endMs });
  expect(seen?.filter((one) => one.model === model)).toMatchObject([{ engine: 'sglang' }]);
});

test('what it scraped of a replica that went and came back is read without a reject', async () => {
  let count = 0;
  const server = await startServer((response) => {
    count += 1;
    const names = ['vllm:prompt_tokens_total', 'vllm:generation_tokens_total'];
    const lines = names.map((name) => `${name}{model_name="m"} ${count * 100}\n`);
    // The third scrape fails: the server stores that the series are gone.
    response.writeHead(count === 3 ? 500 : 200, { 'content-type': 'text/plain' });
    response.end(lines.join(''));
  });
  const target = new URL(server.origin).host;
  const job = { job_name: 'vllm', scrape_interval: '1s', static_configs: [{ targets: [target] }] };
  const scrapes = JSON.stringify({ scrape_configs: [job] });
  const own = await serveVictoriaMetrics({ scrapes });
  try {
    const asked = `${own.origin}/api/v1/query?query=vllm:prompt_tokens_total[1h]`;
    const samples = async () => {
      await waitUntilSearchable(own);
      return (await fetch(asked)).text();
    };
    await expect.poll(samples, { interval: 500 }).toMatch(/"NaN"\],\[.*"500"/);
    const startMs = Math.floor(systemClock.nowMs() / HOUR_MS - 1) * HOUR_MS;
    const window = { startMs, endMs: startMs + 3 * HOUR_MS };
    const usage = [{ deployment: 'chat', engine: 'vllm', match: { model_name: 'm' } }];
    const fetched = await pullUsage({ url: own.origin }, { window, usage });
    expect(failuresOf(fetched)).toEqual([]);
    expect(fetched.flatMap(({ rejects = [] }) => rejects)).toEqual([]);
    expect(warningsOf(fetched).join()).not.toContain('rejected');
    const output = usageRowsOf(fetched).reduce((sum, row) => sum + row.outputTokens, 0);
    // From the first scrape, which is an anchor, over the gap: 100 for each that followed.
    expect(output).toBeGreaterThanOrEqual(400);
    expect(output % 100).toBe(0);
  } finally {
    await own.close();
    await server.close();
  }
});

test('its retention is reported to the day', async () => {
  const nowMs = systemClock.nowMs();
  const rise = { prompt: 100, output: 10 };
  const span = { fromMs: nowMs - 92 * DAY_MS, toMs: nowMs, everyMs: HOUR_MS };
  const text = openMetricsOf(processSeries({ instance: 'a' }, steadyScrapes(span, rise)));
  const own = await serveVictoriaMetrics({ texts: [text], retention: '50d' });
  try {
    const chat = { deployment: 'chat', engine: 'vllm', match: { model_name: 'm' } };
    const kept = await sourceAt(own.origin, nowMs).retention?.([chat]);
    expect(kept?.told).toBe('oldest sample');
    expect((kept?.keepsMs ?? 0) / DAY_MS).toBeGreaterThanOrEqual(50);
    // It finds series by the day, and we search to the day.
    expect((kept?.keepsMs ?? 0) / DAY_MS).toBeLessThan(52.1);
  } finally {
    await own.close();
  }
});
