/** Knows what the raw samples of one counter tell: how much was added when, and what was lost. */

import { type Grid, intervalOf, type Stretch, spread } from './grid.ts';
import { at, type Samples } from './samples.ts';

/** A counter and, where known, when the process behind each sample started (`NaN` where not). */
export interface Counter extends Samples {
  readonly startsMs?: Float64Array;
}

/**
 * What to make of a series' first value when its start is not known: only an anchor for what
 * follows; counted if it is no more than its process plausibly made in one step; or counted as it
 * is.
 */
export type FirstValue = 'anchor' | 'if-plausible' | 'count';

export interface CounterReading {
  readonly grid: Grid;
  /** How far around an instant the samples are known to be complete. */
  readonly horizonMs: number;
  readonly firstValue: FirstValue;
}

/** A restart between two samples. */
export interface Restart {
  /** The first sample after it. */
  readonly atMs: number;
  /** Time between the samples around it. */
  readonly gapMs: number;
  /** What the last known rate would have added in that time; absent when no rate is known. */
  readonly lostAtMost?: number;
}

export interface Counted {
  /** Added in each interval of the grid. */
  readonly added: Float64Array;
  /** 1 where the interval holds a share of a longer stretch. */
  readonly estimated: Uint8Array;
  /** All restarts that the samples show, also outside of the grid. */
  readonly restarts: readonly Restart[];
  /** Samples at which the counter had moved since the one before. */
  readonly movedAtMs: ReadonlySet<number>;
  /** A first value above zero that could not be counted: the series is partly seen. */
  readonly anchor?: { readonly atMs: number; readonly value: number };
}

interface Tally {
  readonly grid: Grid;
  readonly added: Float64Array;
  readonly estimated: Uint8Array;
  readonly restarts: Restart[];
  readonly movedAtMs: Set<number>;
}

/**
 * Counts one series. Each difference between neighbors goes whole to the interval that holds the
 * later sample; the last sample at or before an interval is its anchor. A fall is a restart: the
 * new value counts whole. So is a changed start; with an unchanged start a fall is noise
 * (deduplicated scrapers) and adds nothing until the old height is passed. A step longer than an
 * interval is spread over the time it covers.
 *
 * Worked numbers: 100, 130, 20, 50 is 30 + 20 + 30 = 80.
 */
export function countSeries(counter: Counter, reading: CounterReading): Counted {
  const { grid } = reading;
  const tally: Tally = {
    grid,
    added: new Float64Array(grid.count),
    estimated: new Uint8Array(grid.count),
    restarts: [],
    movedAtMs: new Set(),
  };
  if (counter.timesMs.length === 0) return tally;
  const anchored = countFirst(counter, reading, tally);
  countSteps(counter, tally);
  if (anchored) return tally;
  return { ...tally, anchor: { atMs: at(counter.timesMs, 0), value: at(counter.values, 0) } };
}

function countSteps(counter: Counter, tally: Tally): void {
  const { timesMs, values } = counter;
  let height = at(values, 0);
  for (let index = 1; index < timesMs.length; index += 1) {
    const value = at(values, index);
    if (restarted(counter, index)) {
      tally.restarts.push(restartAt(counter, index));
      add(tally, stretchSinceStart(counter, index));
      height = value;
    } else if (value > height) {
      const [fromMs, toMs] = [at(timesMs, index - 1), at(timesMs, index)];
      add(tally, { fromMs, toMs, amount: value - height });
      height = value;
    }
  }
}

/** Did another process answer at this sample than at the one before? */
function restarted({ values, startsMs }: Counter, index: number): boolean {
  const [before, now] = [at(startsMs ?? [], index - 1), at(startsMs ?? [], index)];
  if (Number.isNaN(before) || Number.isNaN(now)) return at(values, index) < at(values, index - 1);
  return before !== now;
}

/** All of a sample's value, made since its process started but not before the sample before. */
function stretchSinceStart({ timesMs, values, startsMs }: Counter, index: number): Stretch {
  const toMs = at(timesMs, index);
  const beforeMs = index === 0 ? Number.NEGATIVE_INFINITY : at(timesMs, index - 1);
  const startMs = Math.max(beforeMs, Math.min(toMs, Math.floor(at(startsMs ?? [], index))));
  return { fromMs: Number.isNaN(startMs) ? beforeMs : startMs, toMs, amount: at(values, index) };
}

function restartAt({ timesMs, values }: Counter, index: number): Restart {
  const atMs = at(timesMs, index);
  const gapMs = atMs - at(timesMs, index - 1);
  const rise = at(values, index - 1) - at(values, index - 2);
  const stepMs = at(timesMs, index - 1) - at(timesMs, index - 2);
  if (Number.isNaN(rise) || rise < 0) return { atMs, gapMs };
  return { atMs, gapMs, lostAtMost: Math.ceil((rise * gapMs) / stepMs) };
}

/** True when the first value is accounted for. */
function countFirst(counter: Counter, reading: CounterReading, tally: Tally): boolean {
  const [atMs, amount] = [at(counter.timesMs, 0), at(counter.values, 0)];
  if (amount === 0) return true;
  if (at(counter.startsMs ?? [], 0) > atMs - reading.horizonMs) {
    add(tally, stretchSinceStart(counter, 0));
    return true;
  }
  const plausible = () => amount <= 2 * largestStep(counter, reading);
  const counts =
    reading.firstValue === 'count' || (reading.firstValue === 'if-plausible' && plausible());
  if (counts) add(tally, { fromMs: atMs, toMs: atMs, amount });
  return counts;
}

/** The largest ordinary step within the horizon after the first sample. */
function largestStep(counter: Counter, { grid, horizonMs }: CounterReading): number {
  const { timesMs, values } = counter;
  const endMs = at(timesMs, 0) + horizonMs;
  let largest = 0;
  for (let index = 1; index < timesMs.length && at(timesMs, index) <= endMs; index += 1) {
    if (restarted(counter, index)) continue;
    if (at(timesMs, index) - at(timesMs, index - 1) > grid.intervalMs) continue;
    largest = Math.max(largest, at(values, index) - at(values, index - 1));
  }
  return largest;
}

function add(tally: Tally, stretch: Stretch): void {
  const { grid, added, estimated } = tally;
  if (stretch.amount === 0) return;
  tally.movedAtMs.add(stretch.toMs);
  if (stretch.toMs - stretch.fromMs <= grid.intervalMs) {
    addTo(added, intervalOf(grid, stretch.toMs), stretch.amount);
    return;
  }
  for (const { interval, amount } of spread(grid, stretch)) {
    if (amount === 0 || interval < 0 || interval >= grid.count) continue;
    addTo(added, interval, amount);
    estimated[interval] = 1;
  }
}

/** Adds to a column; what lies outside of it belongs to someone else. */
function addTo(column: Float64Array, index: number, amount: number): void {
  if (index >= 0 && index < column.length) column[index] = at(column, index) + amount;
}
