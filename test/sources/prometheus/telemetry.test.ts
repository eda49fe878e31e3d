/** Tests GPU telemetry by the hour, as dcgm-exporter reports it to Prometheus. */

import { afterEach, describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../../src/domain/period.ts';
import { settableClock } from '../../../src/platform/clock.ts';
import { createHttpClient } from '../../../src/platform/httpClient.ts';
import { prometheusKind } from '../../../src/sources/registry.ts';
import { scrapedSeries, type SeriesSpec } from '../../support/engineSeries.ts';
import type { TestServer } from '../../support/httpServer.ts';
import {
  type MadeSeries,
  type SyntheticLimits,
  startSynthetic,
} from '../../support/syntheticPrometheus.ts';
import { pullWarningSentences } from '../../support/factSentences.ts';

const START = Date.UTC(2026, 4, 12);
const hours = { startMs: START, endMs: START + 2 * HOUR_MS };
const exporter = { job: 'dcgm', instance: '10.0.0.1:9400', Hostname: 'node-1' };

let server: TestServer | undefined;
afterEach(() => server?.close());

/** Fields of one GPU: percent of GPU_UTIL, then shares of the engine, tensor cores and memory. */
function gpu(
  labels: Readonly<Record<string, string>>,
  result: Readonly<Record<string, number>>,
): SeriesSpec[] {
  return Object.entries(result).map(([name, value]) => {
    return { name: `DCGM_FI_${name}`, labels, at: () => value };
  });
}

async function watched(
  series: readonly MadeSeries[],
  match: Readonly<Record<string, string>>,
  { window = hours, manners }: { window?: typeof hours; manners?: SyntheticLimits } = {},
) {
  server = await startSynthetic(series, manners);
  const clock = settableClock(hours.endMs + 86_400_000);
  const http = createHttpClient({ clock, sleep: () => Promise.resolve() });
  const options = prometheusKind.options.parse({ url: server.origin });
  const source = prometheusKind.create('prom', options, { clock, http });
  const telemetry = [{ deployment: 'chat', match }];
  const fetched = await Array.fromAsync(source.pull({ window, usage: [], telemetry, models: [] }));
  return {
    facts: fetched.flatMap(({ gpuActivity = [] }) => gpuActivity.map(({ fact }) => fact)),
    failures: fetched.flatMap(({ fetch }) => fetch.failure ?? []),
    warnings: fetched.flatMap(({ warnings }) => pullWarningSentences(warnings)),
  };
}

/** DCGM's value for a missing reading, as a double: 9223372036854775794. */
const NOT_AVAILABLE = 2 ** 63;

const busy = {
  DEV_GPU_UTIL: 91,
  PROF_GR_ENGINE_ACTIVE: 0.156,
  PROF_PIPE_TENSOR_ACTIVE: 0.006,
  PROF_DRAM_ACTIVE: 0.093,
};
const means = {
  gpuUtilMillionths: 910_000,
  engineActiveMillionths: 156_000,
  tensorActiveMillionths: 6_000,
  dramActiveMillionths: 93_000,
};
const first = {
  sourceId: 'prom',
  deployment: 'chat',
  period: { startMs: START, endMs: START + HOUR_MS },
};

test('means are weighted by the time of all GPUs, each hour separately', async () => {
  const idle = { DEV_GPU_UTIL: 1, PROF_GR_ENGINE_ACTIVE: 0.04, PROF_DRAM_ACTIVE: 0 };
  const series = scrapedSeries(hours, exporter, [
    ...gpu({ UUID: 'GPU-a', gpu: '0' }, busy),
    ...gpu({ UUID: 'GPU-b', gpu: '1' }, idle),
  ]);
  const { facts } = await watched(series, { Hostname: 'node-1' });
  expect(facts).toHaveLength(2);
  expect(facts[0]).toEqual({
    ...first,
    gpuMs: 2 * HOUR_MS,
    gpuUtilMillionths: 460_000,
    engineActiveMillionths: 98_000,
    tensorActiveMillionths: 6_000,
    dramActiveMillionths: 46_500,
  });
});

test('a GPU that two exporters and two pods report counts once', async () => {
  const series = [
    ...scrapedSeries(hours, exporter, gpu({ UUID: 'GPU-a', pod: 'chat-1' }, busy)),
    ...scrapedSeries(hours, exporter, gpu({ UUID: 'GPU-a', pod: 'chat-2' }, busy)),
    ...scrapedSeries(
      hours,
      { ...exporter, job: 'again' },
      gpu({ UUID: 'GPU-a', pod: 'chat-1' }, busy),
    ),
  ];
  expect((await watched(series, { pod: 'chat-*' })).facts[0]).toEqual({
    ...first,
    gpuMs: HOUR_MS,
    ...means,
  });
});

describe('the pod that has the GPU', () => {
  const own = { ...exporter, pod: 'dcgm-exporter-x', namespace: 'monitoring' };
  const pushed = scrapedSeries(
    hours,
    own,
    gpu({ UUID: 'GPU-a', exported_pod: 'chat-1', exported_namespace: 'llm' }, busy),
  );

  test('is found where the labels of the exporter have pushed its own aside', async () => {
    const { facts } = await watched(pushed, { pod: 'chat-*', namespace: 'llm' });
    expect(facts[0]).toEqual({ ...first, gpuMs: HOUR_MS, ...means });
  });

  test("is not the exporter's own", async () => {
    const { facts, warnings } = await watched(pushed, { pod: 'dcgm-*' });
    expect(facts).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('No GPU in dcgm-exporter matches')]);
  });
});

