/** Raw samples of a series: times and values, in order of time and one per time. */

import { SECOND_MS } from '../../domain/period.ts';

/** `timesMs` are strictly ascending, and both columns have the same length. */
export interface Samples {
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
}

export type SeriesLabels = Readonly<Record<string, string>>;

/** The sorted labels as a text, for sorting and comparing. */
export function toLabelKey(labels: SeriesLabels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The samples of one metric with one set of labels. The label `__name__` is its name. */
export interface Series {
  readonly labels: SeriesLabels;
  readonly samples: Samples;
}

/** A counter. `startsMs` is when the process behind each sample started, `NaN` if unknown. */
export interface Counter extends Samples {
  readonly startsMs?: Float64Array;
}

/**
 * Sorts samples and keeps one per time, the larger value if two differ. Order and repetition in an
 * answer therefore do not matter.
 */
export function toSamples(timesMs: ArrayLike<number>, values: ArrayLike<number>): Samples {
  if (isAscending(timesMs)) {
    return { timesMs: new Float64Array(timesMs), values: new Float64Array(values) };
  }
  const order = Array.from({ length: timesMs.length }, (_, index) => index);
  order.sort(
    (a, b) =>
      numberAt(timesMs, a) - numberAt(timesMs, b) || numberAt(values, a) - numberAt(values, b),
  );
  const last = order.filter((index, rank) => {
    const next = order[rank + 1];
    return next === undefined || numberAt(timesMs, next) !== numberAt(timesMs, index);
  });
  return {
    timesMs: Float64Array.from(last, (index) => numberAt(timesMs, index)),
    values: Float64Array.from(last, (index) => numberAt(values, index)),
  };
}

function isAscending(timesMs: ArrayLike<number>): boolean {
  for (let index = 1; index < timesMs.length; index += 1) {
    if (numberAt(timesMs, index - 1) >= numberAt(timesMs, index)) return false;
  }
  return true;
}

/** The number at an index; `NaN` outside the column. */
export function numberAt(column: ArrayLike<number>, index: number): number {
  return column[index] ?? Number.NaN;
}

/** The value at exactly this time; `NaN` if there is no sample. */
export function sampleAt(samples: Samples, instantMs: number): number {
  const index = countUpTo(samples.timesMs, instantMs) - 1;
  return numberAt(samples.timesMs, index) === instantMs
    ? numberAt(samples.values, index)
    : Number.NaN;
}

/** The number of ascending times that are at or before `instantMs`. */
export function countUpTo(timesMs: ArrayLike<number>, instantMs: number): number {
  let [low, high] = [0, timesMs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numberAt(timesMs, middle) <= instantMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether this is one of the ascending times. */
export function hasInstant(timesMs: ArrayLike<number>, instantMs: number): boolean {
  return numberAt(timesMs, countUpTo(timesMs, instantMs) - 1) === instantMs;
}

/** Whether there is a sample in `[fromMs, beforeMs)`. */
export function hasSampleWithin(timesMs: Float64Array, fromMs: number, beforeMs: number): boolean {
  const next = numberAt(timesMs, countUpTo(timesMs, fromMs - 1));
  return next >= fromMs && next < beforeMs;
}

/** All times of several columns, ascending and without duplicates. */
export function allInstants(columns: readonly Float64Array[]): Float64Array {
  const [first] = columns;
  // Most often, all columns are scraped together.
  if (first !== undefined && columns.every((column) => hasSameInstants(column, first)))
    return first;
  const instants = new Set<number>();
  for (const column of columns) for (const instantMs of column) instants.add(instantMs);
  return Float64Array.from(instants).sort();
}

/** Whether both columns have the same times. */
export function hasSameInstants(one: Float64Array, other: Float64Array): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index += 1) {
    if (one[index] !== other[index]) return false;
  }
  return true;
}

/** The samples from index `from` up to, but excluding, `to`. */
export function sliceSamples(counter: Counter, from: number, to: number): Counter {
  const { timesMs, values, startsMs } = counter;
  return {
    timesMs: timesMs.subarray(from, to),
    values: values.subarray(from, to),
    ...(startsMs === undefined ? {} : { startsMs: startsMs.subarray(from, to) }),
  };
}

/** The highest value of several columns at each time. */
export function highestSamples(columns: readonly Samples[]): Samples {
  const timesMs = allInstants(columns.map((column) => column.timesMs));
  const values = new Float64Array(timesMs.length).fill(Number.NEGATIVE_INFINITY);
  for (const column of columns) {
    let next = 0;
    for (let index = 0; index < column.timesMs.length; index += 1) {
      while (numberAt(timesMs, next) < numberAt(column.timesMs, index)) next += 1;
      values[next] = Math.max(numberAt(values, next), numberAt(column.values, index));
    }
  }
  return { timesMs, values };
}

/** Joins parts of one counter in order of time. */
export function joinSamples(parts: readonly Counter[]): Counter {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const timesMs = parts.flatMap((part) => [...part.timesMs]);
  const values = parts.flatMap((part) => [...part.values]);
  const samples = toSamples(timesMs, values);
  if (parts.every(({ startsMs }) => startsMs === undefined)) return samples;
  const starts = parts.flatMap((part) => [
    ...(part.startsMs ?? part.timesMs.map(() => Number.NaN)),
  ]);
  return { ...samples, startsMs: toSamples(timesMs, starts).values };
}

/** Two starts closer than this are one, since a server takes longer to load a model. */
export const SAME_START_MS = SECOND_MS;

type StartChange = 'same' | 'changed' | 'unknown';

/** Whether the process is known to be the same at two samples. */
export function compareStart({ startsMs }: Counter, from: number, to: number): StartChange {
  const differenceMs = Math.abs(numberAt(startsMs ?? [], to) - numberAt(startsMs ?? [], from));
  if (Number.isNaN(differenceMs)) return 'unknown';
  return differenceMs < SAME_START_MS ? 'same' : 'changed';
}

/** Whether a sample at this time belongs to a life. */
export type ProcessLife = (instantMs: number) => boolean;

/**
 * The lives of one counter. A process that restarts only reports later starts. If an earlier start
 * returns, several processes respond in turn behind a balancer. Then there is one life per start,
 * in order; otherwise there is none.
 */
export function findLives({ timesMs, startsMs = new Float64Array(0) }: Counter): ProcessLife[] {
  if (!hasReturn(startsMs)) return [];
  const lives: number[] = [];
  const ofInstant = new Map<number, number>();
  for (let index = 0; index < startsMs.length; index += 1) {
    const startMs = numberAt(startsMs, index);
    if (Number.isNaN(startMs)) continue;
    let life = lives.findIndex((knownMs) => Math.abs(knownMs - startMs) < SAME_START_MS);
    if (life < 0) life = lives.push(startMs) - 1;
    ofInstant.set(numberAt(timesMs, index), life);
  }
  return lives.map((_, life) => (instantMs: number) => ofInstant.get(instantMs) === life);
}

/** Whether a start is followed by an earlier one. */
function hasReturn(startsMs: Float64Array): boolean {
  let latestMs = Number.NEGATIVE_INFINITY;
  for (const startMs of startsMs) {
    if (startMs <= latestMs - SAME_START_MS) return true;
    if (startMs > latestMs) latestMs = startMs;
  }
  return false;
}
