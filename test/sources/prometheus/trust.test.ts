/** Tests how a pull handles bad samples, and processes that are scraped more than once. */

import { afterEach, describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/domain/period.ts';
import type { UsageRow } from '../../../src/domain/usage.ts';
import type { TestServer } from '../../support/httpServer.ts';
import { failuresOf, pullUsage, usageRowsOf, warningsOf } from '../../support/prometheusSource.ts';
import { type MadeSeries, startSynthetic } from '../../support/syntheticPrometheus.ts';
import { processSeries, type VllmScrape, steadyScrapes } from '../../support/vllmSeries.ts';

const START = Date.UTC(2026, 4, 12);
const day = { startMs: START, endMs: START + DAY_MS };
const hour = { startMs: START, endMs: START + HOUR_MS };
const usage = [{ deployment: 'chat', engine: 'vllm', match: { job: '*' } }];
const steady = { prompt: 100, output: 10, requests: 1, running: 1 };

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function read(series: readonly MadeSeries[], window = hour) {
  const server = await startSynthetic(series);
  servers.push(server);
  const fetched = await pullUsage({ url: server.origin }, { window, usage });
  expect(failuresOf(fetched)).toEqual([]);
  return { rows: usageRowsOf(fetched), said: warningsOf(fetched).join('\n'), fetched };
}

function scrapes(
  window: typeof hour,
  rise: Omit<VllmScrape, 'atMs'> = steady,
  head = 0,
): VllmScrape[] {
  const around = { fromMs: window.startMs - 300_000, toMs: window.endMs + 300_000 };
  return steadyScrapes(around, rise).map((one) => {
    return { ...one, prompt: one.prompt + head, output: one.output + head };
  });
}

function process(result: readonly VllmScrape[], labels: Record<string, string> = {}) {
  return processSeries({ instance: '10.0.0.1:8000', ...labels }, result);
}

const tokens = (rows: readonly UsageRow[]) =>
  rows.reduce((sum, row) => sum + row.uncachedPromptTokens + row.outputTokens, 0);
const unmarked = (rows: readonly UsageRow[]) =>
  rows.map(({ estimated: _estimated, ...row }) => row);

function startSeries(result: readonly VllmScrape[], startS: (atMs: number) => number): MadeSeries {
  return {
    labels: { __name__: 'process_start_time_seconds', job: 'vllm', instance: '10.0.0.1:8000' },
    samples: result.map(({ atMs }) => [atMs, startS(atMs)]),
  };
}

describe('one sample of 0 among the tokens of a day', () => {
  const good = scrapes(day, steady, 1_800_000_000);
  const at = START + 9 * HOUR_MS + 60_000;
  const bad = good.map((one) => (one.atMs === at ? { ...one, prompt: 0, output: 0 } : one));

  test.each([
    ['without a start time', (one: VllmScrape) => one, []],
    ['beside its created time', (one: VllmScrape) => ({ ...one, createdMs: START - DAY_MS }), []],
    ['beside its process start', (one: VllmScrape) => one, [startSeries(good, () => START / 1000)]],
  ])('%s changes no figure, marks its interval, and is reported', async (_, result, starts) => {
    const clean = await read([...process(good.map(result)), ...starts], day);
    const { rows, said } = await read([...process(bad.map(result)), ...starts], day);
    expect(unmarked(rows)).toEqual(clean.rows);
    expect(tokens(rows)).toBe(5_760 * 110);
    const marked = rows.filter(({ estimated }) => estimated === true);
    expect(marked.map(({ period }) => period.startMs)).toEqual([START + 9 * HOUR_MS]);
    expect(said).not.toContain('restarted once');
    expect(said).toContain(
      '2 samples of chat were implausible and not counted, the first at 2026-05-12T',
    );
    expect(said).toContain(
      '09:01:00Z. The counter vllm:prompt_tokens_total of 10.0.0.1:8000 went from',
    );
  });

  test('is a restart where the process start says so', async () => {
    const again = good.map((one) =>
      one.atMs < at ? one : { ...one, ...zeroFrom(one, at), createdMs: at - 30_000 },
    );
    const before = again.map((one) => ({ createdMs: START - DAY_MS, ...one }));
    const { rows, said } = await read(process(before), day);
    expect(said).toContain('restarted once');
    expect(tokens(rows)).toBe(5_760 * 110 - 110);
    expect(rows.some(({ estimated }) => estimated)).toBe(false);
  });

  function zeroFrom(one: VllmScrape, sinceMs: number) {
    const steps = (one.atMs - sinceMs) / 15_000;
    return { prompt: steps * 100, output: steps * 10 };
  }
});

test('processes that alternate at one address are distinguished by their starts', async () => {
  const [one, other] = [scrapes(hour, steady, 900_000), scrapes(hour, steady, 5_000)];
  const turns = one.map((scrape, index) => {
    const shown = index % 2 === 0 ? scrape : (other[index] ?? scrape);
    return { ...shown, createdMs: START - (index % 2 === 0 ? DAY_MS : 2 * HOUR_MS) };
  });
  const { rows, said } = await read(process(turns));
  expect(tokens(rows)).toBe(2 * 240 * 110);
  expect(rows[3]).toMatchObject({ outputTokens: 400, replicaMs: 600_000 });
  expect(said).toContain('several processes respond in turn at 10.0.0.1:8000 (2 processes)');
});

describe('a process that is scraped more than once', () => {
  const result = scrapes(hour);

  test('by two jobs counts once, and the labels that differ are reported', async () => {
    const alone = await read(process(result));
    const both = await read([
      ...process(result),
      ...process(result, { job: 'vllm-pods', pod: 'p' }),
    ]);
    expect(both.rows).toEqual(alone.rows);
    expect(both.said).toContain(
      'counted once: 10.0.0.1:8000 (job "vllm" and "vllm-pods", pod "" and "p")',
    );
  });

  test('by a pair of servers that scrape at different moments counts once', async () => {
    const later = result.map((one) => ({ ...one, atMs: one.atMs + 7_000 }));
    const alone = await read(process(result, { prometheus_replica: 'a' }));
    const both = await read([
      ...process(result, { prometheus_replica: 'a' }),
      ...process(later, { prometheus_replica: 'b' }),
    ]);
    expect(both.rows).toEqual(alone.rows);
  });

  test('and first seen in this hour counts its first value once, under any labels', async () => {
    const young = steadyScrapes({ fromMs: START + 900_000, toMs: hour.endMs + 60_000 }, steady).map(
      (one) => ({ ...one, prompt: one.prompt + 50_000, createdMs: START + 890_000 }),
    );
    const cut = START + 1_800_000;
    const [before, after] = [young.filter(({ atMs }) => atMs < cut), young];
    const changed = await read([
      ...process(before),
      ...process(
        after.filter(({ atMs }) => atMs >= cut),
        { version: '2' },
      ),
    ]);
    expect(changed.rows).toEqual((await read(process(young))).rows);
    expect(tokens(changed.rows)).toBe(50_000 + 180 * 110);
    expect(changed.said).not.toContain('more than once');
  });

  test.each([1, 2, 4, 40])(
    'is no copy where a label changes and, scrapes later, changes back: %i',
    async (long) => {
      const from = 100;
      const [within, without] = [result.slice(from, from + long), result.toSpliced(from, long)];
      const changed = await read([...process(without), ...process(within, { version: '2' })]);
      expect(changed.rows).toEqual((await read(process(result))).rows);
      expect(changed.said).toBe('');
    },
  );

  test('and changes a label with each restart is one process', async () => {
    const lives = [START - HOUR_MS, START + 1_795_000, START + 1_810_000];
    const dated = result.map((one) => {
      const createdMs = lives.findLast((startMs) => startMs < one.atMs) ?? 0;
      return { ...one, createdMs };
    });
    const brief = dated.filter(({ createdMs }) => createdMs === lives[1]);
    expect(brief).toHaveLength(1);
    const others = dated.filter(({ createdMs }) => createdMs !== lives[1]);
    const changed = await read([...process(others), ...process(brief, { version: '2' })]);
    expect(changed.rows).toEqual((await read(process(dated))).rows);
    expect(changed.said).toContain('restarted 2 times');
    expect(changed.said).not.toContain('more than once');
  });

  test('is identified by its pod where it has no address', async () => {
    const at = (job: string, pod: string) =>
      processSeries({ job, namespace: 'ai', pod }, result).map(({ labels, samples }) => {
        return { labels, samples };
      });
    const { rows } = await read([...at('a', 'chat-1'), ...at('b', 'chat-1'), ...at('a', 'chat-2')]);
    expect(tokens(rows)).toBe(2 * 240 * 110);
  });

  test('by OpenTelemetry under another address is identified by its start', async () => {
    const dated = result.map((one) => ({ ...one, createdMs: START - DAY_MS + 123 }));
    const spelled = process(dated, { instance: 'collector:8889' }).map(({ labels, samples }) => {
      const name = labels['__name__']?.replace('vllm:', 'vllm_') ?? '';
      return { samples, labels: { ...labels, __name__: name } };
    });
    const { rows, said } = await read([...process(dated), ...spelled]);
    expect(tokens(rows)).toBe(240 * 110);
    expect(said).toContain('names in vllm: and vllm_');
  });
});

describe('what shares an address and is no copy', () => {
  const result = scrapes(hour);

  test('another model sums', async () => {
    const { rows } = await read([...process(result), ...process(result, { model_name: 'n' })]);
    expect(tokens(rows)).toBe(2 * 240 * 110);
  });

  test('another rank of the same process sums, and is one replica', async () => {
    const both = ['0', '1'].flatMap((engine) => process(result, { engine }));
    const again = ['0', '1'].flatMap((engine) => process(result, { engine, job: 'b' }));
    const { rows } = await read([...both, ...again]);
    expect(tokens(rows)).toBe(2 * 240 * 110);
    expect(rows[0]?.replicaMs).toBe(300_000);
  });

  test('a younger process that is only seen for a while sums', async () => {
    const old = result.map((one) => ({ ...one, createdMs: START - DAY_MS }));
    const young = result.slice(100, 141).map((one) => ({ ...one, createdMs: START - HOUR_MS }));
    const { rows } = await read([...process(old), ...process(young, { shard: 'b' })]);
    expect(tokens(rows)).toBe(240 * 110 + 40 * 110);
    expect(rows[5]?.replicaMs).toBe(600_000);
  });

  test('another cluster with the same addresses sums, because its values differ', async () => {
    const far = scrapes(hour, { ...steady, output: 40 }, 7_000_000);
    const { rows } = await read([
      ...process(result, { cluster: 'a' }),
      ...process(far, { cluster: 'b' }),
    ]);
    expect(tokens(rows)).toBe(240 * 110 + 240 * 140);
  });

  test('another pod sums where no start is known, though both have the same value', async () => {
    const at = (pod: string) => process(result, { instance: 'node-1', pod });
    const { rows } = await read([...at('chat-1'), ...at('chat-2')]);
    expect(tokens(rows)).toBe(2 * 240 * 110);
  });

  test('replicas that share their load sum, because they drift apart', async () => {
    const drifting = result.map((one, index) => {
      return { ...one, output: one.output + ((index * 7919) % 5_000) + index * 3 };
    });
    const rising = drifting.map((one, index) => {
      return { ...one, output: Math.max(...drifting.slice(0, index + 1).map((d) => d.output)) };
    });
    const { rows } = await read([...process(result), ...process(rising, { shard: 'b' })]);
    expect(rows[0]?.replicaMs).toBe(600_000);
  });

  test("Ray's workers behind one agent sum", async () => {
    const { rows } = await read([
      ...process(result, { WorkerId: 'a1' }),
      ...process(result, { WorkerId: 'b2' }),
    ]);
    expect(tokens(rows)).toBe(2 * 240 * 110);
  });
});
