/** Everything that chance decides, taken in one fixed order before anything is reckoned. */

import type { Chance } from './drawn.ts';
import { valueAtRank } from './ranked.ts';

/** One of each for every draw; the same for all deployments and plans. */
export interface Scenarios {
  readonly draws: number;
  /**
   * Four bits of what is better than its base: the days, the cache share, self-hosted and hosted
   * labor, from the lowest bit on.
   */
  readonly isBetter: Uint8Array;
  /**
   * How far from its base each assumption is, from 0 to 1 at its end; all parts of the stack move
   * together.
   */
  readonly cache: Float64Array;
  readonly selfHosted: Float64Array;
  readonly hosted: Float64Array;
  /** Even fractions: how much of a doubtful time another price had held. */
  readonly price: Float64Array;
  /** Fractions from 0 to 1: which memory weeks have. */
  readonly memory: Float64Array;
  /** Student's t without its sign. */
  readonly student: (freedom: number) => Float64Array;
}

/** Of four factors. */
const PATTERNS = 16;
const MOST_FREEDOM = 30;
const MOST_UNIFORMS = MOST_FREEDOM - 1;
const HALF_STEP = 1 / 2 ** 33;

/**
 * Four things move a saving, and each is as likely better as worse than its base. All 16 patterns
 * of better and worse come in turn, so that in one draw of 16 all are worse and in one all are
 * better: more than the twentieth that lies beyond either end of an interval. So the base lies
 * inside, whatever the stack.
 */
export function drawScenarios(draws: number, chance: Chance): Scenarios {
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
  // After all else, so that worlds in which every price is told draw what they always drew.
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
    student: remembered((freedom) => studentOf(freedom, { uniforms, odd })),
  };
}

/** All worse and all better come first, so that a turn that is cut short has them too. */
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
 * The median of n - 1 even fractions is beta of n / 2 twice, and that one is a Student's t of n,
 * for every even n; an odd one is the even one below in half of the draws, above in the other half.
 * A median of 0.8 of 11 fractions is t = sqrt(12) * 0.6 / (2 * sqrt(0.8 * 0.2)) = 2.598.
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

function remembered(of: (freedom: number) => Float64Array): (freedom: number) => Float64Array {
  const known = new Map<number, Float64Array>();
  return (freedom) => {
    const found = known.get(freedom) ?? of(freedom);
    known.set(freedom, found);
    return found;
  };
}
