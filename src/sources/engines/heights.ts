/** How high a target's token counters stood, the one figure by which scrapes are compared. */

import { at, type Samples, valueAt } from './samples.ts';
import type { Target } from './targets.ts';

/** A target is compared with each of another spelling. */
const heights = new WeakMap<Target, Samples>();

/** Prompt and output tokens of all ranks at each scrape that tells them all. */
export function heightsOf(target: Target): Samples {
  const known = heights.get(target) ?? tokenHeights(target);
  heights.set(target, known);
  return known;
}

function tokenHeights({ counters, timesMs }: Target): Samples {
  const told = counters.filter(({ fact }) => fact === 'prompt' || fact === 'output');
  // Of metrics that tell the same, the one that copies have in common: the plainest.
  const plainest = Math.max(...told.map(({ choice }) => choice));
  const tokens = told.filter(({ choice }) => choice === plainest);
  const sums = timesMs.map((instantMs) =>
    tokens.reduce((sum, { samples, split }) => {
      // A reason, mode or tenant that is yet to come has counted nothing.
      const isToCome = split !== '' && instantMs < at(samples.timesMs, 0);
      return isToCome ? sum : sum + valueAt(samples, instantMs);
    }, 0),
  );
  const whole = timesMs.map((_, index) => (Number.isNaN(at(sums, index)) ? 0 : 1));
  return {
    timesMs: timesMs.filter((_, index) => whole[index] === 1),
    values: sums.filter((_, index) => whole[index] === 1),
  };
}
