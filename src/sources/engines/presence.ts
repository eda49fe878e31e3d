/** Knows from scrapes when a replica was seen, when it was busy, and what it did not tell. */

import { HOUR_MS } from '../../domain/period.ts';
import type { Counted } from './counters.ts';
import type { CountedFact } from './record.ts';
import { type Grid, overlapsOf, type Share } from './grid.ts';
import type { MergedCounter } from './merge.ts';
import type { ServerProcess } from './processes.ts';
import { at, holdsInstant, valueAt } from './samples.ts';
import { addColumn } from './sums.ts';

/** A counter and what its samples told. */
export interface CountedSeries extends MergedCounter {
  readonly counted: Counted;
}

/** Columns over the intervals of a grid. */
export interface Presence {
  /** Milliseconds between scrapes of the same living process. */
  readonly seenMs: Float64Array;
  /** Milliseconds from when its counters tell to the last scrape, seen or not. */
  readonly countedMs: Float64Array;
  readonly busyMs: Float64Array;
  /** 1 where part of the seen time has no gauge of running requests. */
  readonly busyUnknown: Uint8Array;
  /** 1 where a scrape lacks the fact. */
  readonly requestsUnknown: Uint8Array;
  readonly cacheUnknown: Uint8Array;
}

/** A longer silence is covered only when the process is known to have lived through it. */
const LONGEST_SILENCE_MS = HOUR_MS;

/**
 * Time between two scrapes counts as seen unless the process restarted in it, or was silent for
 * over an hour and is not known to be the same. It counts as busy when requests were running at the
 * earlier scrape, or when tokens moved though no request ran at either: a sampled estimate, true to
 * within a scrape at both ends of a burst. Where the engine counts its busy time itself, that is
 * taken, up to the time that it was seen. Time before the first scrape and after the last one
 * counts nothing.
 */
export function presenceOf(
  process: ServerProcess,
  series: readonly CountedSeries[],
  grid: Grid,
): Presence {
  const presence = emptyPresence(grid.count);
  const told = scrapesOf(process, series);
  for (const { interval, amount } of countedTime(process, series, grid)) {
    presence.countedMs[interval] = amount;
  }
  for (let index = 0; index < process.timesMs.length; index += 1) {
    const toMs = at(process.timesMs, index);
    const fromMs = index === 0 ? toMs - 1 : at(process.timesMs, index - 1);
    const shares = overlapsOf(grid, fromMs, toMs).filter(
      ({ interval }) => interval >= 0 && interval < grid.count,
    );
    if (shares.length === 0) continue;
    mark(presence.requestsUnknown, shares, !told.requests(toMs));
    mark(presence.cacheUnknown, shares, !told.cache(toMs));
    if (index > 0 && told.same(fromMs, toMs)) addSeen(presence, shares, told.busy(fromMs, toMs));
  }
  const busyMs = countedBusy(series, grid);
  if (busyMs === undefined) return presence;
  const capped = busyMs.map((value, interval) => Math.min(value, at(presence.seenMs, interval)));
  return { ...presence, busyMs: capped, busyUnknown: new Uint8Array(grid.count) };
}

function countedTime(
  { timesMs }: ServerProcess,
  series: readonly CountedSeries[],
  grid: Grid,
): Share[] {
  const tokens = series.filter(({ fact }) => fact === 'prompt' || fact === 'output');
  const sinceMs = Math.min(...tokens.map(({ counted }) => counted.sinceMs));
  const fromMs = Math.max(grid.startMs, sinceMs);
  const endMs = grid.startMs + grid.count * grid.intervalMs;
  const toMs = Math.min(endMs, at(timesMs, timesMs.length - 1));
  return fromMs < toMs ? overlapsOf(grid, fromMs, toMs) : [];
}

/**
 * What the process itself counts as busy: the busiest of its ranks, for they work side by side.
 * `undefined` where nothing is counted, or the counter is there and never moves.
 */
