/** The law of copies: a process that is scraped twice counts once, whatever its labels are. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { UsageRow } from '../../src/domain/usage.ts';
import { failuresOf, pullUsage, usageRowsOf, warningsOf } from '../support/prometheusSource.ts';
import { type MadeSeries, startSynthetic } from '../support/syntheticPrometheus.ts';
import { processSeries, type VllmScrape } from '../support/vllmSeries.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 4, 12, 3);
const window = { startMs: START, endMs: START + 2 * HOUR };
const usage = [{ deployment: 'chat', engine: 'vllm', match: { model_name: 'm' } }];

const steps = fc.array(
  fc.record({
    prompt: fc.nat({ max: 900 }),
    output: fc.nat({ max: 300 }),
    restart: fc.nat({ max: 39 }).map((one) => one === 0),
  }),
  { minLength: 150, maxLength: 150 },
);
const story = fc.record({ steps, head: fc.constantFrom(0, 1_000_000), hasStart: fc.boolean() });
type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

/** A scrape a minute, from a quarter of an hour before the window to as long after it. */
function scrapesOf({ steps: result, head, hasStart }: Story): VllmScrape[] {
  let [prompt, output, createdMs] = [head as number, head as number, START - 9 * HOUR];
  return result.map((one, index) => {
    const atMs = START - 15 * 60_000 + index * 60_000;
    const restart = one.restart && hasStart;
    prompt = restart ? one.prompt : prompt + one.prompt;
    output = restart ? one.output : output + one.output;
    createdMs = restart ? atMs - 20_000 : createdMs;
    const gauge = { atMs, prompt, output, requests: output, running: one.prompt % 2 };
    return hasStart ? { ...gauge, createdMs } : gauge;
  });
}

/** How one scraper labels what it sees, and how much later than the others it scrapes. */
const scraper = fc.record({
  labels: fc.record(
    {
      job: fc.constantFrom('vllm', 'vllm-pods', 'kubernetes/service'),
      prometheus_replica: fc.constantFrom('a', 'b'),
      replica: fc.constantFrom('0', '1'),
      pod: fc.constant('chat-6d8f-x2x'),
      node: fc.constantFrom('gpu-1', 'gpu-2'),
    },
    { requiredKeys: ['job'] },
  ),
  laterMs: fc.constantFrom(0, 0, 7_000, 31_000),
  spelling: fc.constantFrom('vllm:', 'vllm:', 'vllm_'),
  hasRank: fc.boolean(),
});
type Scraper = typeof scraper extends fc.Arbitrary<infer T> ? T : never;

function scraped(scrapes: readonly VllmScrape[], by: Scraper): MadeSeries[] {
  const { labels, laterMs, spelling, hasRank } = by;
  return processSeries({ instance: '10.0.0.1:8000', ...labels }, scrapes).map((series) => {
    const { engine, __name__: name = '', ...others } = series.labels;
    const own = { ...others, __name__: name.replace('vllm:', spelling) };
    return {
      labels: hasRank && engine !== undefined ? { ...own, engine } : own,
      samples: series.samples.map(([atMs, value]) => [atMs + laterMs, value] as const),
    };
  });
}

async function read(series: readonly MadeSeries[]) {
  const server = await startSynthetic(series);
  const fetched = await pullUsage({ url: server.origin }, { window, usage });
  await server.close();
  expect(failuresOf(fetched)).toEqual([]);
  return { rows: usageRowsOf(fetched), warnings: warningsOf(fetched) };
}

const tokensOf = (rows: readonly UsageRow[]) =>
  rows.reduce((sum, row) => sum + row.uncachedPromptTokens + row.outputTokens, 0);

test('any number of scrapers give the same as one of them alone', async () => {
  const scrapers = fc.uniqueArray(scraper, {
    minLength: 2,
    maxLength: 4,
    selector: ({ labels, spelling }) => JSON.stringify([labels, spelling]),
  });
  await fc.assert(
    fc.asyncProperty(story, scrapers, async (one, by) => {
      const scrapes = scrapesOf(one);
      const together = await read(by.flatMap((each) => scraped(scrapes, each)));
      const alone = await Promise.all(by.map((each) => read(scraped(scrapes, each))));
      expect(alone.map(({ rows }) => rows)).toContainEqual(together.rows);
      expect(together.warnings.join()).toContain('scraped more than once but counted once');
      expect(alone.flatMap(({ warnings }) => warnings).join()).not.toContain('more than once');
    }),
    { numRuns: 30 },
  );
});

