import { expect, test } from 'vitest';
import { DAY_MS } from '../../../src/domain/period.ts';
import { pullUsage, usageRowsOf } from '../../support/prometheusSource.ts';
import { startSynthetic } from '../../support/syntheticPrometheus.ts';
import { processSeries, steadyScrapes } from '../../support/vllmSeries.ts';

const START = Date.UTC(2026, 4, 12);
const window = { startMs: START, endMs: START + DAY_MS };

test('a day of four replicas scraped every 15 s is read in a few seconds of CPU time', async () => {
  const span = { fromMs: START - 60_000, toMs: window.endMs + 60_000 };
  const rise = { prompt: 100, output: 10, cached: 40, requests: 1, running: 1, createdMs: START };
  const scrapes = steadyScrapes(span, rise);
  const series = [1, 2, 3, 4].flatMap((last) =>
    processSeries({ instance: `10.0.0.${last}:8000` }, scrapes),
  );
  const server = await startSynthetic(series);
  const usage = [{ deployment: 'chat', engine: 'vllm', match: { model_name: 'm' } }];
  const before = process.cpuUsage();
  const rows = usageRowsOf(await pullUsage({ url: server.origin }, { window, usage }));
  const { user, system } = process.cpuUsage(before);
  await server.close();
  expect(rows).toHaveLength(288);
  expect(rows[100]?.outputTokens).toBe(4 * 20 * 10);
  // CPU time: wall time would include waiting on a busy machine.
  expect((user + system) / 1e6).toBeLessThan(10);
});
