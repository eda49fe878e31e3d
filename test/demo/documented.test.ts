/**
 * Checks the emulators, and the code that reads the real providers, against facts from their
 * documentation as of 2026-11. `test/reference/` checks them against the documents themselves.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOpenrouter } from '../../src/demo/emulators/openrouter.ts';
import { startPrometheus } from '../../src/demo/emulators/prometheus.ts';
import { startRunpod } from '../../src/demo/emulators/runpod.ts';
import type { Emulator } from '../../src/demo/emulators/emulator.ts';
import { OPENROUTER_KEY, RUNPOD_KEY } from '../../src/demo/keys.ts';
import { RUNPOD_FAMILIES } from '../../src/sources/runpod/wire.ts';
import { requestEmulator, demoClock, FLEET } from '../support/demoFleet.ts';

let runpod: Emulator;
let prometheus: Emulator;
let openrouter: Emulator;

beforeAll(async () => {
  runpod = await startRunpod(FLEET, demoClock());
  prometheus = await startPrometheus(FLEET, demoClock());
  openrouter = await startOpenrouter(FLEET, demoClock());
});
afterAll(async () => {
  for (const emulator of [runpod, prometheus, openrouter]) await emulator.close();
});

/** RunPod, REST v2, `/v2/billing/…`: dollars of one resource in one bucket. */
const BILLS = [
  { name: 'pods', id: 'podId', amounts: ['gpuAmount', 'cpuAmount', 'diskAmount'] },
  {
    name: 'serverless',
    id: 'serverlessId',
    amounts: ['gpuAmount', 'cpuAmount', 'diskAmount', 'feeAmount'],
  },
  {
    name: 'network-volumes',
    id: 'networkVolumeId',
    amounts: ['standardAmount', 'highPerformanceAmount'],
  },
] as const;

describe("RunPod's bill", () => {
  it.each(BILLS)('of $name has its documented amounts, and each is a known part', async (bill) => {
    const query = { startTime: '2026-07-08T00:00:00Z', endTime: '2026-07-09T00:00:00Z' };
    const path = `/v2/billing/${bill.name}`;
    const { json } = await requestEmulator(runpod, path, { key: RUNPOD_KEY, query });
    const records = json['records'] as unknown as readonly object[];
    const fields = ['startTime', 'endTime', bill.id, 'totalAmount', ...bill.amounts];
    for (const record of records) expect(Object.keys(record).sort()).toEqual([...fields].sort());
    const family = RUNPOD_FAMILIES.find(({ name }) => name === bill.name);
    expect(family?.parts.map(({ field }) => field)).toEqual(bill.amounts);
  });

  it('is available by hour, day, week, month and year, and by no other bucket', async () => {
    const statusOf = async (bucketSize: string) =>
      (
        await requestEmulator(runpod, '/v2/billing/pods', {
          key: RUNPOD_KEY,
          query: { bucketSize },
        })
      ).status;
    const sizes = ['hour', 'day', 'week', 'month', 'year'];
    for (const size of sizes) expect(await statusOf(size)).toBe(200);
    expect(await statusOf('decade')).toBe(400);
  });
});

describe("Prometheus' HTTP API", () => {
  const query = (text: string) =>
    requestEmulator(prometheus, '/api/v1/query', {
      query: { query: text, time: '2026-07-15T12:00:00Z' },
    });

  it('returns times as numbers of seconds and values as text', async () => {
    const { json } = await query(
      'vllm:generation_tokens_total{model_name="mistral-small-3.2-24b"}[15m]',
    );
    expect(json).toMatchObject({ status: 'success', data: { resultType: 'matrix' } });
    const { data } = json as unknown as {
      data: { result: { values: unknown[][]; metric: object }[] };
    };
    const [series] = data.result;
    expect(series?.values.length).toBeGreaterThan(1);
    for (const [at, value] of series?.values ?? []) {
      expect([typeof at, typeof value]).toEqual(['number', 'string']);
    }
    const labels = ['__name__', 'engine', 'instance', 'job', 'model_name'];
    expect(Object.keys(series?.metric ?? {}).sort()).toEqual(labels);
  });

  it('answers a range without samples with an empty list, a bad query with an error', async () => {
    expect((await query('no_such_metric[5m]')).json).toEqual({
      status: 'success',
      data: { resultType: 'matrix', result: [] },
    });
    const refused = await query('increase(');
    expect(refused.status).toBe(400);
    expect(refused.json).toEqual({
      status: 'error',
      errorType: 'bad_data',
      error: 'invalid parameter "query": 1:10: parse error: unclosed left parenthesis',
    });
  });
});

describe("OpenRouter's list of endpoints", () => {
  it('has the fields that every caller sees, and two that require a key', async () => {
    const model = FLEET.deployments[0]?.hosted.model ?? '';
    const path = `/api/v1/models/${model}/endpoints`;
    const { json } = await requestEmulator(openrouter, path, { key: OPENROUTER_KEY });
    const [first] = (json as unknown as { data: { endpoints: object[] } }).data.endpoints;
    const seen = [
      'context_length',
      'max_completion_tokens',
      'max_prompt_tokens',
      'model_id',
      'model_name',
      'name',
      'pricing',
      'provider_name',
      'quantization',
      'status',
      'supported_parameters',
      'supports_implicit_caching',
      'tag',
      'uptime_last_1d',
      'uptime_last_30m',
      'uptime_last_5m',
    ];
    const withKey = ['latency_last_30m', 'throughput_last_30m'];
    expect(Object.keys(first ?? {}).sort()).toEqual([...seen, ...withKey].sort());
  });
});