test('labels and spellings that appear, change or vanish midway change nothing', async () => {
  const turns = fc.array(fc.record({ by: scraper, scrapes: fc.integer({ min: 1, max: 90 }) }), {
    minLength: 2,
    maxLength: 4,
  });
  await fc.assert(
    fc.asyncProperty(story, turns, async (one, result) => {
      const scrapes = scrapesOf(one);
      let from = 0;
      const series = result.flatMap(({ by, scrapes: length }, index) => {
        const to = index === result.length - 1 ? scrapes.length : from + length;
        const part = scrapes.slice(from, to);
        from = to;
        // One scraper after the other: by its name, a pod would be another process.
        const { pod: _pod, ...labels } = by.labels;
        return scraped(part, { ...by, labels, laterMs: 0 });
      });
      const [first] = result;
      if (first === undefined) return;
      const whole = await read(scraped(scrapes, { ...first.by, laterMs: 0 }));
      const changed = await read(merged(series));
      expect(changed.rows).toEqual(whole.rows);
      expect(changed.warnings.join()).not.toContain('more than once');
    }),
    { numRuns: 30 },
  );
});

/** Series with the same labels are one series. */
function merged(series: readonly MadeSeries[]): MadeSeries[] {
  const byLabels = new Map<string, MadeSeries>();
  for (const { labels, samples } of series) {
    const key = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
    const known = byLabels.get(key)?.samples ?? [];
    byLabels.set(key, { labels, samples: [...known, ...samples] });
  }
  return [...byLabels.values()];
}

test('what one scraper misses another one provides', async () => {
  const misses = fc.array(fc.nat({ max: 9 }), { minLength: 150, maxLength: 150 });
  const scrapers = fc.uniqueArray(fc.record({ by: scraper, misses }), {
    minLength: 2,
    maxLength: 3,
    selector: ({ by: { labels, spelling } }) => JSON.stringify([labels, spelling]),
  });
  await fc.assert(
    fc.asyncProperty(story, scrapers, async (one, result) => {
      const scrapes = scrapesOf(one);
      const seen = result.map((each) => scrapes.filter((_, index) => each.misses[index] !== 0));
      const known = new Set(seen.flat());
      const [first] = result;
      if (first === undefined) return;
      const all = scrapes.filter((scrape) => known.has(scrape));
      const whole = await read(scraped(all, { ...first.by, laterMs: 0 }));
      const series = result.flatMap(({ by }, index) =>
        scraped(seen[index] ?? [], { ...by, laterMs: 0 }),
      );
      expect((await read(series)).rows).toEqual(whole.rows);
    }),
    { numRuns: 30 },
  );
});

test('a late scraper fills gaps and nothing falls', async () => {
  const late = fc.record({
    by: scraper,
    lagMs: fc.constantFrom(0, 7_000, 31_000, 90_000, 120_000),
    misses: fc.array(fc.nat({ max: 9 }), { minLength: 150, maxLength: 150 }),
  });
  const scrapers = fc.uniqueArray(late, {
    minLength: 2,
    maxLength: 3,
    selector: ({ by: { labels, spelling } }) => JSON.stringify([labels, spelling]),
  });
  const fromStep = 20;
  const toStep = 125;
  await fc.assert(
    fc.asyncProperty(story, scrapers, fc.boolean(), async (one, result, restarts) => {
      // Nothing is served near the window's edges, or a late scrape would move it across them.
      const steps = one.steps.map(({ prompt, output, restart }, index) => {
        const quiet = index < fromStep || index >= toStep;
        if (quiet) return { prompt: 0, output: 0, restart: false };
        return { prompt, output, restart: restart && restarts };
      });
      const scrapes = scrapesOf({ ...one, steps });
      const series = result.flatMap(({ by, lagMs, misses }) => {
        const seen = scrapes.filter((_, index) => misses[index] !== 0);
        return scraped(seen, { ...by, laterMs: 0 }).map(({ labels, samples }) => ({
          labels,
          samples: samples.map(([atMs, value]) => [atMs + lagMs, value] as const),
        }));
      });
      const { rows, warnings } = await read(series);
      expect(rows.filter(({ estimated }) => estimated === true)).toEqual([]);
      expect(warnings.join()).not.toContain('not believed');
      expect(warnings.join()).not.toContain('by turns');
      // What no scrape saw before a restart is lost; without one every token counts once.
      if (restarts && one.hasStart) return;
      expect(tokensOf(rows)).toBe(steps.reduce((sum, step) => sum + step.prompt + step.output, 0));
      expect(rows.reduce((sum, { replicaMs = 0 }) => sum + replicaMs, 0)).toBe(2 * HOUR);
    }),
    { numRuns: 30 },
  );
});

test('processes at different addresses still add up', async () => {
  await fc.assert(
    fc.asyncProperty(story, story, scraper, async (one, other, by) => {
      const plain = { ...by, laterMs: 0 as const, hasRank: true };
      const first = scraped(scrapesOf(one), plain);
      const second = scraped(scrapesOf(other), plain);
      const expected = tokensOf((await read(first)).rows) + tokensOf((await read(second)).rows);
      const elsewhere = second.map(({ labels, samples }) => ({
        samples,
        labels: { ...labels, instance: '10.0.0.2:8000' },
      }));
      expect(tokensOf((await read([...first, ...elsewhere])).rows)).toBe(expected);
    }),
    { numRuns: 10 },
  );
});
