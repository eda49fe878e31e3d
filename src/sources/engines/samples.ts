/** Raw samples: instants and values of one series, in order of time, one for each instant. */

/** `timesMs` ascend strictly; both columns are equally long. */
export interface Samples {
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
}

export type Labels = Readonly<Record<string, string>>;

/** The labels in one order, as a text to sort and compare by. */
export function labelText(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The samples of one metric under one set of labels; its name is the label `__name__`. */
export interface Series {
  readonly labels: Labels;
  readonly samples: Samples;
}

/** A counter and, where known, when the process behind each sample started (`NaN` where not). */
export interface Counter extends Samples {
  readonly startsMs?: Float64Array;
}

/**
 * Puts samples in order and keeps one for each instant (the larger value, should two disagree), so
 * that neither order nor repetition in an answer matters.
 */
export function samplesOf(timesMs: ArrayLike<number>, values: ArrayLike<number>): Samples {
  if (ascending(timesMs)) {
    return { timesMs: new Float64Array(timesMs), values: new Float64Array(values) };
  }
  const order = Array.from({ length: timesMs.length }, (_, index) => index);
  order.sort((a, b) => at(timesMs, a) - at(timesMs, b) || at(values, a) - at(values, b));
  const last = order.filter((index, rank) => {
    const next = order[rank + 1];
    return next === undefined || at(timesMs, next) !== at(timesMs, index);
  });
  return {
    timesMs: Float64Array.from(last, (index) => at(timesMs, index)),
    values: Float64Array.from(last, (index) => at(values, index)),
  };
}

function ascending(timesMs: ArrayLike<number>): boolean {
  for (let index = 1; index < timesMs.length; index += 1) {
    if (at(timesMs, index - 1) >= at(timesMs, index)) return false;
  }
  return true;
}

/** The number at an index that is known to be there. */
export function at(column: ArrayLike<number>, index: number): number {
  return column[index] ?? Number.NaN;
}

/** The value at exactly this instant; `NaN` where there is no sample. */
export function valueAt(samples: Samples, instantMs: number): number {
  const index = countUpTo(samples.timesMs, instantMs) - 1;
  return at(samples.timesMs, index) === instantMs ? at(samples.values, index) : Number.NaN;
}

/** How many of the ascending instants are at or before `instantMs`. */
export function countUpTo(timesMs: ArrayLike<number>, instantMs: number): number {
  let [low, high] = [0, timesMs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(timesMs, middle) <= instantMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Is this one of the ascending instants? */
export function holdsInstant(timesMs: ArrayLike<number>, instantMs: number): boolean {
  return at(timesMs, countUpTo(timesMs, instantMs) - 1) === instantMs;
}

/** Is there a sample in `[fromMs, beforeMs)`? */
export function seenWithin(timesMs: Float64Array, fromMs: number, beforeMs: number): boolean {
  const next = at(timesMs, countUpTo(timesMs, fromMs - 1));
  return next >= fromMs && next < beforeMs;
}

/** All instants of several columns, ascending, each once. */
export function allInstants(columns: readonly Float64Array[]): Float64Array {
  const [first] = columns;
  // Most often they are scraped together.
  if (first !== undefined && columns.every((column) => sameInstants(column, first))) return first;
  const instants = new Set<number>();
  for (const column of columns) for (const instantMs of column) instants.add(instantMs);
  return Float64Array.from(instants).sort();
}

/** Do both columns hold the same instants? */
export function sameInstants(one: Float64Array, other: Float64Array): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index += 1) {
    if (one[index] !== other[index]) return false;
  }
  return true;
}

/** The samples from one index up to, and without, another. */
export function samplesIn(counter: Counter, from: number, to: number): Counter {
  const { timesMs, values, startsMs } = counter;
  return {
    timesMs: timesMs.subarray(from, to),
    values: values.subarray(from, to),
    ...(startsMs === undefined ? {} : { startsMs: startsMs.subarray(from, to) }),
  };
}

/** The highest of several columns at each instant. */
export function highest(columns: readonly Samples[]): Samples {
  const timesMs = allInstants(columns.map((column) => column.timesMs));
  const values = new Float64Array(timesMs.length).fill(Number.NEGATIVE_INFINITY);
  for (const column of columns) {
    let next = 0;
    for (let index = 0; index < column.timesMs.length; index += 1) {
      while (at(timesMs, next) < at(column.timesMs, index)) next += 1;
      values[next] = Math.max(at(values, next), at(column.values, index));
    }
  }
  return { timesMs, values };
}

/** Parts of one counter in one order of time. */
export function joined(parts: readonly Counter[]): Counter {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const timesMs = parts.flatMap((part) => [...part.timesMs]);
  const values = parts.flatMap((part) => [...part.values]);
  const samples = samplesOf(timesMs, values);
  if (parts.every(({ startsMs }) => startsMs === undefined)) return samples;
  const starts = parts.flatMap((part) => [
    ...(part.startsMs ?? part.timesMs.map(() => Number.NaN)),
  ]);
  return { ...samples, startsMs: samplesOf(timesMs, starts).values };
}
