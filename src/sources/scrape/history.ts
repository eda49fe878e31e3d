/** What a source's replicas told, scrape by scrape, as series of samples in order of time. */

import { HOUR_MS, SECOND_MS } from '../../domain/period.ts';
import { type Labels, labelText, samplesOf, type Series } from '../engines/samples.ts';
import type { EarlierAnswer } from '../source.ts';
import { partsOfRing } from './kept.ts';
import { labelsOf } from './targets.ts';
import { type TextSample, textSamples } from './text.ts';

/** One replica at one moment. */
export interface Scrape {
  readonly url: string;
  readonly atMs: number;
  readonly samples: readonly TextSample[];
}

/** Answers of before, read again; they were well-formed when they were kept. */
export function scrapesIn(answers: readonly EarlierAnswer[], names: ReadonlySet<string>): Scrape[] {
  const rings = new Map<Uint8Array, ReturnType<typeof partsOfRing>>();
  return answers.map(({ url, atMs, body }) => {
    const parts = rings.get(body) ?? partsOfRing(body);
    rings.set(body, parts);
    const own = parts.get(url) ?? parts.get('') ?? new Uint8Array();
    const wish = { where: url, names, contentType: 'text/plain' };
    return { url, atMs, samples: [...textSamples([own], wish)] };
  });
}

/** From so long a gap on, a scrape keeps the one before it: it will soon be no longer at hand. */
const LONG_GAP_MS = 2 * HOUR_MS;

/** Replicas of one ring are scraped within so long. */
export const RING_MS = 30 * SECOND_MS;

/**
 * The scrape; after a long time in which nobody scraped, together with the samples of the last one
 * of its replica, each with its time.
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
 * Each series over all scrapes. Labels of the replica win over those of its own that are called
 * alike, which are then called `exported_…`, as Prometheus does it.
 */
export function seriesOf(scrapes: readonly Scrape[]): Series[] {
  const columns = new Map<string, Column>();
  for (const { url, atMs, samples } of scrapes) {
    const target = labelsOf(url);
    for (const { name, labels, value, atMs: toldMs = atMs } of samples) {
      const own = { __name__: name, ...joinedLabels(labels, target) };
      const key = labelText(own);
      const column: Column = columns.get(key) ?? { labels: own, timesMs: [], values: [] };
      columns.set(key, column);
      column.timesMs.push(toldMs);
      column.values.push(value);
    }
  }
  return [...columns.values()].map(({ labels, timesMs, values }) => {
    return { labels, samples: samplesOf(timesMs, values) };
  });
}

function joinedLabels(own: Labels, target: Labels): Labels {
  const moved = Object.entries(own).map(([name, value]) => [
    Object.hasOwn(target, name) ? `exported_${name}` : name,
    value,
  ]);
  return { ...(Object.fromEntries(moved) as Labels), ...target };
}
