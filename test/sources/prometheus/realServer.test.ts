/** Compares the reading of usage with a real Prometheus, and the emulated one with it. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Fetched } from '../../../src/domain/provenance.ts';
import type { TestServer } from '../../support/httpServer.ts';
import { sharedPrometheus } from '../../support/prometheus.ts';
import { failuresOf, pullUsage, usageRowsOf, warningsOf } from '../../support/prometheusSource.ts';
import { CRASH, crashSeries } from '../../support/prometheusStories.ts';
import { startSynthetic } from '../../support/syntheticPrometheus.ts';

const { startMs, endMs, model } = CRASH;
const usage = [{ deployment: 'chat', engine: 'vllm', match: { model_name: model } }];

let synthetic: TestServer;
let real: Fetched[];

beforeAll(async () => {
  synthetic = await startSynthetic(crashSeries());
  real = await pullUsage({ url: await sharedPrometheus() }, { window: { startMs, endMs }, usage });
});
afterAll(() => synthetic.close());

describe('an hour of two replicas, of which one crashes and one starts late', () => {
  test('holds in each five minutes what was served, to the token', () => {
    const rows = usageRowsOf(real);
    expect(failuresOf(real)).toEqual([]);
    // 20 scrapes of 100 tokens; the first one after the crash finds 40, the late one begins at 300.
    const first = Array<number>(6).fill(2_000);
    const crashed = [1_940, 2_000, 2_000];
    const both = [4_200, 4_000, 4_000];
    expect(rows.map(({ uncachedPromptTokens }) => uncachedPromptTokens)).toEqual([
      ...first,
      ...crashed,
      ...both,
    ]);
    expect(rows.map(({ outputTokens }) => outputTokens)).toEqual(
      [...first, ...crashed, ...both].map((tokens) => tokens / 10),
    );
    expect(rows.every(({ cachedPromptTokens }) => cachedPromptTokens === undefined)).toBe(true);
  });

  test('reports that a server restarted', () => {
    expect(warningsOf(real).join()).toContain('restarted once');
  });

  test('is read alike from the emulated server of other tests', async () => {
    const made = await pullUsage({ url: synthetic.origin }, { window: { startMs, endMs }, usage });
    expect(usageRowsOf(made)).toEqual(usageRowsOf(real));
    expect(warningsOf(made)).toEqual(warningsOf(real));
  });

  test('is the same for any chunks', async () => {
    const request = { window: { startMs, endMs }, usage };
    const url = await sharedPrometheus();
    expect(usageRowsOf(await pullUsage({ url, chunkHours: 1 }, request))).toEqual(
      usageRowsOf(real),
    );
  });
});
