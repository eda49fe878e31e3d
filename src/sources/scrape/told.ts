/** The usage that a scrape has made known: of intervals that are over, and not told before. */

import { Failure } from '../../domain/failure.ts';
import { matchesGlob } from '../../domain/glob.ts';
import { HOUR_MS, MINUTE_MS, type Period, period } from '../../domain/period.ts';
import type { Located } from '../../domain/provenance.ts';
import type { UsageRow } from '../../domain/usage.ts';
import type { GpuActivity, LatencyHistogram, UsagePart } from '../../domain/usageFacts.ts';
import { type Engine, PROCESS_START } from '../engines/engine.ts';
import { GPU_FIELDS, gpuActivityOf, isWatched, nothingWatched } from '../engines/gpuActivity.ts';
import { latencyOf } from '../engines/latency.ts';
import { type Usage, usageOf } from '../engines/normalize.ts';
import { processesOf } from '../engines/processes.ts';
import type { Series } from '../engines/samples.ts';
import type { Reading } from '../engines/sums.ts';
import { orFailure } from '../fetchRecord.ts';
import type { TelemetryTarget, UsageTarget } from '../source.ts';
import { isShared } from './balancer.ts';
import { RING_MS, type Scrape, seriesOf } from './history.ts';

/** How far around a sample others are looked at to judge it. */
export const HORIZON_MS = HOUR_MS;

/** A deployment and the engine that its metrics are read with. */
export interface Wished {
  readonly target: UsageTarget;
  readonly engine: Engine;
}

export interface Wish {
  readonly sourceId: string;
  readonly usage: readonly Wished[];
  readonly telemetry: readonly TelemetryTarget[];
  readonly intervalMs: number;
  readonly nowMs: number;
  /** Of earlier rings, in order of time, and how far back they are whole. */
  readonly earlier: readonly Scrape[];
  readonly wholeFromMs: number;
  /** Of this ring. */
  readonly scrapes: readonly Scrape[];
  /** Addresses of replicas that are listed and did not answer now. */
  readonly silent: ReadonlySet<string>;
}

export interface Told {
  readonly rows: readonly UsageRow[];
  readonly parts: readonly UsagePart[];
  readonly latency: readonly LatencyHistogram[];
  readonly gpuActivity: readonly GpuActivity[];
  readonly warnings: readonly string[];
  /** Deployments that cannot be told: why, and the address that says so. */
  readonly failures: readonly { readonly failure: Failure; readonly url: string }[];
}

const NOTHING: Told = {
  rows: [],
  parts: [],
  latency: [],
  gpuActivity: [],
  warnings: [],
  failures: [],
};

/**
 * What is known now, less what was known when the interval before ended: rows of the newest
 * intervals, and of older ones that a later sample has changed, as where a replica was silent for a
 * while. Both are made of samples alone, so that a second worker or a second try tells the same.
 */
