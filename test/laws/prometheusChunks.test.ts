/** The law of chunks: however a window is cut and how often it is read, its rows are the same. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { failuresOf, pullUsage, usageRowsOf } from '../support/prometheusSource.ts';
import { startSynthetic } from '../support/syntheticPrometheus.ts';
import { processSeries, type VllmScrape } from '../support/vllmSeries.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 4, 12, 3);
const window = { startMs: START, endMs: START + 9 * HOUR };

/** Mostly regular scrapes, some gaps of up to 55 minutes, some restarts. */
const step = fc.record({
  gapS: fc.oneof(
    { weight: 30, arbitrary: fc.constant(120) },
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 700 }) },
    { weight: 1, arbitrary: fc.integer({ min: 700, max: 3_300 }) },
  ),
  prompt: fc.nat({ max: 900 }),
  output: fc.nat({ max: 300 }),
  restart: fc.nat({ max: 19 }).map((one) => one === 0),
  running: fc.nat({ max: 2 }),
});

const story = fc.record({
  beginsMs: fc.integer({ min: -4 * 3_600, max: 8 * 3_600 }).map((s) => START + s * 1000 + 317),
  hasStart: fc.boolean(),
  hasCache: fc.boolean(),
  head: fc.constantFrom(0, 500, 1_000_000),
  steps: fc.array(step, { minLength: 1, maxLength: 250 }),
});
type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

function scrapesOf({ beginsMs, hasStart, hasCache, head, steps }: Story): VllmScrape[] {
  let [atMs, createdMs] = [beginsMs, beginsMs - 40_000];
  let prompt: number = head;
  let output: number = head;
  const scrapes: VllmScrape[] = [];
  for (const one of steps) {
    prompt = one.restart ? one.prompt : prompt + one.prompt;
    output = one.restart ? one.output : output + one.output;
    createdMs = one.restart ? atMs - 1_000 : createdMs;
    scrapes.push({
      atMs,
      prompt,
      output,
      running: one.running,
      requests: output,
      ...(hasStart ? { createdMs } : {}),
      ...(hasCache ? { cached: Math.floor(prompt / 2) } : {}),
    });
    atMs += one.gapS * 1000;
  }
  return scrapes;
}

test('chunks of 1, 6 and 24 hours give the same rows, and so does a second pull', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(story, { minLength: 1, maxLength: 3 }), async (stories) => {
      const series = stories.flatMap((one, index) =>
        processSeries({ instance: `10.0.0.${index}:8000` }, scrapesOf(one)),
      );
      const server = await startSynthetic(series, { labelValues: ['m'] });
      const usage = [{ deployment: 'chat', engine: 'vllm', match: { model_name: 'm' } }];
      const read = async (chunkHours: number) => {
        const options = { url: server.origin, chunkHours };
        const fetched = await pullUsage(options, { window, usage });
        const failures = failuresOf(fetched).filter(({ code }) => code !== 'no-data');
        expect(failures).toEqual([]);
        return usageRowsOf(fetched);
      };
      const whole = await read(24);
      expect(await read(24)).toEqual(whole);
      expect(await read(6)).toEqual(whole);
      expect(await read(1)).toEqual(whole);
      await server.close();
    }),
    { numRuns: 25 },
  );
});
