/**
 * Checks the counting against a synthetic story with known truth, through a real Prometheus server.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import type { UsageRow } from '../../src/domain/usage.ts';
import { parsePlain } from '../../src/platform/json.ts';
import { openEnvelope } from '../../src/sources/prometheus/answer.ts';
import { readMatrix } from '../../src/sources/prometheus/matrix.ts';
import { sharedPrometheus } from '../support/prometheus.ts';
import { failuresOf, pullUsage, usageRowsOf, warningsOf } from '../support/prometheusSource.ts';

const FOLDER = join(import.meta.dirname, '../../../shared/reference/metrics/prometheus');
const HOUR_MS = 3_600_000;

interface Truth {
  readonly T0: number;
  readonly res: Readonly<Record<string, { readonly exact_anchor: number }>>;
}

const truth = JSON.parse(readFileSync(join(FOLDER, 'local-truth.json'), 'utf8')) as Truth;
const startMs = truth.T0 * 1000;
const window = { startMs, endMs: startMs + 4 * HOUR_MS };
const INSTANCES = { A: '10.0.0.11:8000', B: '10.0.0.12:8000' };

let url: string;
beforeAll(async () => {
  url = await sharedPrometheus();
});

/** One deployment per instance; the other instance shows that the job was being scraped. */
async function readBoth(options: object = {}) {
  const match = { model_name: 'qwen3-32b' };
  const usage = [{ deployment: 'chat', engine: 'vllm', match }];
  return pullUsage({ url, ...options }, { window, usage });
}

async function readOne(instance: string) {
  const usage = [{ deployment: 'chat', engine: 'vllm', match: { instance } }];
  return pullUsage({ url }, { window, usage });
}

function outputInHour(rows: readonly UsageRow[], hour: number): number {
  const fromMs = startMs + hour * HOUR_MS;
  return rows
    .filter(({ period }) => period.startMs >= fromMs && period.endMs <= fromMs + HOUR_MS)
    .reduce((sum, row) => sum + row.outputTokens, 0);
}

function exact(key: string): number {
  const found = truth.res[key];
  if (found === undefined) throw new Error(`no ${key} in local-truth.json`);
  return found.exact_anchor;
}

describe('the story with a crash, an outage and a late pod', () => {
  test.each([0, 1, 2, 3])(
    'gives the exact anchored count of both pods in hour %i',
    async (hour) => {
      const fetched = await readBoth();
      const expected = exact(`A${hour}`) + exact(`B${hour}`);
      expect(failuresOf(fetched)).toEqual([]);
      expect(outputInHour(usageRowsOf(fetched), hour)).toBe(expected);
    },
  );

  test('gives the exact anchored count of the pod that crashed, hour by hour', async () => {
    const rows = usageRowsOf(await readOne(INSTANCES.A));
    const hours = [0, 1, 2, 3].map((hour) => outputInHour(rows, hour));
    expect(hours).toEqual(['A0', 'A1', 'A2', 'A3'].map(exact));
  });

  test('counts the late pod from its very first value, as the job was being scraped', async () => {
    const both = usageRowsOf(await readBoth());
    const alone = usageRowsOf(await readOne(INSTANCES.A));
    const late = [2, 3].map((hour) => outputInHour(both, hour) - outputInHour(alone, hour));
    expect(late).toEqual(['B2', 'B3'].map(exact));
  });

  test('reads the late pod alone as partly seen: nothing confirms its first value', async () => {
    const fetched = await readOne(INSTANCES.B);
    expect(outputInHour(usageRowsOf(fetched), 2)).toBe(exact('B2') - 996);
    expect(warningsOf(fetched).join()).toContain('already counted 1,992 tokens');
  });

  test('reads prompt and output alike, to the last token', async () => {
    for (const row of usageRowsOf(await readBoth())) {
      expect(row.uncachedPromptTokens).toBe(row.outputTokens);
    }
  });

  test('gives the same rows whatever the size of the chunks', async () => {
    const [day, six, one] = [{}, { chunkHours: 6 }, { chunkHours: 1 }].map(readBoth);
    const rows = usageRowsOf(await (day ?? []));
    expect(usageRowsOf(await (six ?? []))).toEqual(rows);
    expect(usageRowsOf(await (one ?? []))).toEqual(rows);
    expect(rows).toHaveLength(48);
  });

  test('covers neither the crash nor more than was scraped, but covers the outage', async () => {
    const rows = usageRowsOf(await readOne(INSTANCES.A));
    const seenMs = rows.reduce((sum, row) => sum + (row.replicaMs ?? 0), 0);
    expect(seenMs).toBe(4 * HOUR_MS - 105_000);
    const estimated = rows.filter((row) => row.estimated === true);
    expect(estimated.map(({ period }) => new Date(period.startMs).toISOString())).toEqual([
      // The crash: no start time is scraped, so only the counters show that it was one.
      '2026-11-20T01:30:00.000Z',
      '2026-11-20T03:35:00.000Z',
      '2026-11-20T03:40:00.000Z',
      '2026-11-20T03:45:00.000Z',
      '2026-11-20T03:50:00.000Z',
    ]);
  });

  test('says how often the server restarted and what may be lost', async () => {
    expect(warningsOf(await readOne(INSTANCES.A)).join()).toMatch(
      /restarted once, first seen at 2026-11-20T01:31:37\.317Z\. .* up to [\d,]+ prompt/,
    );
  });
});

describe('recorded answers', () => {
  const recorded = (file: string) => readFileSync(join(FOLDER, file));
  const always = { startMs: 0, endMs: Date.UTC(2100, 0, 1) };
  const seriesIn = (file: string) =>
    readMatrix(recorded(file), 'it', { span: always }).value.series;

  test('of Prometheus and of VictoriaMetrics to one question are read alike', () => {
    const ours = seriesIn('local-2.53.3-query-matrix-1h-plus-5m.json');
    const theirs = seriesIn('../victoriametrics/local-1.112.0-query-matrix-1h-plus-5m.json');
    expect(ours.map(({ samples }) => samples.timesMs.length)).toEqual([234 + 20]);
    expect(theirs).toEqual(ours);
  });

  test.each(['local-2.53.3-empty-matrix.json', '../victoriametrics/local-1.112.0-empty.json'])(
    'without series are empty, not broken: %s',
    (file) => {
      expect(seriesIn(file)).toEqual([]);
    },
  );

  test.each([
    ['local-2.53.3-error-parse.json', /unclosed left parenthesis/],
    ['local-2.53.3-error-11000-points.json', /exceeded maximum resolution/],
    ['../victoriametrics/local-1.112.0-error-parse.json', /422/],
  ])('that are errors say what the server said: %s', (file, words) => {
    const answer = parsePlain(recorded(file), 'it');
    expect(() => openEnvelope(answer, 'it')).toThrow(Failure);
    expect(() => openEnvelope(answer, 'it')).toThrow(words);
  });

  test('that hold a vector instead of samples are refused', () => {
    const file = 'real-instant-query-vllm-num_requests_waiting-kops.json';
    expect(() => seriesIn(file)).toThrow(/"vector", expected "matrix"/);
  });
});
