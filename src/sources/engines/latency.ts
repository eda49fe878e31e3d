/** How long requests took by the hour: histograms of processes, each counted by its steps. */

import { HOUR_MS, type Period } from '../../domain/period.ts';
import type { Located } from '../../domain/provenance.ts';
import {
  LATENCY_MEASURES,
  type LatencyHistogram,
  type LatencyMeasure,
} from '../../domain/usageFacts.ts';
import type { Engine } from './engine.ts';
import type { ServerProcess } from './processes.ts';
import { at, type Labels, type Series } from './samples.ts';
import type { Reading } from './sums.ts';

/** The buckets of one measure, by their full name. */
interface LatencyName {
  readonly measure: LatencyMeasure;
  /** Of names that tell the same measure the lowest is believed. */
  readonly choice: number;
}

/** The names of buckets under these spellings of an engine's families, with what they tell. */
export function latencyNames(
  { record: { families } }: Engine,
  spellings: ReadonlySet<string>,
): ReadonlyMap<string, LatencyName> {
  const names = new Map<string, LatencyName>();
  for (const { spellings: known, latency = {} } of families) {
    for (const spelling of known.filter((each) => spellings.has(each))) {
      for (const measure of LATENCY_MEASURES) {
        for (const [choice, name] of (latency[measure] ?? []).entries()) {
          names.set(`${spelling}${name}_bucket`, { measure, choice });
        }
      }
    }
  }
  return names;
}

/** The hours of UTC that are over in a window, the first one whole; `undefined` without any. */
export function hoursIn({ startMs, endMs }: Period): Period | undefined {
  const hours = {
    startMs: Math.floor(startMs / HOUR_MS) * HOUR_MS,
    endMs: Math.floor(endMs / HOUR_MS) * HOUR_MS,
  };
  return hours.startMs < hours.endMs ? hours : undefined;
}

/** Requests by bucket; `bounds` are finite, and the last count is beyond them. */
interface Histogram {
  readonly bounds: readonly number[];
  readonly counts: number[];
}

/**
 * One histogram for each measure and hour in which anything was counted, summed over
 * processes. Each step goes to the hour that holds its later sample; where a count falls, the
 * process restarted and the new one counts whole. Of copies of a process the first that tells a
 * moment counts. Histograms with other bounds are told by the bounds that all have.
 */
