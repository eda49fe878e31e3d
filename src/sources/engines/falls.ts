/** What a counter that falls or jumps means: a restart, a bad sample, or a lower level. */

import { SECOND_MS } from '../../domain/period.ts';
import { startChange } from './lives.ts';
import { at, type Counter } from './samples.ts';

/** Between which samples a step is judged, and how far ahead is looked from the first of them. */
export interface Step {
  /** The last sample that was believed. */
  readonly last: number;
  readonly index: number;
  /** The first sample after `index` that is lower than the one before it. */
  readonly nextFall: number;
  readonly horizonMs: number;
}

/**
 * `rise`: counted. `restart`: the new value counts whole; `presumed` where no start says so.
 * `refuse`: the samples before `until` are bad. `level`: the counter stands lower from here on,
 * and nobody knows why; it is counted on from there.
 */
export type Judgment =
  | { readonly is: 'rise' | 'level' }
  | { readonly is: 'restart'; readonly presumed: boolean }
  | { readonly is: 'refuse'; readonly until: number };

/** A step so many times faster than any that follow is none of the same counter. */
const JUMP = 10;
/** What a fresh process counts may be so many times the fastest pace that follows. */
const PLAUSIBLE = 2;
/** No process that serves a model counts faster; a hundred of the fastest published GPUs do. */
const FASTEST_PER_MS = 10_000_000 / SECOND_MS;

/**
 * Judges one step by what follows within the horizon, so that it is judged alike in whichever
 * window it is read.
 *
 * - Another start is a restart, and the same start is none.
 * - A rise is refused where the counter soon falls back to what it would have been without it, and
 *   it was more than ten times as fast as any step that follows: 100, 9e12, 130.
 * - A fall is refused where the counter soon stands as high as before: 1,000,000, 0, 1,000,200. If
 *   it does not, and the start is the same, it is a new level.
 * - Where no start is known, a fall is presumed to be a restart if the new value could have been
 *   counted since (at most twice the fastest pace that follows; without any, at most half of the
 *   old value), and the old height is not passed in one leap.
 */
export function judge(counter: Counter, step: Step): Judgment {
  const { last, index } = step;
  const change = startChange(counter, last, index);
  if (change === 'changed') return { is: 'restart', presumed: false };
  const [height, value] = [at(counter.values, last), at(counter.values, index)];
  if (value >= height) {
    const until = value > height ? endOfSpike(counter, step) : undefined;
    return until === undefined ? { is: 'rise' } : { is: 'refuse', until };
  }
  const back = returnOf(counter, step);
  if (change === 'unknown' && looksRestarted(counter, step, back)) {
    return { is: 'restart', presumed: true };
  }
  return back === undefined ? { is: 'level' } : { is: 'refuse', until: back };
}

/** The indices after a step that are near enough to judge it, up to the next restart. */
function* ahead(counter: Counter, { last, index, horizonMs }: Step): Generator<number> {
  const endMs = at(counter.timesMs, last) + horizonMs;
  for (let next = index + 1; at(counter.timesMs, next) <= endMs; next += 1) {
    if (startChange(counter, last, next) === 'changed') return;
    yield next;
  }
}

/** Where the counter first falls back after a rise, if the rise was a leap. */
function endOfSpike(counter: Counter, step: Step): number | undefined {
  const { timesMs, values } = counter;
  const { last, index, nextFall } = step;
  const [height, value, fallen] = [at(values, last), at(values, index), at(values, nextFall)];
  if (!(fallen >= height && fallen < value) || !reaches(counter, step, nextFall)) return undefined;
  const paceOf = (amount: number, to: number) => amount / (at(timesMs, to) - at(timesMs, last));
  const leap = paceOf(value - height, index);
  const after = paceAhead(counter, { ...step, index: nextFall });
  // A counter that rests from then on tells no pace: a last burst is no bad sample.
  const usual = after > 0 ? Math.max(after, paceOf(fallen - height, nextFall)) : FASTEST_PER_MS;
  return leap > Math.min(JUMP * usual, FASTEST_PER_MS) ? nextFall : undefined;
}

function reaches(counter: Counter, step: Step, wanted: number): boolean {
  for (const next of ahead(counter, step)) if (next === wanted) return true;
  return false;
}

/** Where the counter first stands as high as before the fall. */
function returnOf(counter: Counter, step: Step): number | undefined {
  const height = at(counter.values, step.last);
  for (const next of ahead(counter, step)) if (at(counter.values, next) >= height) return next;
  return undefined;
}

function looksRestarted(counter: Counter, step: Step, back: number | undefined): boolean {
  const { timesMs, values } = counter;
  const { last, index } = step;
  const [height, value] = [at(values, last), at(values, index)];
  const pace = paceAhead(counter, step, back);
  const gapMs = at(timesMs, index) - at(timesMs, last);
  const isFresh = pace > 0 ? value <= PLAUSIBLE * pace * gapMs : 2 * value <= height;
  return isFresh && (back === undefined || !leapsTo(back));

  function leapsTo(to: number): boolean {
    const [below, stepMs] = [at(values, to - 1), at(timesMs, to) - at(timesMs, to - 1)];
    return 2 * below < height || at(values, to) - below > PLAUSIBLE * pace * stepMs;
  }
}

/** The fastest rise ahead, in tokens a millisecond; the one that ends at `except` left out. */
function paceAhead(counter: Counter, step: Step, except?: number): number {
  const { timesMs, values } = counter;
  let fastest = 0;
  for (const next of ahead(counter, step)) {
    if (next === except) continue;
    const rise = at(values, next) - at(values, next - 1);
    fastest = Math.max(fastest, rise / (at(timesMs, next) - at(timesMs, next - 1)));
  }
  return fastest;
}
