/** Converts the scrapes of a source's replicas to series of samples in order of time. */

import { HOUR_MS, SECOND_MS } from '../../domain/period.ts';
import { type SeriesLabels, toLabelKey, toSamples, type Series } from '../engines/samples.ts';
import type { StoredAnswer } from '../source.ts';
import { splitRoundBody } from './kept.ts';
import { parseTargetLabels } from './targets.ts';
import { type TextSample, parseMetrics } from './text.ts';

/** One replica at one time. */
export interface ReplicaScrape {
  readonly url: string;
  readonly atMs: number;
  readonly samples: readonly TextSample[];
}

/** Reads earlier answers again. They were valid when they were stored. */
export function readScrapes(
  answers: readonly StoredAnswer[],
  names: ReadonlySet<string>,
): ReplicaScrape[] {
  const parsed = new Map<Uint8Array, ReturnType<typeof splitRoundBody>>();
  return answers.map(({ url, atMs, body }) => {
    const parts = parsed.get(body) ?? splitRoundBody(body);
    parsed.set(body, parts);
    const part = parts.get(url) ?? parts.get('') ?? new Uint8Array();
    const format = { where: url, names, contentType: 'text/plain' };
    return { url, atMs, samples: [...parseMetrics([part], format)] };
  });
}

/**
 * After a gap of at least this length, a scrape is stored together with the previous one, which
 * will soon no longer be read.
 */
const LONG_GAP_MS = 2 * HOUR_MS;

/** Replicas of one round are scraped within this time. */
export const ROUND_MS = 30 * SECOND_MS;

/**
 * Adds the samples of the replica's last scrape, each with its time, after a long gap without
 * scrapes.
 */
export function withPreviousScrape(
  scrape: ReplicaScrape,
  earlier: readonly ReplicaScrape[],
): ReplicaScrape {
  const newestMs = earlier.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY;
  if (scrape.atMs - newestMs < LONG_GAP_MS) return scrape;
  const last = earlier.findLast(({ url }) => url === scrape.url);
  if (last === undefined || last.atMs < newestMs - ROUND_MS) return scrape;
  const old = last.samples.map((sample) => ({ ...sample, atMs: sample.atMs ?? last.atMs }));
  return { ...scrape, samples: [...old, ...scrape.samples] };
}

interface Column {
  readonly labels: SeriesLabels;
  readonly timesMs: number[];
  readonly values: number[];
}

/**
 * Each series over all scrapes. If a series has a label of the same name as its replica, the
 * replica's value is used and the other label becomes `exported_…`, as in Prometheus.
 */
export function toSeries(scrapes: readonly ReplicaScrape[]): Series[] {
  const columns = new Map<string, Column>();
  for (const { url, atMs, samples } of scrapes) {
    const target = parseTargetLabels(url);
    for (const { name, labels, value, atMs: sampleMs = atMs } of samples) {
      const allLabels = { __name__: name, ...joinLabels(labels, target) };
      const key = toLabelKey(allLabels);
      const column: Column = columns.get(key) ?? { labels: allLabels, timesMs: [], values: [] };
      columns.set(key, column);
      column.timesMs.push(sampleMs);
      column.values.push(value);
    }
  }
  return [...columns.values()].map(({ labels, timesMs, values }) => {
    return { labels, samples: toSamples(timesMs, values) };
  });
}

function joinLabels(labels: SeriesLabels, target: SeriesLabels): SeriesLabels {
  const renamed = Object.entries(labels).map(([name, value]) => [
    Object.hasOwn(target, name) ? `exported_${name}` : name,
    value,
  ]);
  return { ...(Object.fromEntries(renamed) as SeriesLabels), ...target };
}
