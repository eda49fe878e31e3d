/**
 * Hand-made metrics of any engine as a scraper stored them: counters that rise evenly, and gauges.
 */

import type { Period } from '../../src/domain/period.ts';
import type { UsageTarget } from '../../src/sources/source.ts';
import type { TestServer } from './httpServer.ts';
import { failuresOf, pullUsage, usageRowsOf, warningsOf } from './prometheusSource.ts';
import { type MadeSeries, startSynthetic } from './syntheticPrometheus.ts';

const SCRAPE_MS = 15_000;

/**
 * One series. `per` is the increase at each scrape, or `at` returns the value. `undefined` is no
 * sample.
 */
export interface SeriesSpec {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly per?: number;
  readonly at?: (step: number) => number | undefined;
}

/** The series of one target, scraped every 15 s from five minutes before the span to after it. */
export function scrapedSeries(
  span: Period,
  target: Readonly<Record<string, string>>,
  specs: readonly SeriesSpec[],
): MadeSeries[] {
  const fromMs = span.startMs - 300_000;
  const count = Math.floor((span.endMs + 300_000 - fromMs) / SCRAPE_MS) + 1;
  return specs.map(({ name, labels = {}, per = 0, at = (step) => per * step }) => ({
    labels: { ...target, ...labels, __name__: name },
    samples: Array.from({ length: count }, (_, step) => [
      fromMs + step * SCRAPE_MS,
      at(step),
    ]).filter((pair): pair is [number, number] => pair[1] !== undefined),
  }));
}

/** The index of the {@link scrapedSeries} sample at this moment. */
export function scrapeIndexAt(span: Period, atMs: number): number {
  return (atMs - span.startMs + 300_000) / SCRAPE_MS;
}

/** Pulls one deployment from a server that has these series. */
export async function pullEngine(
  series: readonly MadeSeries[],
  window: Period,
  target: Partial<UsageTarget> & { readonly engine: string },
) {
  const server: TestServer = await startSynthetic(series);
  try {
    const usage = [{ deployment: 'chat', match: { job: '*' }, ...target }];
    const fetched = await pullUsage({ url: server.origin }, { window, usage });
    const rows = usageRowsOf(fetched);
    const sum = (of: (row: (typeof rows)[number]) => number | undefined) =>
      rows.reduce((total, row) => total + (of(row) ?? Number.NaN), 0);
    return {
      fetched,
      rows,
      failures: failuresOf(fetched),
      said: warningsOf(fetched).join('\n'),
      parts: fetched.flatMap(({ usageParts = [] }) => usageParts.map(({ fact }) => fact)),
      latency: fetched.flatMap(({ latency = [] }) => latency.map(({ fact }) => fact)),
      prompt: sum((row) => row.uncachedPromptTokens + (row.cachedPromptTokens ?? 0)),
      cached: sum((row) => row.cachedPromptTokens),
      output: sum((row) => row.outputTokens),
      requests: sum((row) => row.requests),
      busyMs: sum((row) => row.busyMs),
      replicaMs: sum((row) => row.replicaMs),
    };
  } finally {
    await server.close();
  }
}
