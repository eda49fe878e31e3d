/** Draws all random numbers of the simulation, in one fixed order. */

import type { RandomSource } from './types.ts';
import { valueAtRank } from './savingSummary.ts';

/** One value of each kind for every draw. All deployments and plans share them. */
export interface RandomDraws {
  readonly draws: number;
  /**
   * Four bits that are set if a factor is better than its base. From the lowest bit on: days, cache
   * share, self-hosted labor, hosted labor.
   */
  readonly isBetter: Uint8Array;
  /**
   * Distance of each assumption from its base: 0 at the base, 1 at its end. All parts of the stack
   * move together.
   */
  readonly cache: Float64Array;
  readonly selfHosted: Float64Array;
  readonly hosted: Float64Array;
  /** Uniform fractions: how much of the time without a known price had another price. */
  readonly price: Float64Array;
  /** Uniform fractions that select the autocorrelation. */
  readonly memory: Float64Array;
  /** Absolute values of Student's t. */
  readonly student: (freedom: number) => Float64Array;
}

/** 2^4 combinations of four factors. */
const PATTERNS = 16;
const MOST_FREEDOM = 30;
const MOST_UNIFORMS = MOST_FREEDOM - 1;
const HALF_STEP = 1 / 2 ** 33;

/**
 * Draws the scenarios. Four factors move a saving, each as likely better as worse than its base.
 * The 16 combinations come in turn. One draw of 16 has all factors worse and one all better, which
 * is more than the 5% beyond either end of an interval. So the base always lies inside.
 */
export function drawFactors(draws: number, chance: RandomSource): RandomDraws {
  const column = () => new Float64Array(draws);
  const [cache, selfHosted, hosted] = [column(), column(), column()];
  const [memory, odd] = [column(), column()];
  const uniforms = new Float64Array(draws * MOST_UNIFORMS);
  for (let draw = 0; draw < draws; draw += 1) {
    for (const reach of [cache, selfHosted, hosted]) reach[draw] = 1 - Math.sqrt(chance.next());
    for (const fraction of [memory, odd]) fraction[draw] = chance.next();
    const first = draw * MOST_UNIFORMS;
    for (let at = first; at < first + MOST_UNIFORMS; at += 1) uniforms[at] = chance.next();
  }
  // Drawn last, so stacks with only known prices keep their earlier random numbers.
  const price = column();
  for (let draw = 0; draw < draws; draw += 1) price[draw] = chance.next();
  return {
    draws,
    price,
    isBetter: Uint8Array.from({ length: draws }, (_, draw) => patternOf(draw)),
    cache,
    selfHosted,
    hosted,
    memory,
    student: memoized((freedom) => studentOf(freedom, { uniforms, odd })),
  };
}

/** All worse and all better come first, so an incomplete turn has them too. */
function patternOf(draw: number): number {
  const turn = draw % PATTERNS;
  if (turn === 1) return PATTERNS - 1;
  return turn === PATTERNS - 1 ? 1 : turn;
}

interface Uniforms {
  readonly uniforms: Float64Array;
  readonly odd: Float64Array;
}

/**
 * Student's t from uniform fractions. For even n, the median of n - 1 fractions has a beta
 * distribution with both parameters n / 2. That transforms to Student's t with n degrees of
 * freedom. An odd n uses n - 1 in half of the draws and n + 1 in the other half. A median of 0.8 of
 * 11 fractions is t = sqrt(12) * 0.6 / (2 * sqrt(0.8 * 0.2)) = 2.598.
 */
function studentOf(freedom: number, { uniforms, odd }: Uniforms): Float64Array {
  const most = Math.min(freedom, MOST_FREEDOM);
  return odd.map((fraction, draw) => {
    const even = most % 2 === 0 ? most : fraction < 0.5 ? most - 1 : most + 1;
    const degrees = Math.max(2, even);
    const first = draw * MOST_UNIFORMS;
    const own = uniforms.slice(first, first + degrees - 1);
    const median = valueAtRank(own, degrees / 2 - 1) + HALF_STEP;
    const off = Math.abs(2 * median - 1) / (2 * Math.sqrt(median * (1 - median)));
    return Math.sqrt(degrees) * off;
  });
}

function memoized(compute: (freedom: number) => Float64Array): (freedom: number) => Float64Array {
  const known = new Map<number, Float64Array>();
  return (freedom) => {
    const found = known.get(freedom) ?? compute(freedom);
    known.set(freedom, found);
    return found;
  };
}
