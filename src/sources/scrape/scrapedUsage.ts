/** Computes the usage that a scrape has added in finished intervals. */

import { Failure } from '../../domain/failure.ts';
import { matchesGlob } from '../../domain/glob.ts';
import { HOUR_MS, MINUTE_MS, type Period, period } from '../../domain/period.ts';
import type { Located } from '../../domain/provenance.ts';
import { newWarnings, type PullWarning } from '../../domain/pullWarning.ts';
import type { UsageRow } from '../../domain/usage.ts';
import type { GpuActivity, LatencyHistogram, UsagePart } from '../../domain/usageFacts.ts';
import { type EngineMetrics, PROCESS_START } from '../engines/engine.ts';
import {
  GPU_FIELDS,
  computeGpuActivity,
  isMonitored,
  nothingWatched,
} from '../engines/gpuActivity.ts';
import { computeLatency } from '../engines/latency.ts';
import { type EngineUsage, computeUsage } from '../engines/computeUsage.ts';
import { findProcesses } from '../engines/processes.ts';
import type { Series } from '../engines/samples.ts';
import type { UsageReading } from '../engines/grid.ts';
import { catchFailure } from '../fetchRecord.ts';
import type { TelemetryTarget, UsageTarget } from '../source.ts';
import { isSharedAddress, sharedAddressFailure } from './balancer.ts';
import { ROUND_MS, type ReplicaScrape, toSeries } from './history.ts';

export const HORIZON_MS = HOUR_MS;

export interface ScrapedDeployment {
  readonly target: UsageTarget;
  readonly engine: EngineMetrics;
}

export interface UsageRequest {
  readonly sourceId: string;
  readonly usage: readonly ScrapedDeployment[];
  readonly telemetry: readonly TelemetryTarget[];
  readonly intervalMs: number;
  readonly nowMs: number;
  /** Scrapes of earlier rounds, in order of time, and the time from which they are complete. */
  readonly earlier: readonly ReplicaScrape[];
  readonly completeFromMs: number;
  /** Scrapes of this round. */
  readonly scrapes: readonly ReplicaScrape[];
  /** Addresses of listed replicas that did not answer. */
  readonly silent: ReadonlySet<string>;
}

export interface ScrapedFacts {
  readonly rows: readonly UsageRow[];
  readonly parts: readonly UsagePart[];
  readonly latency: readonly LatencyHistogram[];
  readonly gpuActivity: readonly GpuActivity[];
  readonly warnings: readonly PullWarning[];
  /** Deployments that cannot be read: the failure, and the address that it is about. */
  readonly failures: readonly { readonly failure: Failure; readonly url: string }[];
}

const NO_FACTS: ScrapedFacts = {
  rows: [],
  parts: [],
  latency: [],
  gpuActivity: [],
  warnings: [],
  failures: [],
};

/**
 * The facts that are known now and were not known when the previous interval ended. These are rows
 * of the newest intervals, and of older ones that a later sample has changed, for example after a
 * replica was silent. Both sides are computed from samples only, so a second worker or attempt
 * returns the same.
 */
export function computeScrapedUsage(request: UsageRequest): ScrapedFacts {
  const { earlier, scrapes, nowMs, intervalMs, usage } = request;
  const endMs = reportedUntil(intervalMs, nowMs);
  const newestMs = earlier.at(-1)?.atMs;
  if (newestMs === undefined && scrapes.length === 0) return NO_FACTS;
  if (newestMs !== undefined && reportedUntil(intervalMs, newestMs) >= endMs) return NO_FACTS;
  const known = findKnown(earlier, intervalMs);
  const oldestMs = oldestChangeMs(request, known);
  const cutMs = Math.ceil(request.completeFromMs / HOUR_MS) * HOUR_MS;
  if (endMs <= Math.max(oldestMs, cutMs)) return NO_FACTS;
  const window = period(Math.max(oldestMs, cutMs), endMs);
  const allScrapes = [...earlier, ...scrapes];
  const all = oldestMs < cutMs ? withoutOld(allScrapes, cutMs) : allScrapes;
  const history = { request, window, all, series: toSeries(all), before: seriesBefore(all, known) };
  const each = [
    ...usage.map((entry) => readUsage(entry, history)),
    ...request.telemetry.map((target) => readGpus(target, history)),
  ];
  return {
    rows: each.flatMap(({ rows }) => rows),
    parts: each.flatMap(({ parts }) => parts),
    latency: each.flatMap(({ latency }) => latency),
    gpuActivity: each.flatMap(({ gpuActivity }) => gpuActivity),
    warnings: each.flatMap(({ warnings }) => warnings),
    failures: each.flatMap(({ failures }) => failures),
  };
}