function countedBusy(series: readonly CountedSeries[], grid: Grid): Float64Array | undefined {
  const busy = series.filter(({ fact }) => fact === 'busy');
  const moves = busy.some(({ counter: { values } }) => at(values, values.length - 1) > 0);
  if (!moves) return undefined;
  const byRank = [...Map.groupBy(busy, ({ rank }) => rank).values()].map((all) => {
    const sum = new Float64Array(grid.count);
    for (const { counted } of all) addColumn(sum, counted.added);
    return sum;
  });
  const busiest = new Float64Array(grid.count);
  return busiest.map((_, interval) => Math.max(...byRank.map((column) => at(column, interval))));
}

function emptyPresence(count: number): Presence {
  return {
    seenMs: new Float64Array(count),
    countedMs: new Float64Array(count),
    busyMs: new Float64Array(count),
    busyUnknown: new Uint8Array(count),
    requestsUnknown: new Uint8Array(count),
    cacheUnknown: new Uint8Array(count),
  };
}

function mark(column: Uint8Array, shares: readonly Share[], holds: boolean): void {
  if (holds) for (const { interval } of shares) column[interval] = 1;
}

function addSeen(presence: Presence, shares: readonly Share[], busy: boolean | undefined): void {
  for (const { interval, amount } of shares) {
    presence.seenMs[interval] = at(presence.seenMs, interval) + amount;
    if (busy === true) presence.busyMs[interval] = at(presence.busyMs, interval) + amount;
  }
  mark(presence.busyUnknown, shares, busy === undefined);
}

/** What can be asked of a process's scrapes. */
interface Scrapes {
  /** Does it tell its requests at this instant? */
  requests(instantMs: number): boolean;
  /** Does it tell its cached tokens at this instant? */
  cache(instantMs: number): boolean;
  /** Is the process at both instants the same, seen closely enough in between? */
  same(fromMs: number, toMs: number): boolean;
  /** Was it busy in between; `undefined` where it has no gauge. */
  busy(fromMs: number, toMs: number): boolean | undefined;
}

function scrapesOf(process: ServerProcess, series: readonly CountedSeries[]): Scrapes {
  const tokens = series.filter(({ fact }) => fact === 'prompt' || fact === 'output');
  const restarts = new Set(
    tokens.flatMap(({ counted }) => counted.restarts.map(({ atMs }) => atMs)),
  );
  return {
    requests: tellerOf(series, 'requests'),
    cache: tellerOf(series, 'cached'),
    same: (fromMs, toMs) =>
      !restarts.has(toMs) &&
      (toMs - fromMs <= LONGEST_SILENCE_MS || sameStart(tokens, fromMs, toMs)),
    busy(fromMs, toMs) {
      const running = runningAt(process, fromMs);
      if (Number.isNaN(running)) return undefined;
      if (running > 0) return true;
      const moved = tokens.some(({ counted }) => holdsInstant(counted.movedAtMs, toMs));
      return moved && runningAt(process, toMs) === 0;
    },
  };
}

/** Tells whether any counter of the fact has a sample at an instant. */
function tellerOf(series: readonly CountedSeries[], wanted: CountedFact) {
  const columns = series
    .filter(({ fact }) => fact === wanted)
    .map(({ counter }) => counter.timesMs);
  return (instantMs: number) => columns.some((timesMs) => holdsInstant(timesMs, instantMs));
}

function sameStart(tokens: readonly CountedSeries[], fromMs: number, toMs: number): boolean {
  return tokens.some(({ counter: { timesMs, startsMs } }) => {
    if (startsMs === undefined) return false;
    const starts = { timesMs, values: startsMs };
    return valueAt(starts, fromMs) === valueAt(starts, toMs);
  });
}

/** Requests running, summed over ranks; `NaN` unless every rank that has a gauge tells. */
function runningAt({ running }: ServerProcess, instantMs: number): number {
  if (running.length === 0) return Number.NaN;
  return running.reduce((sum, gauge) => sum + valueAt(gauge, instantMs), 0);
}
