/**
 * Tests the engines that a real Prometheus has counters of, and how a server is queried for them.
 */

import { expect, onTestFinished, test } from 'vitest';
import { settableClock } from '../../../src/platform/clock.ts';
import { createHttpClient } from '../../../src/platform/httpClient.ts';
import { prometheusKind } from '../../../src/sources/registry.ts';
import { json, startServer } from '../../support/httpServer.ts';
import { sharedPrometheus } from '../../support/prometheus.ts';
import { SGLANG } from '../../support/prometheusStories.ts';

const { startMs, endMs, model } = SGLANG;

function source(options: object) {
  const clock = settableClock(endMs);
  const http = createHttpClient({ clock, retries: 0, sleep: () => Promise.resolve() });
  return prometheusKind.create('prom', prometheusKind.options.parse(options), { clock, http });
}

test('a real Prometheus gives the engine, its model and its places', async () => {
  const found = await source({ url: await sharedPrometheus() }).seen?.({ startMs, endMs });
  expect(found?.filter((one) => one.model === model)).toMatchObject([
    { engine: 'sglang', title: 'SGLang', match: { model_name: model }, spellings: ['sglang:'] },
  ]);
  // Before the story nothing of it existed.
  const before = { startMs: startMs - 2 * 86_400_000, endMs: startMs - 86_400_000 };
  const none = await source({ url: await sharedPrometheus() }).seen?.(before);
  expect(none?.filter((one) => one.model === model)).toEqual([]);
});

test.each([
  [{}, 1],
  [{ backend: 'google' }, 20],
])('a server of %o gets one query, with at least so many matchers', async (options, least) => {
  const server = await startServer(json({ status: 'success', data: [] }));
  onTestFinished(() => server.close());
  expect(await source({ url: server.origin, ...options }).seen?.({ startMs, endMs })).toEqual([]);
  expect(server.requests).toHaveLength(1);
  const matchers = server.requests[0]?.query.getAll('match[]') ?? [];
  expect(matchers.length).toBeGreaterThanOrEqual(least);
  expect(matchers.join(' ')).toContain('vllm:prompt_tokens_total');
});

test('a server that refuses gives the reason', async () => {
  const server = await startServer(json({ status: 'error', error: 'no' }, 422));
  onTestFinished(() => server.close());
  await expect(source({ url: server.origin }).seen?.({ startMs, endMs })).rejects.toMatchObject({
    name: 'Failure',
  });
});
