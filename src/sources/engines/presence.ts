/** Computes from scrapes when a replica was seen and busy, and which values it did not report. */

import { HOUR_MS } from '../../domain/period.ts';
import type { CountedSamples } from './counters.ts';
import type { CountedFact } from './record.ts';
import { addColumn, type Grid, intervalOverlaps, type IntervalShare } from './grid.ts';
import type { MergedCounter } from './mergeCopies.ts';
import type { ServerProcess } from './processes.ts';
import { allInstants, numberAt, hasInstant, sampleAt } from './samples.ts';

/** A counter and its count. */
export interface CountedSeries extends MergedCounter {
  readonly counted: CountedSamples;
}

/** A process, or one of its models, with the count of each counter. */
export interface CountedProcess {
  readonly process: ServerProcess;
  readonly series: readonly CountedSeries[];
}

/** Columns with one value per interval of a grid. */
export interface Presence {
  /** Time in ms between scrapes of the same running process. */
  readonly seenMs: Float64Array;
  /** Time in ms covered by its counters up to the last scrape, whether it was seen or not. */
  readonly countedMs: Float64Array;
  readonly busyMs: Float64Array;
  /** 1 if part of the seen time has no gauge of running requests. */
  readonly busyUnknown: Uint8Array;
  /** What is not reported, by model in the given order. */
  readonly missing: readonly MissingFacts[];
}

/** 1 if a scrape lacks the fact. */
export interface MissingFacts {
  readonly requestsUnknown: Uint8Array;
  readonly cacheUnknown: Uint8Array;
}

/** A longer silence counts only if the process is known to have run through it. */
const MAX_SILENCE_MS = HOUR_MS;

/**
 * The time in which a process was seen and busy.
 * Time between two scrapes counts as seen, unless the process restarted or was silent for over an
 * hour and may be another one. Time before the first and after the last scrape does not count.
 * It counts as busy if requests were running at the earlier scrape, or if tokens moved although no
 * request ran at either. This is an estimate, accurate to one scrape at both ends of a burst. If
 * the engine counts its busy time itself, that is used, up to the seen time.
 * The models of one process are combined: it was seen or busy when any of them was.
 */
export function computePresence(models: readonly CountedProcess[], grid: Grid): Presence {
  const columns = {
    seenMs: new Float64Array(grid.count),
    countedMs: new Float64Array(grid.count),
    busyMs: new Float64Array(grid.count),
    busyUnknown: new Uint8Array(grid.count),
  };
  const counted = models.map((each) => countedTime(each, grid));
  for (const { fromMs, toMs } of mergeStretches(counted)) {
    for (const { interval, amount } of sharesOf(grid, fromMs, toMs)) {
      columns.countedMs[interval] = numberAt(columns.countedMs, interval) + amount;
    }
  }
  const seenByModel = models.map((): Stretch[] => []);
  const lacks = models.map((each, index) =>
    readScrapes(each, grid, (seen, shares) => {
      if (models.length === 1) addSeen(columns, shares, seen.busy);
      else seenByModel[index]?.push(seen);
    }),
  );
  for (const seen of models.length === 1 ? [] : mergeStretches(seenByModel)) {
    addSeen(columns, sharesOf(grid, seen.fromMs, seen.toMs), seen.busy);
  }
  const countedBusyMs = sumBusyTime(
    models.flatMap(({ series }) => series),
    grid,
  );
  if (countedBusyMs === undefined) return { ...columns, missing: lacks };
  const capped = countedBusyMs.map((value, interval) =>
    Math.min(value, numberAt(columns.seenMs, interval)),
  );
  return { ...columns, busyMs: capped, busyUnknown: new Uint8Array(grid.count), missing: lacks };
}

interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  /** Undefined if there is no gauge. */
  readonly busy?: boolean | undefined;
}

/**
 * Flags what scrapes lack, and passes each period in which the process was seen to `take`, in
 * order.
 */
function readScrapes(
  { process, series }: CountedProcess,
  grid: Grid,
  take: (seen: Stretch, shares: readonly IntervalShare[]) => void,
): MissingFacts {
  const requestsUnknown = new Uint8Array(grid.count);
  const cacheUnknown = new Uint8Array(grid.count);
  const scrapes = scrapesOf(process, series);
  for (let index = 0; index < process.timesMs.length; index += 1) {
    const toMs = numberAt(process.timesMs, index);
    const fromMs = index === 0 ? toMs - 1 : numberAt(process.timesMs, index - 1);
    const shares = sharesOf(grid, fromMs, toMs);
    if (shares.length === 0) continue;
    mark(requestsUnknown, shares, !scrapes.requests(toMs));
    mark(cacheUnknown, shares, !scrapes.cache(toMs));
    if (index === 0 || !scrapes.same(fromMs, toMs)) continue;
    take({ fromMs, toMs, busy: scrapes.busy(fromMs, toMs) }, shares);
  }
  return { requestsUnknown, cacheUnknown };
}

function sharesOf(grid: Grid, fromMs: number, toMs: number): IntervalShare[] {
  return intervalOverlaps(grid, fromMs, toMs).filter(
    ({ interval }) => interval >= 0 && interval < grid.count,
  );
}

/**
 * The time in which any model was seen, split where one of them starts or ends. Each list is in
 * order.
 */
