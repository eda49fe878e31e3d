/** What a change saves, draw by draw. */

import type { Noise } from './noise.ts';
import type { Scenarios } from './scenarios.ts';
import type { Ends, HitEnds, Terms } from './terms.ts';

/** Dollars by draw. */
export interface Savings {
  readonly withLabor: Float64Array;
  readonly withoutLabor: Float64Array;
  /** Of the next window, labor included. */
  readonly next: Float64Array;
}

/** One loop over the draws: it is what most of a decision's time goes into. */
export function savingsOf(terms: Terms, noise: Noise | undefined, scenarios: Scenarios): Savings {
  const { draws, isBetter, selfHosted, hosted, cache, price } = scenarios;
  const [days, next] = strayed(noise, scenarios);
  const found = {
    withLabor: new Float64Array(draws),
    withoutLabor: new Float64Array(draws),
    next: new Float64Array(draws),
  };
  for (let draw = 0; draw < draws; draw += 1) {
    const better = isBetter[draw] ?? 0;
    // A dearer price goes with fewer hits: four factors, so that the base lies inside.
    const hits =
      hitsAt(terms.cache, cache[draw] ?? 0, better & 2) +
      sideAt(terms.price, price[draw] ?? 0, better & 2);
    const labor =
      sideAt(terms.selfHosted, selfHosted[draw] ?? 0, better & 4) +
      sideAt(terms.hosted, hosted[draw] ?? 0, better & 8);
    const moved = (days[draw] ?? 0) + hits;
    found.withoutLabor[draw] = terms.withoutLaborUsd + moved;
    found.withLabor[draw] = terms.usd + (moved + labor);
    found.next[draw] = terms.usd + ((next[draw] ?? 0) + hits + labor);
  }
  return found;
}

/** So far from the base to the end that is the better one, or the worse one, for the change. */
function sideAt({ low, high }: Ends, reach: number, isBetter: number): number {
  return sideOf(reach * low, reach * high, isBetter);
}

/** On one side a lower share of the hits that are counted, on the other all that may have been. */
function hitsAt({ low, unknown, high }: HitEnds, reach: number, isBetter: number): number {
  return sideOf(reach * low, unknown + reach * high, isBetter);
}

/** Where both are better than the base, the worse half of the draws stays at the base. */
function sideOf(one: number, other: number, isBetter: number): number {
  return isBetter === 0 ? Math.min(0, one, other) : Math.max(0, one, other);
}

/** Of this window as a forecast of its mean, and of the next one. */
function strayed(noise: Noise | undefined, scenarios: Scenarios): [Float64Array, Float64Array] {
  const { draws, isBetter, memory, student } = scenarios;
  const [days, next] = [new Float64Array(draws), new Float64Array(draws)];
  if (noise === undefined) return [days, next];
  const { upTo, lean, nextLean } = noise;
  const sizes = student(noise.freedom);
  const factors = [
    [-1 / lean, -1 / nextLean],
    [lean, nextLean],
  ] as const;
  for (let draw = 0; draw < draws; draw += 1) {
    const at = memoryAt(upTo, memory[draw] ?? 0);
    const [own, after] = factors[(isBetter[draw] ?? 0) & 1] ?? [0, 0];
    const size = sizes[draw] ?? 0;
    days[draw] = size * (noise.mean[at] ?? 0) * own;
    next[draw] = size * (noise.next[at] ?? 0) * after;
  }
  return [days, next];
}

/** The first memory up to which the likelihoods sum to more than a fraction. */
function memoryAt(upTo: Float64Array, fraction: number): number {
  let at = 0;
  while (at < upTo.length - 1 && fraction >= (upTo[at] ?? 1)) at += 1;
  return at;
}