/** The scrapes that were known when the last interval was reported, and that interval's end. */
interface Known {
  readonly scrapes: readonly ReplicaScrape[];
  readonly endMs: number;
}

function findKnown(earlier: readonly ReplicaScrape[], intervalMs: number): Known | undefined {
  const newestMs = earlier.at(-1)?.atMs;
  if (newestMs === undefined) return undefined;
  const endMs = reportedUntil(intervalMs, newestMs);
  const ringMs = earlier.find(({ atMs }) => atMs >= endMs + intervalMs)?.atMs ?? newestMs;
  return { scrapes: earlier.filter(({ atMs }) => atMs < ringMs + ROUND_MS), endMs };
}

/** The start of the hour of the oldest interval that may have changed. */
function oldestChangeMs({ earlier, scrapes }: UsageRequest, known: Known | undefined): number {
  const knownScrapes = new Set(known?.scrapes);
  const later = [...earlier, ...scrapes].filter((scrape) => !knownScrapes.has(scrape));
  const lastByUrl = new Map((known?.scrapes ?? []).map(({ url, atMs }) => [url, atMs]));
  const firstMs = Math.min(...later.map(({ url, atMs }) => lastByUrl.get(url) ?? atMs));
  const oldestMs = Math.min(firstMs, known?.endMs ?? Number.POSITIVE_INFINITY);
  return floorTo(HOUR_MS, oldestMs - HORIZON_MS);
}

/**
 * Drops earlier scrapes of replicas that were silent from before the window until within it. It is
 * unknown when their requests were served, so they count as newly seen.
 */
function withoutOld(scrapes: readonly ReplicaScrape[], startMs: number): ReplicaScrape[] {
  const dropped = new Set<ReplicaScrape>();
  for (const own of Map.groupBy(scrapes, ({ url }) => url).values()) {
    const next = own.findIndex(({ atMs }) => atMs >= startMs);
    const [before, after] = [own[next - 1], own[next]];
    if (before === undefined || after === undefined) continue;
    if (after.atMs - before.atMs > HORIZON_MS)
      for (const one of own.slice(0, next)) dropped.add(one);
  }
  return scrapes.filter((scrape) => !dropped.has(scrape));
}

/** The data that all deployments are read from. */
interface History {
  readonly request: UsageRequest;
  readonly window: Period;
  readonly all: readonly ReplicaScrape[];
  readonly series: readonly Series[];
  readonly before: KnownSeries | undefined;
}

/** What was known when the last interval was reported. */
interface KnownSeries {
  readonly series: readonly Series[];
  readonly endMs: number;
}

function seriesBefore(
  all: readonly ReplicaScrape[],
  known: Known | undefined,
): KnownSeries | undefined {
  if (known === undefined) return undefined;
  const knownScrapes = new Set(known.scrapes);
  return { series: toSeries(all.filter((scrape) => knownScrapes.has(scrape))), endMs: known.endMs };
}

function readUsage(
  entry: ScrapedDeployment,
  { request, window, all, series, before }: History,
): ScrapedFacts {
  const { sourceId, intervalMs } = request;
  const { target, engine } = entry;
  const common = { sourceId, deployment: target.deployment, engine };
  const reading = { ...common, intervalMs, horizonMs: HORIZON_MS, window };
  const shared = findShared(all, entry);
  const now = catchFailure(() => {
    if (shared !== undefined) throw sharedAddressFailure(shared, target);
    return readSeries(target, series, reading);
  });
  if (now instanceof Failure) {
    return { ...NO_FACTS, failures: [{ failure: now, url: shared ?? all.at(-1)?.url ?? '' }] };
  }
  const known = knownUsage(target, reading, before);
  const incompleteFromMs = findSilenceStart(target, request, all);
  return {
    ...NO_FACTS,
    rows: newFacts(now.rows, known.rows).map((row) =>
      row.period.endMs > incompleteFromMs ? { ...row, estimated: true } : row,
    ),
    parts: newFacts(now.parts, known.parts),
    latency: newFacts(now.latency, known.latency),
    warnings: newWarnings(now.warnings, known.warnings),
  };
}

