/** Counts one series from its raw samples: the amount added in each interval, and what was lost. */

import { classifyStep } from './classifyStep.ts';
import { type AddedAmount, findInterval, type Grid, spreadOverIntervals } from './grid.ts';
import { compareStart, type Counter, numberAt } from './samples.ts';

/**
 * How to treat the first value of a series whose start is unknown. `anchor`: only as the base of
 * the next step. `if-plausible`: counted if its process could have made it in one step. `count`:
 * counted. `known`: already counted elsewhere.
 */
export type FirstValue = 'anchor' | 'if-plausible' | 'count' | 'known';

export interface CounterReading {
  readonly grid: Grid;
  /** How far around a time the samples are known to be complete. */
  readonly horizonMs: number;
  readonly firstValue: FirstValue;
}

export interface CountedSamples {
  /** The start since which the first value was counted, or else the time of the first value. */
  readonly sinceMs: number;
  /** The amount added in each interval of the grid. */
  readonly added: Float64Array;
  /** 1 if the interval has a share of a longer step, or a refused sample. */
  readonly estimated: Uint8Array;
  /** All restarts in the samples, including those outside the grid. */
  readonly restarts: readonly Restart[];
  /** All refused samples, including those outside the grid. */
  readonly refused: readonly RefusedSample[];
  /** Times of the samples at which the counter had moved since the previous one, in order. */
  readonly movedAtMs: readonly number[];
  /** A first value above zero that was not counted, so the series is incomplete. */
  readonly anchor?: { readonly atMs: number; readonly value: number };
}

/**
 * Counts one series. Each difference between consecutive samples goes to the interval of the later
 * sample. The last sample at or before an interval is its anchor. After a restart, the new value
 * counts whole. `judge` detects restarts and bad samples. A bad sample adds nothing, and the step
 * across it is an estimate. A step longer than an interval is spread over the time it covers.
 *
 * Examples: 100, 130, restart, 20, 50 gives 30 + 20 + 30 = 80. 100, 130, 0, 150 gives 50.
 */
export function countSeries(counter: Counter, reading: CounterReading): CountedSamples {
  const { grid } = reading;
  const tally = createCounterTally(grid);
  const sinceMs = sinceOf(counter, reading.horizonMs);
  if (counter.timesMs.length === 0) return { ...tally, sinceMs };
  const isCounted = countFirst(counter, reading, tally);
  countSteps(counter, reading.horizonMs, tally);
  if (isCounted) return { ...tally, sinceMs };
  return {
    ...tally,
    sinceMs,
    anchor: { atMs: numberAt(counter.timesMs, 0), value: numberAt(counter.values, 0) },
  };
}

function countSteps(counter: Counter, horizonMs: number, tally: CounterTally): void {
  const { timesMs, values } = counter;
  let last = 0;
  let nextFall = 1;
  for (let index = 1; index < timesMs.length; ) {
    if (nextFall <= index) nextFall = fallAfter(values, index);
    const judgment = classifyStep(counter, { last, index, nextFall, horizonMs });
    if (judgment.is === 'refuse') {
      for (; index < judgment.until; index += 1) refuse(counter, { last, index }, tally);
      continue;
    }
    if (judgment.is === 'rise') {
      const [fromMs, toMs] = [numberAt(timesMs, last), numberAt(timesMs, index)];
      addAmount(tally, { fromMs, toMs, amount: numberAt(values, index) - numberAt(values, last) });
      if (last < index - 1) markEstimated(tally, toMs);
    } else if (judgment.is === 'restart') {
      tally.restarts.push(restartAt(counter, { last, index, presumed: judgment.presumed }));
      addAmount(tally, stretchSinceStart(counter, last, index));
      if (judgment.presumed) markEstimated(tally, numberAt(timesMs, index));
    } else {
      refuse(counter, { last, index }, tally);
    }
    last = index;
    index += 1;
  }
}

/** The first sample after `index` that is lower than the previous one, or the end. */
function fallAfter(values: Float64Array, index: number): number {
  let next = index + 1;
  while (next < values.length && numberAt(values, next) >= numberAt(values, next - 1)) next += 1;
  return next;
}

interface StepEnds {
  readonly last: number;
  readonly index: number;
}

function refuse(
  { timesMs, values }: Counter,
  { last, index }: StepEnds,
  tally: CounterTally,
): void {
  const atMs = numberAt(timesMs, index);
  tally.refused.push({ atMs, value: numberAt(values, index), previous: numberAt(values, last) });
  markEstimated(tally, atMs);
}

/**
 * The whole value of a sample, as added since its process started, but not before the previous
 * sample.
 */
function stretchSinceStart(counter: Counter, last: number, index: number): AddedAmount {
  const { timesMs, values, startsMs } = counter;
  const toMs = numberAt(timesMs, index);
  const beforeMs = last === index ? Number.NEGATIVE_INFINITY : numberAt(timesMs, last);
  const startMs = Math.max(beforeMs, Math.min(toMs, Math.floor(numberAt(startsMs ?? [], index))));
  return {
    fromMs: Number.isNaN(startMs) ? beforeMs : startMs,
    toMs,
    amount: numberAt(values, index),
  };
}

