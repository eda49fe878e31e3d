/** Classifies a fall or jump of a counter as a restart, a bad sample, or a lower level. */

import { SECOND_MS } from '../../domain/period.ts';
import { compareStart, type Counter, numberAt } from './samples.ts';

/** The samples between which a step is classified, and how far later samples are considered. */
export interface CounterStep {
  /** The last sample that was accepted. */
  readonly last: number;
  readonly index: number;
  /** The first sample after `index` that is lower than the previous one. */
  readonly nextFall: number;
  readonly horizonMs: number;
}

/**
 * `rise`: counted. `restart`: the new value counts whole; `presumed` if no start time shows it.
 * `refuse`: the samples before `until` are bad. `level`: the counter is lower from here on for an
 * unknown reason, and is counted on from there.
 */
export type StepClass =
  | { readonly is: 'rise' | 'level' }
  | { readonly is: 'restart'; readonly presumed: boolean }
  | { readonly is: 'refuse'; readonly until: number };

/** A step this many times faster than all later ones does not belong to the counter. */
const JUMP_FACTOR = 10;
/** The value of a new process may be this many times the fastest later rate. */
const PLAUSIBLE_FACTOR = 2;
/**
 * Tokens per ms that no serving process exceeds. A hundred of the fastest published GPUs reach it.
 */
const FASTEST_PER_MS = 10_000_000 / SECOND_MS;

/**
 * Classifies one step by the samples within the horizon after it, so the result is the same in
 * every window.
 *
 * - A different start time is a restart, and the same start time is not.
 * - A rise is refused if the counter soon falls back to its expected value and the rise was more
 *   than ten times as fast as any later step: 100, 9e12, 130.
 * - A fall is refused if the counter soon returns to its old value: 1,000,000, 0, 1,000,200. If it
 *   does not, and the start time is the same, it is a new level.
 * - Without a start time, a fall is presumed to be a restart if the new value could have been
 *   counted since. That is at most twice the fastest later rate or, without one, half of the old
 *   value. The old value must also not be passed in one jump.
 */
export function classifyStep(counter: Counter, step: CounterStep): StepClass {
  const { last, index } = step;
  const change = compareStart(counter, last, index);
  if (change === 'changed') return { is: 'restart', presumed: false };
  const [before, value] = [numberAt(counter.values, last), numberAt(counter.values, index)];
  if (value >= before) {
    const until = value > before ? findSpikeEnd(counter, step) : undefined;
    return until === undefined ? { is: 'rise' } : { is: 'refuse', until };
  }
  const returnAt = findReturn(counter, step);
  if (change === 'unknown' && looksRestarted(counter, step, returnAt)) {
    return { is: 'restart', presumed: true };
  }
  return returnAt === undefined ? { is: 'level' } : { is: 'refuse', until: returnAt };
}

/** The indexes after a step that are near enough to classify it, up to the next restart. */
function* laterSamples(
  counter: Counter,
  { last, index, horizonMs }: CounterStep,
): Generator<number> {
  const endMs = numberAt(counter.timesMs, last) + horizonMs;
  for (let next = index + 1; numberAt(counter.timesMs, next) <= endMs; next += 1) {
    if (compareStart(counter, last, next) === 'changed') return;
    yield next;
  }
}

/** The index at which the counter first falls back after a rise, if the rise was a jump. */
function findSpikeEnd(counter: Counter, step: CounterStep): number | undefined {
  const { timesMs, values } = counter;
  const { last, index, nextFall } = step;
  const [before, value, fallen] = [
    numberAt(values, last),
    numberAt(values, index),
    numberAt(values, nextFall),
  ];
  if (!(fallen >= before && fallen < value) || !reaches(counter, step, nextFall)) return undefined;
  const rateOf = (amount: number, to: number) =>
    amount / (numberAt(timesMs, to) - numberAt(timesMs, last));
  const jumpRate = rateOf(value - before, index);
  const laterRate = fastestLaterRate(counter, { ...step, index: nextFall });
  // A counter that does not rise afterward has no rate. A last burst is not a bad sample.
  const usualRate =
    laterRate > 0 ? Math.max(laterRate, rateOf(fallen - before, nextFall)) : FASTEST_PER_MS;
  return jumpRate > Math.min(JUMP_FACTOR * usualRate, FASTEST_PER_MS) ? nextFall : undefined;
}

function reaches(counter: Counter, step: CounterStep, wanted: number): boolean {
  for (const next of laterSamples(counter, step)) if (next === wanted) return true;
  return false;
}

/** The index at which the counter is first as high as before the fall. */
function findReturn(counter: Counter, step: CounterStep): number | undefined {
  const before = numberAt(counter.values, step.last);
  for (const next of laterSamples(counter, step))
    if (numberAt(counter.values, next) >= before) return next;
  return undefined;
}

function looksRestarted(
  counter: Counter,
  step: CounterStep,
  returnAt: number | undefined,
): boolean {
  const { timesMs, values } = counter;
  const { last, index } = step;
  const [before, value] = [numberAt(values, last), numberAt(values, index)];
  const rate = fastestLaterRate(counter, step, returnAt);
  const gapMs = numberAt(timesMs, index) - numberAt(timesMs, last);
  const isNew = rate > 0 ? value <= PLAUSIBLE_FACTOR * rate * gapMs : 2 * value <= before;
  return isNew && (returnAt === undefined || !jumpsTo(returnAt));

  function jumpsTo(to: number): boolean {
    const [below, stepMs] = [
      numberAt(values, to - 1),
      numberAt(timesMs, to) - numberAt(timesMs, to - 1),
    ];
    return 2 * below < before || numberAt(values, to) - below > PLAUSIBLE_FACTOR * rate * stepMs;
  }
}

/** The fastest later rise, in tokens per ms. The step that ends at `except` is left out. */
function fastestLaterRate(counter: Counter, step: CounterStep, except?: number): number {
  const { timesMs, values } = counter;
  let fastest = 0;
  for (const next of laterSamples(counter, step)) {
    if (next === except) continue;
    const rise = numberAt(values, next) - numberAt(values, next - 1);
    fastest = Math.max(fastest, rise / (numberAt(timesMs, next) - numberAt(timesMs, next - 1)));
  }
  return fastest;
}
