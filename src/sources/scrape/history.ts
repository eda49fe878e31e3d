/** Converts the scrapes of a source's replicas to series of samples in order of time. */

import { HOUR_MS, SECOND_MS } from '../../domain/period.ts';
import { type Labels, labelText, samplesOf, type Series } from '../engines/samples.ts';
import type { EarlierAnswer } from '../source.ts';
import { partsOfRing } from './kept.ts';
import { labelsOf } from './targets.ts';
import { type TextSample, textSamples } from './text.ts';

/** One replica at one time. */
export interface Scrape {
  readonly url: string;
  readonly atMs: number;
  readonly samples: readonly TextSample[];
}

/** Reads earlier answers again. They were valid when they were stored. */
export function scrapesIn(answers: readonly EarlierAnswer[], names: ReadonlySet<string>): Scrape[] {
  const parsed = new Map<Uint8Array, ReturnType<typeof partsOfRing>>();
  return answers.map(({ url, atMs, body }) => {
    const parts = parsed.get(body) ?? partsOfRing(body);
    parsed.set(body, parts);
    const part = parts.get(url) ?? parts.get('') ?? new Uint8Array();
    const format = { where: url, names, contentType: 'text/plain' };
    return { url, atMs, samples: [...textSamples([part], format)] };
  });
}

/**
 * After a gap of at least this length, a scrape is stored together with the previous one, which
 * will soon no longer be read.
 */
const LONG_GAP_MS = 2 * HOUR_MS;

/** Replicas of one round are scraped within this time. */
export const RING_MS = 30 * SECOND_MS;

/**
 * Adds the samples of the replica's last scrape, each with its time, after a long gap without
 * scrapes.
 */
export function withLast(scrape: Scrape, earlier: readonly Scrape[]): Scrape {
  const newestMs = earlier.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY;
  if (scrape.atMs - newestMs < LONG_GAP_MS) return scrape;
  const last = earlier.findLast(({ url }) => url === scrape.url);
  if (last === undefined || last.atMs < newestMs - RING_MS) return scrape;
  const old = last.samples.map((sample) => ({ ...sample, atMs: sample.atMs ?? last.atMs }));
  return { ...scrape, samples: [...old, ...scrape.samples] };
}

interface Column {
  readonly labels: Labels;
  readonly timesMs: number[];
  readonly values: number[];
}

/**
 * Each series over all scrapes. If a series has a label of the same name as its replica, the
 * replica's value is used and the other label becomes `exported_…`, as in Prometheus.
 */
export function seriesOf(scrapes: readonly Scrape[]): Series[] {
  const columns = new Map<string, Column>();
  for (const { url, atMs, samples } of scrapes) {
    const target = labelsOf(url);
    for (const { name, labels, value, atMs: sampleMs = atMs } of samples) {
      const allLabels = { __name__: name, ...joinLabels(labels, target) };
      const key = labelText(allLabels);
      const column: Column = columns.get(key) ?? { labels: allLabels, timesMs: [], values: [] };
      columns.set(key, column);
      column.timesMs.push(sampleMs);
      column.values.push(value);
    }
  }
  return [...columns.values()].map(({ labels, timesMs, values }) => {
    return { labels, samples: samplesOf(timesMs, values) };
  });
}

function joinLabels(labels: Labels, target: Labels): Labels {
  const renamed = Object.entries(labels).map(([name, value]) => [
    Object.hasOwn(target, name) ? `exported_${name}` : name,
    value,
  ]);
  return { ...(Object.fromEntries(renamed) as Labels), ...target };
}
