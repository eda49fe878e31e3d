/**
 * Computes the token totals of a target, by which its scrapes are compared with those of others.
 */

import { numberAt, type Samples, sampleAt } from './samples.ts';
import type { EngineTarget } from './targets.ts';

/** Computed totals, since a target is compared with each target of another spelling. */
const cache = new WeakMap<EngineTarget, Samples>();

/** Prompt and output tokens of all ranks, at each scrape that has all of them. */
export function tokenTotals(target: EngineTarget): Samples {
  const known = cache.get(target) ?? computeTotals(target);
  cache.set(target, known);
  return known;
}

function computeTotals({ counters, timesMs }: EngineTarget): Samples {
  const tokenCounters = counters.filter(({ fact }) => fact === 'prompt' || fact === 'output');
  // Of several metrics with the same fact, uses the simplest, which all copies have.
  const plainest = Math.max(...tokenCounters.map(({ choice }) => choice));
  const tokens = tokenCounters.filter(({ choice }) => choice === plainest);
  const sums = timesMs.map((instantMs) =>
    tokens.reduce((sum, { samples, split }) => {
      // A reason, mode or tenant without samples so far has counted nothing.
      const isBeforeFirst = split !== '' && instantMs < numberAt(samples.timesMs, 0);
      return isBeforeFirst ? sum : sum + sampleAt(samples, instantMs);
    }, 0),
  );
  const isComplete = timesMs.map((_, index) => (Number.isNaN(numberAt(sums, index)) ? 0 : 1));
  return {
    timesMs: timesMs.filter((_, index) => isComplete[index] === 1),
    values: sums.filter((_, index) => isComplete[index] === 1),
  };
}
