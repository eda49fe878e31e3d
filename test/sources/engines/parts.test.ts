/** Tests which tokens belong to whom: parts of the rows by the hour, from labels or the config. */

import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../src/domain/period.ts';
import {
  pullEngine,
  scrapedSeries,
  scrapeIndexAt,
  type SeriesSpec,
} from '../../support/engineSeries.ts';

const START = Date.UTC(2026, 4, 12);
const hours = { startMs: START, endMs: START + 2 * HOUR_MS };
const STEPS = 240;
const address = { job: 'llm', instance: '10.0.0.1:8000' };

/** What one tenant requested, under the labels of its requests. */
function asked(labels: Readonly<Record<string, string>>, per: number): SeriesSpec[] {
  const own = { model_name: 'm', ...labels };
  return [
    { name: 'sglang:prompt_tokens_total', labels: own, per: 10 * per },
    { name: 'sglang:generation_tokens_total', labels: own, per },
    { name: 'sglang:cached_tokens_total', labels: own, per: 4 * per },
    { name: 'sglang:num_requests_total', labels: own, per: 1 },
  ];
}

const running: SeriesSpec = {
  name: 'sglang:num_running_reqs',
  labels: { model_name: 'm' },
  at: () => 1,
};

test('parts by tenant and team sum to the row, hour by hour', async () => {
  const result = [...asked({ tenant: 'a', org: 'x' }, 3), ...asked({ tenant: 'b', org: 'x' }, 5)];
  const rest = asked({}, 1);
  const series = scrapedSeries(hours, address, [...result, ...rest, running]);
  const { parts, rows, prompt, replicaMs } = await pullEngine(series, hours, {
    engine: 'sglang',
    tenantLabel: 'tenant',
    teamLabel: 'org',
  });
  expect(prompt).toBe(2 * STEPS * 90);
  expect(replicaMs).toBe(2 * HOUR_MS);
  expect(rows).toHaveLength(24);
  const hour = (startMs: number, tenant: string, per: number) => ({
    sourceId: 'prom',
    deployment: 'chat',
    period: { startMs, endMs: startMs + HOUR_MS },
    tenant,
    team: 'x',
    uncachedPromptTokens: STEPS * per * 6,
    cachedPromptTokens: STEPS * per * 4,
    outputTokens: STEPS * per,
    requests: STEPS,
  });
  expect(parts).toEqual([
    hour(START, 'a', 3),
    hour(START, 'b', 5),
    hour(START + HOUR_MS, 'a', 3),
    hour(START + HOUR_MS, 'b', 5),
  ]);
});

test('a tenant that appears midway counts from its first token on', async () => {
  const from = scrapeIndexAt(hours, START + HOUR_MS);
  const late = asked({ tenant: 'late' }, 2).map(({ per = 0, ...each }) => ({
    ...each,
    at: (step: number) => (step < from ? undefined : per * (step - from + 1)),
  }));
  const series = scrapedSeries(hours, address, [...asked({ tenant: 'a' }, 3), ...late, running]);
  const { parts, output } = await pullEngine(series, hours, {
    engine: 'sglang',
    tenantLabel: 'tenant',
  });
  const sum = (tenant: string) =>
    parts
      .filter((part) => part.tenant === tenant)
      .reduce((all, part) => all + part.outputTokens, 0);
  expect([sum('a'), sum('late')]).toEqual([2 * STEPS * 3, 2 + STEPS * 2]);
  expect(output).toBe(sum('a') + sum('late'));
});

test('demand comes from a label, by value, and an unmapped value has none', async () => {
  const series = scrapedSeries(hours, address, [
    ...asked({ priority: 'bulk' }, 2),
    ...asked({ priority: 'live' }, 3),
    ...asked({ priority: 'odd' }, 7),
    running,
  ]);
  const demand = { label: 'priority', kinds: { bulk: 'batch', live: 'user' } } as const;
  const { parts, output } = await pullEngine(series, hours, { engine: 'sglang', demand });
  expect(parts.slice(0, 2).map((part) => [part.demand, part.outputTokens])).toEqual([
    ['batch', STEPS * 2],
    ['user', STEPS * 3],
  ]);
  expect(output).toBe(2 * STEPS * 12);
});

test('a demand that the config sets for a whole deployment is all of it', async () => {
  const series = scrapedSeries(hours, address, [...asked({}, 3), running]);
  const { parts, rows } = await pullEngine(series, hours, {
    engine: 'sglang',
    demand: 'benchmark',
  });
  expect(parts.map((part) => [part.demand, part.outputTokens])).toEqual([
    ['benchmark', STEPS * 3],
    ['benchmark', STEPS * 3],
  ]);
  const uncached = rows.reduce((sum, row) => sum + row.uncachedPromptTokens, 0);
  expect(parts.reduce((sum, part) => sum + part.uncachedPromptTokens, 0)).toBe(uncached);
});

test('a team that owns pods is identified by the label of their namespace', async () => {
  const pod = (namespace: string) => ({ ...address, instance: `${namespace}:80`, namespace });
  const series = ['red', 'blue'].flatMap((team, index) =>
    scrapedSeries(hours, pod(team), [...asked({}, index + 1), running]),
  );
  const { parts, replicaMs } = await pullEngine(series, hours, {
    engine: 'sglang',
    teamLabel: 'namespace',
  });
  expect(replicaMs).toBe(4 * HOUR_MS);
  expect(parts.slice(0, 2).map((part) => [part.team, part.outputTokens])).toEqual([
    ['blue', STEPS * 2],
    ['red', STEPS],
  ]);
});

test("SGLang's adapters are reported, and live counters without them are not used", async () => {
  const live = ['prefill_compute', 'prefill_cache', 'decode'].map((mode): SeriesSpec => {
    return { name: 'sglang:realtime_tokens_total', labels: { model_name: 'm', mode }, per: 9 };
  });
  const series = scrapedSeries(hours, address, [...asked({ lora: 'fr' }, 2), ...live, running]);
  const { parts, output } = await pullEngine(series, hours, {
    engine: 'sglang',
    adapterLabel: 'lora',
  });
  expect(parts[0]).toMatchObject({ adapter: 'fr', outputTokens: STEPS * 2 });
  expect(output).toBe(2 * STEPS * 2);
});

test('hours are complete: a window that begins within one is widened for it', async () => {
  const series = scrapedSeries(hours, address, [...asked({ tenant: 'a' }, 3), running]);
  const window = { startMs: START + 1_500_000, endMs: START + HOUR_MS + 1_500_000 };
  const { parts } = await pullEngine(series, window, { engine: 'sglang', tenantLabel: 'tenant' });
  expect(parts.map((part) => [part.period.startMs, part.outputTokens])).toEqual([
    [START, STEPS * 3],
  ]);
});

test('without labels in the config there are no parts', async () => {
  const series = scrapedSeries(hours, address, [...asked({ tenant: 'a' }, 3), running]);
  expect((await pullEngine(series, hours, { engine: 'sglang' })).parts).toEqual([]);
});
