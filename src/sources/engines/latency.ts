/** Counts request latency by hour from the histograms of server processes. */

import { HOUR_MS, type Period } from '../../domain/period.ts';
import type { Located } from '../../domain/provenance.ts';
import {
  LATENCY_MEASURES,
  type LatencyHistogram,
  type LatencyMeasure,
} from '../../domain/usageFacts.ts';
import type { EngineMetrics } from './engine.ts';
import type { ServerProcess } from './processes.ts';
import { numberAt, type SeriesLabels, type Series } from './samples.ts';
import type { UsageReading } from './grid.ts';

/** A histogram's measure, by the full name of its buckets. */
interface LatencyName {
  readonly measure: LatencyMeasure;
  /** Of several names with the same measure, the lowest choice is used. */
  readonly choice: number;
}

/** The bucket names of an engine under these spellings, with their measures. */
export function latencyNames(
  { record: { families } }: EngineMetrics,
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

/**
 * The completed UTC hours of a window, including all of its first hour; `undefined` if there are
 * none.
 */
export function hoursIn({ startMs, endMs }: Period): Period | undefined {
  const hours = {
    startMs: Math.floor(startMs / HOUR_MS) * HOUR_MS,
    endMs: Math.floor(endMs / HOUR_MS) * HOUR_MS,
  };
  return hours.startMs < hours.endMs ? hours : undefined;
}

/** Requests by bucket. `bounds` are finite, and the last count is above all of them. */
interface Histogram {
  readonly bounds: readonly number[];
  readonly counts: number[];
}

/**
 * One histogram per measure and hour with requests, summed over processes. Each step goes to the
 * hour of its later sample. If a count falls, the process restarted, and the new value counts
 * whole. Of several copies of a process, the first that has a time counts. Histograms with
 * different bounds are reduced to their common bounds.
 */
export function computeLatency(
  series: readonly Series[],
  processes: readonly ServerProcess[],
  reading: UsageReading,
): Located<LatencyHistogram>[] {
  const hours = hoursIn(reading.window);
  if (hours === undefined) return [];
  const names = latencyNames(reading.engine, new Set(processes.map(({ spelling }) => spelling)));
  const parts = new Map<string, Histogram[]>();
  for (const [process, ownSeries] of byProcess(series, processes)) {
    for (const [measure, best] of preferred(ownSeries, names)) {
      for (const { hourMs, histogram } of histogramSteps(best, process, hours)) {
        const key = JSON.stringify([measure, hourMs]);
        parts.set(key, [...(parts.get(key) ?? []), histogram]);
      }
    }
  }
  const { sourceId, deployment } = reading;
  return [...parts].sort(byKey).flatMap(([key, histograms], position) => {
    const [measure, startMs] = JSON.parse(key) as [LatencyMeasure, number];
    const { bounds, counts } = sumHistograms(histograms);
    if (bounds.length === 0) return [];
    const period = { startMs, endMs: startMs + HOUR_MS };
    const fact = { sourceId, deployment, period, measure, boundsSeconds: bounds, counts };
    return [{ position, fact }];
  });
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

/** A series of a process, the copy that reported it, and its remaining labels. */
interface OwnSeries {
  readonly series: Series;
  readonly copy: number;
  readonly split: string;
}

/**
 * Assigns series to processes. A series belongs to a process if it has all labels of one of its
 * targets.
 */
function byProcess(series: readonly Series[], processes: readonly ServerProcess[]) {
  const seriesOf = new Map<ServerProcess, OwnSeries[]>();
  for (const each of series) {
    for (const process of processes) {
      const copy = process.scrapedAs.findIndex((labels) => hasLabels(each.labels, labels));
      if (copy < 0) continue;
      const split = splitOf(each.labels, process.scrapedAs[copy] ?? {});
      seriesOf.set(process, [...(seriesOf.get(process) ?? []), { series: each, copy, split }]);
      break;
    }
  }
  return seriesOf;
}

function hasLabels(labels: SeriesLabels, wanted: SeriesLabels): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}

function splitOf(labels: SeriesLabels, target: SeriesLabels): string {
  const own = Object.entries(labels).filter(([name]) => name !== 'le' && !(name in target));
  return JSON.stringify(own.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function preferred(series: readonly OwnSeries[], names: ReadonlyMap<string, LatencyName>) {
  const named = series.flatMap((each) => {
    const name = names.get(each.series.labels['__name__'] ?? '');
    return name === undefined ? [] : [{ ...name, each }];
  });
  return [...Map.groupBy(named, ({ measure }) => measure)].map(([measure, all]) => {
    const choice = Math.min(...all.map((one) => one.choice));
    const best = all.filter((one) => one.choice === choice).map(({ each }) => each);
    return [measure, best] as const;
  });
}

/** Cumulative counts by bound at one time. */
type Snapshot = ReadonlyMap<number, number>;

function* histogramSteps(series: readonly OwnSeries[], process: ServerProcess, hours: Period) {
  for (const parts of Map.groupBy(series, ({ split }) => split).values()) {
    let before: Snapshot | undefined;
    for (const [atMs, snapshot] of snapshotsIn(parts)) {
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

/** Whether the process began in these hours. If so, everything before its first sample counts. */
function startedWithin({ counters }: ServerProcess, fromMs: number, atMs: number): boolean {
  return counters.some(({ counter: { timesMs, startsMs } }) => {
    const startMs = numberAt(startsMs ?? [], 0);
    return startMs >= fromMs && startMs <= atMs && numberAt(timesMs, 0) <= atMs;
  });
}

/** Snapshots in order of time. Each time is read from the first copy that has it. */
function snapshotsIn(parts: readonly OwnSeries[]): [number, Snapshot][] {
  const moments = new Map<number, { copy: number; counts: Map<number, number> }>();
  for (const { series, copy } of parts.toSorted((a, b) => a.copy - b.copy)) {
    const bound = parseBound(series.labels['le']);
    if (bound === undefined) continue;
    for (const [index, atMs] of series.samples.timesMs.entries()) {
      const moment = moments.get(atMs) ?? { copy, counts: new Map<number, number>() };
      moments.set(atMs, moment);
      if (moment.copy === copy) moment.counts.set(bound, numberAt(series.samples.values, index));
    }
  }
  return [...moments]
    .filter(([, { counts }]) => counts.has(Number.POSITIVE_INFINITY) && areCounts(counts))
    .sort(([a], [b]) => a - b)
    .map(([atMs, { counts }]) => [atMs, counts]);
}

function parseBound(le: string | undefined): number | undefined {
  if (le === undefined || le.trim() === '') return undefined;
  const bound = Number(le.replace('+Inf', 'Infinity'));
  return Number.isNaN(bound) ? undefined : bound;
}

function areCounts(counts: Snapshot): boolean {
  return [...counts.values()].every((count) => Number.isSafeInteger(count) && count >= 0);
}

/** The counts between two snapshots; `undefined` if their bounds differ or nothing was counted. */
function stepBetween(before: Snapshot, after: Snapshot): Histogram | undefined {
  const bounds = [...after.keys()].sort((a, b) => a - b);
  if (before.size !== after.size || bounds.some((bound) => !before.has(bound))) return undefined;
  const countOf = (snapshot: Snapshot, bound: number) => snapshot.get(bound) ?? 0;
  const isRestart = bounds.some((bound) => countOf(after, bound) < countOf(before, bound));
  const grown = bounds.map(
    (bound) => countOf(after, bound) - (isRestart ? 0 : countOf(before, bound)),
  );
  const counts = grown.map((count, index) => Math.max(0, count - (grown[index - 1] ?? 0)));
  if (counts.every((count) => count === 0)) return undefined;
  return { bounds: bounds.slice(0, -1), counts };
}

/** The sum of several histograms, by their common bounds. */
function sumHistograms(histograms: readonly Histogram[]): Histogram {
  const [first, ...others] = histograms;
  const bounds = (first?.bounds ?? []).filter((bound) =>
    others.every((each) => each.bounds.includes(bound)),
  );
  const counts = Array.from({ length: bounds.length + 1 }, () => 0);
  for (const each of histograms) {
    for (const [index, count] of each.counts.entries()) {
      const bound = each.bounds[index] ?? Number.POSITIVE_INFINITY;
      const found = bounds.findIndex((shared) => bound <= shared);
      const slot = found < 0 ? bounds.length : found;
      counts[slot] = (counts[slot] ?? 0) + count;
    }
  }
  return { bounds, counts };
}