/** GPU activity of a deployment in hours that are over. */
function readGpus(
  target: TelemetryTarget,
  { request, window, series, before }: History,
): ScrapedFacts {
  const common = { sourceId: request.sourceId, deployment: target.deployment };
  const gpuSeries = series.filter(({ labels }) => isMonitored(target, labels));
  const now = computeGpuActivity(gpuSeries, { ...common, window });
  if (before === undefined || before.endMs <= window.startMs) {
    const warnings = gpuSeries.length === 0 ? [nothingWatched(target)] : [];
    return { ...NO_FACTS, gpuActivity: newFacts(now, []), warnings };
  }
  const past = before.series.filter(({ labels }) => isMonitored(target, labels));
  const known = computeGpuActivity(past, {
    ...common,
    window: period(window.startMs, before.endMs),
  });
  return { ...NO_FACTS, gpuActivity: newFacts(now, known) };
}

/** Facts that are new or changed. */
function newFacts<T>(now: readonly Located<T>[], before: readonly Located<T>[]): T[] {
  const old = new Set(before.map(({ fact }) => JSON.stringify(fact)));
  return now.map(({ fact }) => fact).filter((fact) => !old.has(JSON.stringify(fact)));
}

/**
 * The time since which a listed replica has not answered. Its next answer reports what it serves
 * meanwhile. Until then, the intervals are incomplete.
 */
function findSilenceStart(
  target: UsageTarget,
  { silent }: UsageRequest,
  all: readonly ReplicaScrape[],
): number {
  const silentScrapes = all.filter(({ url }) => silent.has(url));
  const lastTimes = [...Map.groupBy(silentScrapes, ({ url }) => url).values()].flatMap((own) => {
    const isRead = seriesFor(target, toSeries(own)).some(
      (one) => one.labels['__name__'] !== PROCESS_START,
    );
    return isRead ? [own.at(-1)?.atMs ?? Number.POSITIVE_INFINITY] : [];
  });
  return Math.min(...lastTimes);
}

/** The usage that could be computed before. A reading that failed then reported nothing. */
function knownUsage(target: UsageTarget, reading: UsageReading, before?: KnownSeries): ReadUsage {
  const noUsage: ReadUsage = { rows: [], parts: [], latency: [], warnings: [] };
  const { startMs } = reading.window;
  if (before === undefined || before.endMs <= startMs) return noUsage;
  const window = period(startMs, before.endMs);
  const read = catchFailure(() => readSeries(target, before.series, { ...reading, window }));
  return read instanceof Failure ? noUsage : read;
}

interface ReadUsage extends EngineUsage {
  readonly latency: readonly Located<LatencyHistogram>[];
}

/** @throws {Failure} if the deployment's series contradict each other. */
function readSeries(target: UsageTarget, all: readonly Series[], reading: UsageReading): ReadUsage {
  const series = seriesFor(target, all);
  const processes = findProcesses(series, [], reading.engine);
  return {
    ...computeUsage(processes, reading),
    latency: computeLatency(series, processes, reading),
  };
}

const GPU_FIELD_NAMES: ReadonlySet<string> = new Set(GPU_FIELDS);

/**
 * The series that the deployment's match selects. Process starts are always included, and GPU
 * fields never are.
 */
function seriesFor({ match }: UsageTarget, series: readonly Series[]): Series[] {
  return series.filter(({ labels }) => {
    const name = labels['__name__'] ?? '';
    if (name === PROCESS_START || GPU_FIELD_NAMES.has(name)) return name === PROCESS_START;
    return Object.entries(match).every(([label, glob]) => matchesGlob(glob, labels[label] ?? ''));
  });
}

/** An address of the newest round at which several processes respond for the deployment. */
function findShared(
  scrapes: readonly ReplicaScrape[],
  { target, engine }: ScrapedDeployment,
): string | undefined {
  const newestMs = scrapes.at(-1)?.atMs ?? 0;
  for (const [url, own] of Map.groupBy(scrapes, (scrape) => scrape.url)) {
    const isNewest = (own.at(-1)?.atMs ?? 0) > newestMs - ROUND_MS - MINUTE_MS;
    if (!isNewest || !isSharedAddress(own, engine)) continue;
    const isMetric = ({ labels }: Series) => labels['__name__'] !== PROCESS_START;
    if (seriesFor(target, toSeries(own)).some(isMetric)) return url;
  }
  return undefined;
}

/** The last interval is reported once the next is over too: later samples show bad samples. */
function reportedUntil(intervalMs: number, nowMs: number): number {
  return floorTo(intervalMs, nowMs) - intervalMs;
}

function floorTo(sizeMs: number, instantMs: number): number {
  return Math.floor(instantMs / sizeMs) * sizeMs;
}
