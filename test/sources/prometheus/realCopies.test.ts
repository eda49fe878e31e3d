/** A process that a real Prometheus scrapes three times is read as one. */

import { expect, test } from 'vitest';
import { sharedPrometheus } from '../../support/prometheus.ts';
import { failuresOf, pullUsage, usageRowsOf, warningsOf } from '../../support/prometheusSource.ts';
import { COPIES } from '../../support/prometheusStories.ts';

const { startMs, endMs, model, badMs } = COPIES;

test('a real Prometheus with three copies, one with a bad sample, gives one process', async () => {
  const usage = [{ deployment: 'chat', engine: 'vllm', match: { model_name: model } }];
  const window = { startMs, endMs };
  const fetched = await pullUsage({ url: await sharedPrometheus() }, { window, usage });
  expect(failuresOf(fetched)).toEqual([]);
  const rows = usageRowsOf(fetched);
  expect(rows).toHaveLength(12);
  for (const row of rows) {
    expect(row).toMatchObject({
      uncachedPromptTokens: 2_000,
      outputTokens: 2_000,
      replicaMs: 300_000,
    });
  }
  const marked = rows.filter(({ estimated }) => estimated === true);
  expect(marked.map(({ period }) => period.startMs)).toEqual([badMs - 60_000]);
  const said = warningsOf(fetched).join('\n');
  expect(said).toContain('10.2.0.1:8000');
  expect(said).toContain('scraped more than once but counted once');
});