test('the host label may have either spelling', async () => {
  const { Hostname: _, ...nameless } = exporter;
  const series = [
    ...scrapedSeries(hours, exporter, gpu({ UUID: 'GPU-a' }, busy)),
    ...scrapedSeries(hours, { ...nameless, hostname: 'node-1' }, gpu({ UUID: 'GPU-b' }, busy)),
  ];
  expect((await watched(series, { Hostname: 'node-*' })).facts[0]?.gpuMs).toBe(2 * HOUR_MS);
});

test('MIG instances weigh by their slices, and the whole GPU is not counted', async () => {
  const cut = (GPU_I_ID: string, GPU_I_PROFILE: string, active: number) =>
    gpu({ UUID: 'GPU-a', GPU_I_ID, GPU_I_PROFILE }, { PROF_GR_ENGINE_ACTIVE: active });
  const series = scrapedSeries(hours, exporter, [
    ...gpu({ UUID: 'GPU-a' }, { DEV_GPU_UTIL: 100, PROF_GR_ENGINE_ACTIVE: 1 }),
    ...cut('3', '4g.40gb', 0.5),
    ...cut('5', '3g.40gb', 0.15),
  ]);
  const { facts } = await watched(series, {});
  expect(facts[0]).toEqual({ ...first, gpuMs: HOUR_MS, engineActiveMillionths: 350_000 });
});

test('an unavailable field is left out, and so are newer names read', async () => {
  const series = scrapedSeries(hours, exporter, [
    ...gpu({ UUID: 'GPU-a' }, { DEV_GPU_UTIL: NOT_AVAILABLE, PROF_DRAM_ACTIVE: 0.5 }),
    ...gpu({ UUID: 'GPU-a' }, { PROF_GR_ENGINE_UTIL_RATIO: 0.25, PROF_TENSOR_UTIL_RATIO: 0.125 }),
  ]);
  expect((await watched(series, {})).facts[0]).toEqual({
    ...first,
    gpuMs: HOUR_MS,
    engineActiveMillionths: 250_000,
    tensorActiveMillionths: 125_000,
    dramActiveMillionths: 500_000,
  });
});

test('a GPU without samples for a while is not idle in it', async () => {
  const silent = (step: number) => (step >= 100 && step < 180 ? undefined : 60);
  const result = [{ name: 'DCGM_FI_DEV_GPU_UTIL', labels: { UUID: 'GPU-a' }, at: silent }];
  const { facts } = await watched(scrapedSeries(hours, exporter, result), {});
  expect(facts[0]).toEqual({ ...first, gpuMs: HOUR_MS - 81 * 15_000, gpuUtilMillionths: 600_000 });
});

test('a server that refuses a large query gets smaller ones', async () => {
  const series = scrapedSeries(hours, exporter, gpu({ UUID: 'GPU-a' }, busy));
  const manners = { longestSeconds: 4_200 };
  const { facts, failures } = await watched(series, {}, { manners });
  expect(failures).toEqual([]);
  expect(facts.map(({ gpuMs }) => gpuMs)).toEqual([HOUR_MS, HOUR_MS]);
});

test('an hour is reported whole, and only once it is over', async () => {
  const series = scrapedSeries(hours, exporter, gpu({ UUID: 'GPU-a' }, busy));
  const window = { startMs: START + 900_000, endMs: START + HOUR_MS + 900_000 };
  const { facts } = await watched(series, {}, { window });
  expect(facts).toEqual([{ ...first, gpuMs: HOUR_MS, ...means }]);
});
