/** Checks the reading of usage against a real production hour, through a real Prometheus server. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { UsageRow } from '../../src/domain/usage.ts';
import { sharedPrometheus } from '../support/prometheus.ts';
import { failuresOf, pullUsage, usageRowsOf, warningsOf } from '../support/prometheusSource.ts';
import { AZURE, AZURE_TRACE } from '../support/prometheusStories.ts';
import { readTrace, sumTrace } from '../support/traceToOpenMetrics.ts';

const trace = readTrace(readFileSync(AZURE_TRACE, 'utf8'));
const { startMs, endMs, one: ONE, four: FOUR } = AZURE;
const window = { startMs, endMs };

async function read(modelName: string) {
  const url = await sharedPrometheus();
  const match = { model_name: modelName };
  return pullUsage({ url }, { window, usage: [{ deployment: 'chat', engine: 'vllm', match }] });
}

function sum(rows: readonly UsageRow[], of: (row: UsageRow) => number | undefined): number {
  return rows.reduce((total, row) => total + (of(row) ?? Number.NaN), 0);
}

describe('an hour of real requests, scraped every 15 s', () => {
  test('is the published hour: 19,366 requests', () => {
    expect(sumTrace(trace)).toEqual({
      requests: 19_366,
      promptTokens: 22_361_870,
      outputTokens: 4_088_665,
    });
  });

  test.each([ONE, FOUR])('has the exact totals of the trace, served by %s', async (modelName) => {
    const fetched = await read(modelName);
    const rows = usageRowsOf(fetched);
    expect(failuresOf(fetched)).toEqual([]);
    expect(warningsOf(fetched)).toEqual([]);
    expect({
      requests: sum(rows, ({ requests }) => requests),
      promptTokens: sum(rows, ({ uncachedPromptTokens }) => uncachedPromptTokens),
      outputTokens: sum(rows, ({ outputTokens }) => outputTokens),
    }).toEqual(sumTrace(trace));
  });

  test.each([
    [ONE, 1],
    [FOUR, 4],
  ])('covers the whole hour of %s', async (modelName, replicas) => {
    const rows = usageRowsOf(await read(modelName));
    expect(rows).toHaveLength(12);
    expect(sum(rows, ({ replicaMs }) => replicaMs)).toBe(replicas * 3_600_000);
    expect(sum(rows, ({ busyMs }) => busyMs)).toBeGreaterThan(replicas * 3_000_000);
    expect(rows.every((row) => (row.busyMs ?? 0) <= (row.replicaMs ?? 0))).toBe(true);
  });

  test('has no cache counts, because these counters do not include them', async () => {
    const rows = usageRowsOf(await read(ONE));
    expect(rows.every((row) => row.cachedPromptTokens === undefined)).toBe(true);
  });
});