export function usageTold(wish: Wish): Told {
  const { earlier, scrapes, nowMs, intervalMs, usage } = wish;
  const endMs = toldUpTo(intervalMs, nowMs);
  const newestMs = earlier.at(-1)?.atMs;
  if (newestMs === undefined && scrapes.length === 0) return NOTHING;
  if (newestMs !== undefined && toldUpTo(intervalMs, newestMs) >= endMs) return NOTHING;
  const known = knownBefore(earlier, intervalMs);
  const oldestMs = oldestOf(wish, known);
  const cutMs = Math.ceil(wish.wholeFromMs / HOUR_MS) * HOUR_MS;
  if (endMs <= Math.max(oldestMs, cutMs)) return NOTHING;
  const window = period(Math.max(oldestMs, cutMs), endMs);
  const both = [...earlier, ...scrapes];
  const all = oldestMs < cutMs ? withoutOld(both, cutMs) : both;
  const history = { wish, window, all, series: seriesOf(all), before: seriesBefore(all, known) };
  const each = [
    ...usage.map((wished) => toldOf(wished, history)),
    ...wish.telemetry.map((target) => watchedOf(target, history)),
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

/** The scrapes that were known when the last interval was told, and until when it told. */
interface Known {
  readonly scrapes: readonly Scrape[];
  readonly endMs: number;
}

function knownBefore(earlier: readonly Scrape[], intervalMs: number): Known | undefined {
  const newestMs = earlier.at(-1)?.atMs;
  if (newestMs === undefined) return undefined;
  const endMs = toldUpTo(intervalMs, newestMs);
  const ringMs = earlier.find(({ atMs }) => atMs >= endMs + intervalMs)?.atMs ?? newestMs;
  return { scrapes: earlier.filter(({ atMs }) => atMs < ringMs + RING_MS), endMs };
}

/** From the hour in which the oldest interval begins of which something may be new. */
function oldestOf({ earlier, scrapes }: Wish, known: Known | undefined): number {
  const since = new Set(known?.scrapes);
  const later = [...earlier, ...scrapes].filter((scrape) => !since.has(scrape));
  const last = new Map((known?.scrapes ?? []).map(({ url, atMs }) => [url, atMs]));
  const firstMs = Math.min(...later.map(({ url, atMs }) => last.get(url) ?? atMs));
  const oldestMs = Math.min(firstMs, known?.endMs ?? Number.POSITIVE_INFINITY);
  return floorTo(HOUR_MS, oldestMs - HORIZON_MS);
}

/**
 * A replica that was silent from before the window until within it has counted who knows when: it
 * is seen for the first time again.
 */
function withoutOld(scrapes: readonly Scrape[], startMs: number): Scrape[] {
  const dropped = new Set<Scrape>();
  for (const own of Map.groupBy(scrapes, ({ url }) => url).values()) {
    const next = own.findIndex(({ atMs }) => atMs >= startMs);
    const [before, after] = [own[next - 1], own[next]];
    if (before === undefined || after === undefined) continue;
    if (after.atMs - before.atMs > HORIZON_MS)
      for (const one of own.slice(0, next)) dropped.add(one);
  }
  return scrapes.filter((scrape) => !dropped.has(scrape));
}

/** What all deployments are read from. */
interface History {
  readonly wish: Wish;
  readonly window: Period;
  readonly all: readonly Scrape[];
  readonly series: readonly Series[];
  readonly before: Before | undefined;
}

/** What was known when the last interval was told. */
interface Before {
  readonly series: readonly Series[];
  readonly endMs: number;
}

function seriesBefore(all: readonly Scrape[], known: Known | undefined): Before | undefined {
  if (known === undefined) return undefined;
  const then = new Set(known.scrapes);
  return { series: seriesOf(all.filter((scrape) => then.has(scrape))), endMs: known.endMs };
}

function toldOf(wished: Wished, { wish, window, all, series, before }: History): Told {
  const { sourceId, intervalMs } = wish;
  const { target, engine } = wished;
  const about = { sourceId, deployment: target.deployment, engine };
  const reading = { ...about, intervalMs, horizonMs: HORIZON_MS, window };
  const shared = sharedAmong(all, wished);
  const now = orFailure(() => {
    if (shared !== undefined) throw balanced(shared, target);
    return readingOf(target, series, reading);
  });
  if (now instanceof Failure) {
    return { ...NOTHING, failures: [{ failure: now, url: shared ?? all.at(-1)?.url ?? '' }] };
  }
  const then = knownUsage(target, reading, before);
  const missedMs = missingSince(target, wish, all);
  return {
    ...NOTHING,
    rows: newIn(now.rows, then.rows).map((row) =>
      row.period.endMs > missedMs ? { ...row, estimated: true } : row,
    ),
    parts: newIn(now.parts, then.parts),
    latency: newIn(now.latency, then.latency),
    warnings: now.warnings.filter((text) => !then.warnings.includes(text)),
  };
}

/** What the GPUs of a deployment say of themselves in hours that are over. */
function watchedOf(target: TelemetryTarget, { wish, window, series, before }: History): Told {
  const about = { sourceId: wish.sourceId, deployment: target.deployment };
  const own = series.filter(({ labels }) => isWatched(target, labels));
  const now = gpuActivityOf(own, { ...about, window });
  if (before === undefined || before.endMs <= window.startMs) {
    const warnings = own.length === 0 ? [nothingWatched(target)] : [];
    return { ...NOTHING, gpuActivity: newIn(now, []), warnings };
  }
  const then = before.series.filter(({ labels }) => isWatched(target, labels));
  const known = gpuActivityOf(then, { ...about, window: period(window.startMs, before.endMs) });
  return { ...NOTHING, gpuActivity: newIn(now, known) };
}

/** Facts that were not told before, or not so. */
function newIn<T>(now: readonly Located<T>[], before: readonly Located<T>[]): T[] {
  const old = new Set(before.map(({ fact }) => JSON.stringify(fact)));
  return now.map(({ fact }) => fact).filter((fact) => !old.has(JSON.stringify(fact)));
}

/**
 * From when on a replica that is listed has not answered: what it serves meanwhile is told by its
 * next answer, and until then the intervals are known in part.
 */
function missingSince(target: UsageTarget, { silent }: Wish, all: readonly Scrape[]): number {
  const own = all.filter(({ url }) => silent.has(url));
  const last = [...Map.groupBy(own, ({ url }) => url).values()].flatMap((some) => {
    const isRead = seriesFor(target, seriesOf(some)).some(
      (one) => one.labels['__name__'] !== PROCESS_START,
    );
    return isRead ? [some.at(-1)?.atMs ?? Number.POSITIVE_INFINITY] : [];
  });
  return Math.min(...last);
}

/** What could be told before; what failed then was not told. */
function knownUsage(target: UsageTarget, reading: Reading, before: Before | undefined): Read {
  const nothing: Read = { rows: [], parts: [], latency: [], warnings: [] };
  const { startMs } = reading.window;
  if (before === undefined || before.endMs <= startMs) return nothing;
  const window = period(startMs, before.endMs);
  const read = orFailure(() => readingOf(target, before.series, { ...reading, window }));
  return read instanceof Failure ? nothing : read;
}

interface Read extends Usage {
  readonly latency: readonly Located<LatencyHistogram>[];
}

/** @throws {Failure} where the series contradict each other. */
function readingOf(target: UsageTarget, all: readonly Series[], reading: Reading): Read {
  const series = seriesFor(target, all);
  const processes = processesOf(series, [], reading.engine);
  return { ...usageOf(processes, reading), latency: latencyOf(series, processes, reading) };
}

const OF_GPUS: ReadonlySet<string> = new Set(GPU_FIELDS);

/**
 * The series that the deployment's match means; starts are of a process, whatever it serves, and
 * what GPUs tell is of no process.
 */
function seriesFor({ match }: UsageTarget, series: readonly Series[]): Series[] {
  return series.filter(({ labels }) => {
    const name = labels['__name__'] ?? '';
    if (name === PROCESS_START || OF_GPUS.has(name)) return name === PROCESS_START;
    return Object.entries(match).every(([label, glob]) => matchesGlob(glob, labels[label] ?? ''));
  });
}

/** An address of the newest ring behind which several processes answer for the deployment. */
function sharedAmong(scrapes: readonly Scrape[], { target, engine }: Wished): string | undefined {
  const newestMs = scrapes.at(-1)?.atMs ?? 0;
  for (const [url, own] of Map.groupBy(scrapes, (scrape) => scrape.url)) {
    const isNow = (own.at(-1)?.atMs ?? 0) > newestMs - RING_MS - MINUTE_MS;
    if (!isNow || !isShared(own, engine)) continue;
    const tells = ({ labels }: Series) => labels['__name__'] !== PROCESS_START;
    if (seriesFor(target, seriesOf(own)).some(tells)) return url;
  }
  return undefined;
}

function balanced(url: string, { deployment }: UsageTarget): Failure {
  const { host } = new URL(url);
  return new Failure('config', `${deployment}: several processes respond in turn at ${host}`, {
    where: url,
    expected: 'one process per address, or usage between scrapes would be lost',
    hint:
      'find the replicas themselves by dns, kubernetes or runpod; if it is one process, ' +
      'correct its clock',
  });
}

/**
 * An interval is told when the next one is over too: whether a sample is a bad one is seen by those
 * that follow.
 */
function toldUpTo(intervalMs: number, nowMs: number): number {
  return floorTo(intervalMs, nowMs) - intervalMs;
}

function floorTo(sizeMs: number, instantMs: number): number {
  return Math.floor(instantMs / sizeMs) * sizeMs;
}
