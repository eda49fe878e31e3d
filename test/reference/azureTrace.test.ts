/** Holds the reading of usage to a real production hour, through a real Prometheus server. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { UsageRow } from '../../src/domain/usage.ts';
import { type PrometheusServer, startPrometheus } from '../support/prometheus.ts';
import { failuresOf, pullUsage, rowsOf, warningsOf } from '../support/prometheusSource.ts';
import { readTrace, totalsOf, traceToOpenMetrics } from '../support/traceToOpenMetrics.ts';

const FILE = '../../../shared/reference/traces/azure-llm-inference-2023-conv.csv';
const startMs = Date.UTC(2026, 4, 12, 10);
const window = { startMs, endMs: startMs + 3_600_000 };
const trace = readTrace(readFileSync(join(import.meta.dirname, FILE), 'utf8'));

const ONE = 'one-replica';
const FOUR = 'four-replicas';
const INSTANCES = ['10.0.0.11:8000', '10.0.0.12:8000', '10.0.0.13:8000', '10.0.0.14:8000'];

/** By model: a family may stand but once in a text, so each text has a server of its own. */
const servers = new Map<string, PrometheusServer>();
beforeAll(async () => {
  const scraping = { startMs, endMs: window.endMs };
  const one = traceToOpenMetrics(trace, { ...scraping, modelName: ONE });
  const four = traceToOpenMetrics(trace, { ...scraping, modelName: FOUR, instances: INSTANCES });
  servers.set(ONE, await startPrometheus(one));
  servers.set(FOUR, await startPrometheus(four));
});
afterAll(async () => {
  for (const server of servers.values()) await server.close();
});

async function read(modelName: string) {
  const url = servers.get(modelName)?.origin;
  const match = { model_name: modelName };
  return pullUsage({ url }, { window, usage: [{ deployment: 'chat', engine: 'vllm', match }] });
}

function sum(rows: readonly UsageRow[], of: (row: UsageRow) => number | undefined): number {
  return rows.reduce((total, row) => total + (of(row) ?? Number.NaN), 0);
}

describe('an hour of real requests, scraped every 15 s', () => {
  test('is the hour that was published: 19,366 requests', () => {
    expect(totalsOf(trace)).toEqual({
      requests: 19_366,
      promptTokens: 22_361_870,
      outputTokens: 4_088_665,
    });
  });

  test.each([ONE, FOUR])('has the very totals of the trace, served by %s', async (modelName) => {
    const fetched = await read(modelName);
    const rows = rowsOf(fetched);
    expect(failuresOf(fetched)).toEqual([]);
    expect(warningsOf(fetched)).toEqual([]);
    expect({
      requests: sum(rows, ({ requests }) => requests),
      promptTokens: sum(rows, ({ uncachedPromptTokens }) => uncachedPromptTokens),
      outputTokens: sum(rows, ({ outputTokens }) => outputTokens),
    }).toEqual(totalsOf(trace));
  });

  test.each([
    [ONE, 1],
    [FOUR, 4],
  ])('covers the whole hour of %s', async (modelName, replicas) => {
    const rows = rowsOf(await read(modelName));
    expect(rows).toHaveLength(12);
    expect(sum(rows, ({ replicaMs }) => replicaMs)).toBe(replicas * 3_600_000);
    expect(sum(rows, ({ busyMs }) => busyMs)).toBeGreaterThan(replicas * 3_000_000);
    expect(rows.every((row) => (row.busyMs ?? 0) <= (row.replicaMs ?? 0))).toBe(true);
  });

  test('says nothing of the cache, for these counters do not tell', async () => {
    const rows = rowsOf(await read(ONE));
    expect(rows.every((row) => row.cachedPromptTokens === undefined)).toBe(true);
  });
});