function restartAt(
  { timesMs, values }: Counter,
  { last, index, presumed }: StepEnds & { readonly presumed: boolean },
): Restart {
  const atMs = numberAt(timesMs, index);
  const gapMs = atMs - numberAt(timesMs, last);
  const rise = numberAt(values, last) - numberAt(values, last - 1);
  const stepMs = numberAt(timesMs, last) - numberAt(timesMs, last - 1);
  const restart = presumed ? { atMs, gapMs, presumed } : { atMs, gapMs };
  if (Number.isNaN(rise) || rise < 0) return restart;
  return { ...restart, lostAtMost: Math.ceil((rise * gapMs) / stepMs) };
}

function sinceOf({ timesMs, startsMs }: Counter, horizonMs: number): number {
  const [firstMs, startMs] = [numberAt(timesMs, 0), Math.floor(numberAt(startsMs ?? [], 0))];
  return startMs > firstMs - horizonMs && startMs < firstMs ? startMs : firstMs;
}

/** Counts the first value. Returns whether it is accounted for. */
function countFirst(counter: Counter, reading: CounterReading, tally: CounterTally): boolean {
  const [atMs, amount] = [numberAt(counter.timesMs, 0), numberAt(counter.values, 0)];
  if (amount === 0 || reading.firstValue === 'known') return true;
  if (numberAt(counter.startsMs ?? [], 0) > atMs - reading.horizonMs) {
    addAmount(tally, stretchSinceStart(counter, 0, 0));
    return true;
  }
  const isPlausible = () => amount <= 2 * largestStep(counter, reading);
  const isCounted =
    reading.firstValue === 'count' || (reading.firstValue === 'if-plausible' && isPlausible());
  if (isCounted) addAmount(tally, { fromMs: atMs, toMs: atMs, amount });
  return isCounted;
}

/**
 * The largest step that is not a restart or longer than an interval, within the horizon after the
 * first sample.
 */
function largestStep(counter: Counter, { grid, horizonMs }: CounterReading): number {
  const { timesMs, values } = counter;
  const endMs = numberAt(timesMs, 0) + horizonMs;
  let largest = 0;
  for (let index = 1; index < timesMs.length && numberAt(timesMs, index) <= endMs; index += 1) {
    if (compareStart(counter, index - 1, index) === 'changed') continue;
    if (numberAt(timesMs, index) - numberAt(timesMs, index - 1) > grid.intervalMs) continue;
    largest = Math.max(largest, numberAt(values, index) - numberAt(values, index - 1));
  }
  return largest;
}

/** A restart between two samples. */
export interface Restart {
  /** The first sample after it. */
  readonly atMs: number;
  /** Time between the samples around it. */
  readonly gapMs: number;
  /**
   * The amount that the last known rate would have added in that time. Absent if no rate is known.
   */
  readonly lostAtMost?: number;
  /** Set if only the counter itself shows the restart, not a start time. */
  readonly presumed?: true;
}

/** A refused sample, or a sample from which on a counter was lower than before. */
export interface RefusedSample {
  readonly atMs: number;
  readonly value: number;
  /** The last accepted value. */
  readonly previous: number;
}

/** What one counter adds up to while its samples are read. */
export interface CounterTally {
  readonly grid: Grid;
  readonly added: Float64Array;
  readonly estimated: Uint8Array;
  readonly restarts: Restart[];
  readonly refused: RefusedSample[];
  /** In order of time. */
  readonly movedAtMs: number[];
}

function createCounterTally(grid: Grid): CounterTally {
  return {
    grid,
    added: new Float64Array(grid.count),
    estimated: new Uint8Array(grid.count),
    restarts: [],
    refused: [],
    movedAtMs: [],
  };
}

function addAmount(tally: CounterTally, stretch: AddedAmount): void {
  const { grid, added, estimated } = tally;
  if (stretch.amount === 0) return;
  tally.movedAtMs.push(stretch.toMs);
  if (stretch.toMs - stretch.fromMs <= grid.intervalMs) {
    addTo(added, findInterval(grid, stretch.toMs), stretch.amount);
    return;
  }
  for (const { interval, amount } of spreadOverIntervals(grid, stretch)) {
    if (amount === 0 || interval < 0 || interval >= grid.count) continue;
    addTo(added, interval, amount);
    estimated[interval] = 1;
  }
}

/** Adds to a column. An amount outside of it belongs to another window. */
function addTo(column: Float64Array, index: number, amount: number): void {
  if (index >= 0 && index < column.length) column[index] = numberAt(column, index) + amount;
}

function markEstimated({ grid, estimated }: CounterTally, atMs: number): void {
  const interval = findInterval(grid, atMs);
  if (interval >= 0 && interval < grid.count) estimated[interval] = 1;
}