export function latencyOf(
  series: readonly Series[],
  processes: readonly ServerProcess[],
  reading: Reading,
): Located<LatencyHistogram>[] {
  const hours = hoursIn(reading.window);
  if (hours === undefined) return [];
  const names = latencyNames(reading.engine, new Set(processes.map(({ spelling }) => spelling)));
  const told = new Map<string, Histogram[]>();
  for (const [process, own] of byProcess(series, processes)) {
    for (const [measure, best] of bestOf(own, names)) {
      for (const { hourMs, histogram } of stepsOf(best, process, hours)) {
        const key = JSON.stringify([measure, hourMs]);
        told.set(key, [...(told.get(key) ?? []), histogram]);
      }
    }
  }
  const { sourceId, deployment } = reading;
  return [...told].sort(byKey).flatMap(([key, histograms], position) => {
    const [measure, startMs] = JSON.parse(key) as [LatencyMeasure, number];
    const { bounds, counts } = summed(histograms);
    if (bounds.length === 0) return [];
    const period = { startMs, endMs: startMs + HOUR_MS };
    const fact = { sourceId, deployment, period, measure, boundsSeconds: bounds, counts };
    return [{ position, fact }];
  });
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

/** A series of a process, the copy that told it, and what sets it apart in its process. */
interface Own {
  readonly series: Series;
  readonly copy: number;
  readonly split: string;
}

/** Each series belongs to the process one of whose targets has no label that it lacks. */
function byProcess(series: readonly Series[], processes: readonly ServerProcess[]) {
  const own = new Map<ServerProcess, Own[]>();
  for (const each of series) {
    for (const process of processes) {
      const copy = process.scrapedAs.findIndex((labels) => carries(each.labels, labels));
      if (copy < 0) continue;
      const split = splitOf(each.labels, process.scrapedAs[copy] ?? {});
      own.set(process, [...(own.get(process) ?? []), { series: each, copy, split }]);
      break;
    }
  }
  return own;
}

function carries(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}

function splitOf(labels: Labels, target: Labels): string {
  const own = Object.entries(labels).filter(([name]) => name !== 'le' && !(name in target));
  return JSON.stringify(own.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function bestOf(own: readonly Own[], names: ReadonlyMap<string, LatencyName>) {
  const named = own.flatMap((each) => {
    const name = names.get(each.series.labels['__name__'] ?? '');
    return name === undefined ? [] : [{ ...name, each }];
  });
  return [...Map.groupBy(named, ({ measure }) => measure)].map(([measure, all]) => {
    const choice = Math.min(...all.map((one) => one.choice));
    const best = all.filter((one) => one.choice === choice).map(({ each }) => each);
    return [measure, best] as const;
  });
}

/** Cumulative counts by bound at one moment. */
type Snapshot = ReadonlyMap<number, number>;

function* stepsOf(own: readonly Own[], process: ServerProcess, hours: Period) {
  for (const parts of Map.groupBy(own, ({ split }) => split).values()) {
    let before: Snapshot | undefined;
    for (const [atMs, snapshot] of snapshotsOf(parts)) {
      const isFresh = before === undefined && startedWithin(process, hours.startMs, atMs);
      const earlier = isFresh ? new Map([...snapshot.keys()].map((bound) => [bound, 0])) : before;
      const histogram = earlier === undefined ? undefined : stepBetween(earlier, snapshot);
      before = snapshot;
      const hourMs = Math.ceil(atMs / HOUR_MS) * HOUR_MS - HOUR_MS;
      const isInside = hourMs >= hours.startMs && hourMs < hours.endMs;
      if (histogram !== undefined && isInside) yield { hourMs, histogram };
    }
  }
}

/** What was counted before the first sample is of these hours where the process began in them. */
function startedWithin({ counters }: ServerProcess, fromMs: number, atMs: number): boolean {
  return counters.some(({ counter: { timesMs, startsMs } }) => {
    const startMs = at(startsMs ?? [], 0);
    return startMs >= fromMs && startMs <= atMs && at(timesMs, 0) <= atMs;
  });
}

/** In order of time; each moment by the first copy that has it. */
function snapshotsOf(parts: readonly Own[]): [number, Snapshot][] {
  const moments = new Map<number, { copy: number; counts: Map<number, number> }>();
  for (const { series, copy } of parts.toSorted((a, b) => a.copy - b.copy)) {
    const bound = boundOf(series.labels['le']);
    if (bound === undefined) continue;
    for (const [index, atMs] of series.samples.timesMs.entries()) {
      const moment = moments.get(atMs) ?? { copy, counts: new Map<number, number>() };
      moments.set(atMs, moment);
      if (moment.copy === copy) moment.counts.set(bound, at(series.samples.values, index));
    }
  }
  return [...moments]
    .filter(([, { counts }]) => counts.has(Number.POSITIVE_INFINITY) && isWhole(counts))
    .sort(([a], [b]) => a - b)
    .map(([atMs, { counts }]) => [atMs, counts]);
}

function boundOf(le: string | undefined): number | undefined {
  if (le === undefined || le.trim() === '') return undefined;
  const bound = Number(le.replace('+Inf', 'Infinity'));
  return Number.isNaN(bound) ? undefined : bound;
}

function isWhole(counts: Snapshot): boolean {
  return [...counts.values()].every((count) => Number.isSafeInteger(count) && count >= 0);
}

/** What was counted between two moments; nothing where their bounds are others. */
function stepBetween(before: Snapshot, after: Snapshot): Histogram | undefined {
  const bounds = [...after.keys()].sort((a, b) => a - b);
  if (before.size !== after.size || bounds.some((bound) => !before.has(bound))) return undefined;
  const of = (snapshot: Snapshot, bound: number) => snapshot.get(bound) ?? 0;
  const isRestart = bounds.some((bound) => of(after, bound) < of(before, bound));
  const grown = bounds.map((bound) => of(after, bound) - (isRestart ? 0 : of(before, bound)));
  const counts = grown.map((count, index) => Math.max(0, count - (grown[index - 1] ?? 0)));
  if (counts.every((count) => count === 0)) return undefined;
  return { bounds: bounds.slice(0, -1), counts };
}

/** The sum by the bounds that all of them have. */
function summed(histograms: readonly Histogram[]): Histogram {
  const [first, ...others] = histograms;
  const bounds = (first?.bounds ?? []).filter((bound) =>
    others.every((each) => each.bounds.includes(bound)),
  );
  const counts = Array.from({ length: bounds.length + 1 }, () => 0);
  for (const each of histograms) {
    for (const [index, count] of each.counts.entries()) {
      const bound = each.bounds[index] ?? Number.POSITIVE_INFINITY;
      const found = bounds.findIndex((shared) => bound <= shared);
      const place = found < 0 ? bounds.length : found;
      counts[place] = (counts[place] ?? 0) + count;
    }
  }
  return { bounds, counts };
}
