/** Tests SGLang, its tenants, latency and GPU through a real Prometheus and a ledger. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Fetched } from '../../../src/domain/provenance.ts';
import { HOUR_MS } from '../../../src/domain/period.ts';
import { settableClock } from '../../../src/platform/clock.ts';
import { createHttpClient } from '../../../src/platform/httpClient.ts';
import { prometheusKind } from '../../../src/sources/registry.ts';
import type { TestServer } from '../../support/httpServer.ts';
import { sharedPrometheus } from '../../support/prometheus.ts';
import { SGLANG, sglangSeries } from '../../support/prometheusStories.ts';
import { startSynthetic } from '../../support/syntheticPrometheus.ts';

const { startMs, endMs, model } = SGLANG;
const STEPS = 480;

let synthetic: TestServer;
beforeAll(async () => {
  synthetic = await startSynthetic(sglangSeries());
});
afterAll(() => synthetic.close());

function pulledFrom(url: string, tenantLabel?: string): Promise<Fetched[]> {
  const clock = settableClock(endMs + 86_400_000);
  const http = createHttpClient({ clock, sleep: () => Promise.resolve() });
  const options = prometheusKind.options.parse({ url });
  const source = prometheusKind.create('prom', options, { clock, http });
  const match = { model_name: model };
  const request = { deployment: 'chat', engine: 'sglang', match };
  const usage = [tenantLabel === undefined ? request : { ...request, tenantLabel }];
  const telemetry = [{ deployment: 'chat', match: { Hostname: 'story-*' } }];
  const window = { startMs, endMs };
  return Array.fromAsync(source.pull({ window, usage, telemetry, models: [] }));
}

const factsOf = (fetched: readonly Fetched[]) => ({
  rows: fetched.flatMap(({ usage = [] }) => usage.map(({ fact }) => fact)),
  parts: fetched.flatMap(({ usageParts = [] }) => usageParts.map(({ fact }) => fact)),
  latency: fetched.flatMap(({ latency = [] }) => latency.map(({ fact }) => fact)),
  activity: fetched.flatMap(({ gpuActivity = [] }) => gpuActivity.map(({ fact }) => fact)),
  failures: fetched.flatMap(({ fetch }) => fetch.failure ?? []),
});

test('a real Prometheus and the emulated one give the same for SGLang', async () => {
  const real = factsOf(await pulledFrom(await sharedPrometheus()));
  expect(real.failures).toEqual([]);
  const sum = (of: 'uncachedPromptTokens' | 'cachedPromptTokens' | 'outputTokens') =>
    real.rows.reduce((total, row) => total + (row[of] ?? Number.NaN), 0);
  expect(sum('uncachedPromptTokens')).toBe(STEPS * 300);
  expect(sum('cachedPromptTokens')).toBe(STEPS * 100);
  expect(sum('outputTokens')).toBe(STEPS * 40);
  expect(real.latency.map(({ boundsSeconds, counts }) => [boundsSeconds, counts])).toEqual([
    [[0.5], [240 * 4, 0]],
    [[0.5], [240 * 4, 0]],
  ]);
  expect(real.activity).toMatchObject([
    { gpuMs: HOUR_MS, gpuUtilMillionths: 900_000, engineActiveMillionths: 250_000 },
    { gpuMs: HOUR_MS },
  ]);
  expect(real).toEqual(factsOf(await pulledFrom(synthetic.origin)));
});

test('with tenants the totals that name them are used, and sum to the rows', async () => {
  const { rows, parts } = factsOf(await pulledFrom(await sharedPrometheus(), 'tenant'));
  const output = (of: readonly { readonly outputTokens: number }[]) =>
    of.reduce((total, { outputTokens }) => total + outputTokens, 0);
  expect(output(rows)).toBe(STEPS * 40);
  expect(output(parts)).toBe(STEPS * 40);
  expect(parts.map(({ tenant, outputTokens }) => [tenant, outputTokens])).toEqual([
    ['a', 240 * 30],
    ['b', 240 * 10],
    ['a', 240 * 30],
    ['b', 240 * 10],
  ]);
});