function* mergeStretches(lists: readonly (readonly Stretch[])[]): Generator<Stretch> {
  const edges = allInstants(
    lists.flatMap((one) => [
      Float64Array.from(one, ({ fromMs }) => fromMs),
      Float64Array.from(one, ({ toMs }) => toMs),
    ]),
  );
  const next = lists.map(() => 0);
  for (let index = 1; index < edges.length; index += 1) {
    const [fromMs, toMs] = [numberAt(edges, index - 1), numberAt(edges, index)];
    const busyStates = lists.flatMap((one, which) => {
      while ((one[numberAt(next, which)]?.toMs ?? Number.POSITIVE_INFINITY) <= fromMs) {
        next[which] = numberAt(next, which) + 1;
      }
      const current = one[numberAt(next, which)];
      return current !== undefined && current.fromMs <= fromMs ? [current.busy] : [];
    });
    if (busyStates.length === 0) continue;
    yield {
      fromMs,
      toMs,
      busy: busyStates.includes(undefined) ? busyStates.find(isTrue) : busyStates.some(isTrue),
    };
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
  const toMs = Math.min(endMs, numberAt(timesMs, timesMs.length - 1));
  return fromMs < toMs ? [{ fromMs, toMs }] : [];
}

/**
 * The busy time that the process itself counts. Ranks work in parallel, so the busiest counts.
 * Models take turns, so they are summed. `undefined` if there is no counter or it never moves.
 */
function sumBusyTime(series: readonly CountedSeries[], grid: Grid): Float64Array | undefined {
  const busy = series.filter(({ fact }) => fact === 'busy');
  const moves = busy.some(({ counter: { values } }) => numberAt(values, values.length - 1) > 0);
  if (!moves) return undefined;
  const byRank = [...Map.groupBy(busy, ({ rank }) => rank).values()].map((rankSeries) => {
    const sum = new Float64Array(grid.count);
    for (const { counted } of rankSeries) addColumn(sum, counted.added);
    return sum;
  });
  const busiest = new Float64Array(grid.count);
  return busiest.map((_, interval) =>
    Math.max(...byRank.map((column) => numberAt(column, interval))),
  );
}

function mark(column: Uint8Array, shares: readonly IntervalShare[], isSet: boolean): void {
  if (isSet) for (const { interval } of shares) column[interval] = 1;
}

function addSeen(
  presence: Omit<Presence, 'missing'>,
  shares: readonly IntervalShare[],
  busy: boolean | undefined,
): void {
  for (const { interval, amount } of shares) {
    presence.seenMs[interval] = numberAt(presence.seenMs, interval) + amount;
    if (busy === true) presence.busyMs[interval] = numberAt(presence.busyMs, interval) + amount;
  }
  mark(presence.busyUnknown, shares, busy === undefined);
}

/** Queries on a process's scrapes. */
interface Scrapes {
  /** Whether its requests are known at this time. */
  requests(instantMs: number): boolean;
  /** Whether its cached tokens are known at this time. */
  cache(instantMs: number): boolean;
  /** Whether it is the same process at both times, without too long a silence in between. */
  same(fromMs: number, toMs: number): boolean;
  /** Whether it was busy in between; `undefined` without a gauge. */
  busy(fromMs: number, toMs: number): boolean | undefined;
}

function scrapesOf(process: ServerProcess, series: readonly CountedSeries[]): Scrapes {
  const tokens = series.filter(({ fact }) => fact === 'prompt' || fact === 'output');
  const restarts = new Set(
    tokens.flatMap(({ counted }) => counted.restarts.map(({ atMs }) => atMs)),
  );
  return {
    requests: sampleTest(series, 'requests'),
    cache: sampleTest(series, 'cached'),
    same: (fromMs, toMs) =>
      !restarts.has(toMs) && (toMs - fromMs <= MAX_SILENCE_MS || sameStart(tokens, fromMs, toMs)),
    busy(fromMs, toMs) {
      const running = runningAt(process, fromMs);
      if (Number.isNaN(running)) return undefined;
      if (running > 0) return true;
      const hasMoved = tokens.some(({ counted }) => hasInstant(counted.movedAtMs, toMs));
      return hasMoved && runningAt(process, toMs) === 0;
    },
  };
}

/** Returns a function that checks whether any counter of the fact has a sample at a time. */
function sampleTest(series: readonly CountedSeries[], wanted: CountedFact) {
  const columns = series
    .filter(({ fact }) => fact === wanted)
    .map(({ counter }) => counter.timesMs);
  return (instantMs: number) => columns.some((timesMs) => hasInstant(timesMs, instantMs));
}

function sameStart(tokens: readonly CountedSeries[], fromMs: number, toMs: number): boolean {
  return tokens.some(({ counter: { timesMs, startsMs } }) => {
    if (startsMs === undefined) return false;
    const starts = { timesMs, values: startsMs };
    return sampleAt(starts, fromMs) === sampleAt(starts, toMs);
  });
}

/** Running requests, summed over ranks; `NaN` unless every rank with a gauge has a value. */
function runningAt({ running }: ServerProcess, instantMs: number): number {
  if (running.length === 0) return Number.NaN;
  return running.reduce((sum, gauge) => sum + sampleAt(gauge, instantMs), 0);
}
