/** Which of a process's copies tells each moment, so that every moment is told once. */

import { MINUTE_MS } from '../../domain/period.ts';
import { at, countUpTo, joined, type Samples } from './samples.ts';
import type { Target } from './targets.ts';

/** Where a copy is silent for longer, another one speaks; Prometheus too forgets after so long. */
const SILENCE_MS = 5 * MINUTE_MS;

/** So many usual steps without a scrape are a silence: a scrape was missed. */
const MISSED = 1.5;

/** From so many steps on, a target's own steps tell what is usual for it. */
const ENOUGH_STEPS = 3;

/** A target and those of its scrapes that count. */
export interface Speaker {
  readonly target: Target;
  readonly speaks: (instantMs: number) => boolean;
  /** Is it a copy that was scraped while an earlier one told the same moments? */
  readonly repeats: boolean;
}

/**
 * Each moment is told by one target: the first in order that was scraped around it. One that misses
 * a scrape is silent until its next, and the others tell what they saw meanwhile. So a label that
 * changes midway, and even changes back, makes one counter of two, and a second scraper adds
 * nothing.
 */
export function speakersOf(targets: readonly Target[]): Speaker[] {
  const [first] = targets;
  if (first !== undefined && targets.length === 1)
    return [{ target: first, speaks: () => true, repeats: false }];
  const usualMs = middleOf(targets.flatMap(({ timesMs }) => stepsOf(timesMs)));
  let told: Samples = { timesMs: new Float64Array(0), values: new Float64Array(0) };
  return targets.map((target) => {
    const own = target.timesMs.filter((instantMs) => !isTold(told, instantMs));
    const silenceMs = silenceOf(target, usualMs);
    told = joined([told, { timesMs: own, values: own.map(() => silenceMs) }]);
    const instants = new Set(own);
    return {
      target,
      speaks: (instantMs) => instants.has(instantMs),
      repeats: own.length < target.timesMs.length,
    };
  });
}

/** `told` are the scrapes that count so far, each with how far from the next is a silence. */
function isTold({ timesMs, values }: Samples, instantMs: number): boolean {
  const next = countUpTo(timesMs, instantMs);
  const beforeMs = at(timesMs, next - 1);
  if (beforeMs === instantMs) return true;
  return at(timesMs, next) - beforeMs <= Math.max(at(values, next - 1), at(values, next));
}

/**
 * A scrape each minute: silent after 90 s. A target that was scraped too seldom to tell what is
 * usual takes what is usual for the process.
 */
function silenceOf({ timesMs }: Target, usualMs: number): number {
  const steps = stepsOf(timesMs);
  const usual = steps.length >= ENOUGH_STEPS ? middleOf(steps) : usualMs;
  return Math.min(SILENCE_MS, MISSED * usual);
}

function stepsOf(timesMs: Float64Array): number[] {
  return Array.from(timesMs.subarray(1), (instantMs, index) => instantMs - at(timesMs, index));
}

/** The one in the middle, the smaller of two; infinite where there is none. */
function middleOf(steps: readonly number[]): number {
  const ordered = steps.toSorted((a, b) => a - b);
  return ordered[(ordered.length - 1) >> 1] ?? Number.POSITIVE_INFINITY;
}
