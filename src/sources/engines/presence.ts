/** From scrapes when a replica was seen, when it was busy, and what it did not tell. */

import { HOUR_MS } from '../../domain/period.ts';
import type { Counted } from './counters.ts';
import type { CountedFact } from './record.ts';
import { type Grid, overlapsOf, type Share } from './grid.ts';
import type { MergedCounter } from './merge.ts';
import type { ServerProcess } from './processes.ts';
import { allInstants, at, holdsInstant, valueAt } from './samples.ts';
import { addColumn } from './sums.ts';

/** A counter and what its samples told. */
export interface CountedSeries extends MergedCounter {
  readonly counted: Counted;
}

/** A process, or what it tells of one of its models, and what each of its counters told. */
export interface CountedProcess {
  readonly process: ServerProcess;
  readonly series: readonly CountedSeries[];
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
  /** What is not told, by model in the order in which they were given. */
  readonly lacks: readonly Lacks[];
}

/** 1 where a scrape lacks the fact. */
export interface Lacks {
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
 * counts nothing. A process that serves several models is told by each of them, and its time counts
 * once: seen where any of them was, busy where any of them was.
 */
export function presenceOf(models: readonly CountedProcess[], grid: Grid): Presence {
  const columns = {
    seenMs: new Float64Array(grid.count),
    countedMs: new Float64Array(grid.count),
    busyMs: new Float64Array(grid.count),
    busyUnknown: new Uint8Array(grid.count),
  };
  const counted = models.map((each) => countedTime(each, grid));
  for (const { fromMs, toMs } of unionOf(counted)) {
    for (const { interval, amount } of sharesOf(grid, fromMs, toMs)) {
      columns.countedMs[interval] = at(columns.countedMs, interval) + amount;
    }
  }
  const stretches = models.map((): Stretch[] => []);
  const lacks = models.map((each, index) =>
    readScrapes(each, grid, (seen, shares) => {
      if (models.length === 1) addSeen(columns, shares, seen.busy);
      else stretches[index]?.push(seen);
    }),
  );
  for (const seen of models.length === 1 ? [] : unionOf(stretches)) {
    addSeen(columns, sharesOf(grid, seen.fromMs, seen.toMs), seen.busy);
  }
  const busyMs = countedBusy(
    models.flatMap(({ series }) => series),
    grid,
  );
  if (busyMs === undefined) return { ...columns, lacks };
  const capped = busyMs.map((value, interval) => Math.min(value, at(columns.seenMs, interval)));
  return { ...columns, busyMs: capped, busyUnknown: new Uint8Array(grid.count), lacks };
}

interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  /** Absent where no gauge tells. */
  readonly busy?: boolean | undefined;
}

/** Marks what scrapes lack, and hands on each stretch in which the process was seen, in order. */
function readScrapes(
  { process, series }: CountedProcess,
  grid: Grid,
  take: (seen: Stretch, shares: readonly Share[]) => void,
): Lacks {
  const requestsUnknown = new Uint8Array(grid.count);
  const cacheUnknown = new Uint8Array(grid.count);
  const told = scrapesOf(process, series);
  for (let index = 0; index < process.timesMs.length; index += 1) {
    const toMs = at(process.timesMs, index);
    const fromMs = index === 0 ? toMs - 1 : at(process.timesMs, index - 1);
    const shares = sharesOf(grid, fromMs, toMs);
    if (shares.length === 0) continue;
    mark(requestsUnknown, shares, !told.requests(toMs));
    mark(cacheUnknown, shares, !told.cache(toMs));
    if (index === 0 || !told.same(fromMs, toMs)) continue;
    take({ fromMs, toMs, busy: told.busy(fromMs, toMs) }, shares);
  }
  return { requestsUnknown, cacheUnknown };
}

function sharesOf(grid: Grid, fromMs: number, toMs: number): Share[] {
  return overlapsOf(grid, fromMs, toMs).filter(
    ({ interval }) => interval >= 0 && interval < grid.count,
  );
}

/** The time in which any was seen, cut wherever one of them begins or ends; each is in order. */
function* unionOf(all: readonly (readonly Stretch[])[]): Generator<Stretch> {
  const edges = allInstants(
    all.flatMap((one) => [
      Float64Array.from(one, ({ fromMs }) => fromMs),
      Float64Array.from(one, ({ toMs }) => toMs),
    ]),
  );
  const next = all.map(() => 0);
  for (let index = 1; index < edges.length; index += 1) {
    const [fromMs, toMs] = [at(edges, index - 1), at(edges, index)];
    const over = all.flatMap((one, which) => {
      while ((one[at(next, which)]?.toMs ?? Number.POSITIVE_INFINITY) <= fromMs) {
        next[which] = at(next, which) + 1;
      }
      const seen = one[at(next, which)];
      return seen !== undefined && seen.fromMs <= fromMs ? [seen.busy] : [];
    });
    if (over.length === 0) continue;
    yield { fromMs, toMs, busy: over.includes(undefined) ? over.find(isTrue) : over.some(isTrue) };
  }
}

function isTrue(busy: boolean | undefined): boolean {
  return busy === true;
}

function countedTime({ process: { timesMs }, series }: CountedProcess, grid: Grid): Stretch[] {
  const tokens = series.filter(({ fact }) => fact === 'prompt' || fact === 'output');
  const sinceMs = Math.min(...tokens.map(({ counted }) => counted.sinceMs));
  const fromMs = Math.max(grid.startMs, sinceMs);
  const endMs = grid.startMs + grid.count * grid.intervalMs;
  const toMs = Math.min(endMs, at(timesMs, timesMs.length - 1));
  return fromMs < toMs ? [{ fromMs, toMs }] : [];
}

/**
 * What the process itself counts as busy: the busiest of its ranks, for they work side by side; of
 * its models the sum, for they take turns.
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

function mark(column: Uint8Array, shares: readonly Share[], holds: boolean): void {
  if (holds) for (const { interval } of shares) column[interval] = 1;
}

function addSeen(
  presence: Omit<Presence, 'lacks'>,
  shares: readonly Share[],
  busy: boolean | undefined,
): void {
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
