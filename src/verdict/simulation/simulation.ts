/**
 * Simulates the saving of every option and plan. All random numbers are drawn in one fixed order,
 * so the same seed gives the same digits.
 */

import type {
  RandomSource,
  SimulatedPlan,
  SimulatedSavings,
  StackSeries,
  StackSimulation,
} from './types.ts';
import { computeNoise, type Noise } from './noise.ts';
import { savingInterval, summarizeSavings, valueAtRank } from './savingSummary.ts';
import {
  type HitEnds,
  planTerms,
  type SavingEnds,
  type SavingTerms,
  termsByOption,
} from './savingTerms.ts';

export interface SimulationTerms {
  readonly draws: number;
  readonly chance: RandomSource;
  /** Minimum days of a deployment's life for a probability. A single day shows no variation. */
  readonly fewestDays?: number;
}

/**
 * Simulates each option against keeping the deployment, and any plan against keeping everything.
 * Common inputs are drawn once for all: days, labor, cache share. So an option and the plan that
 * contains it use the same draws.
 */
export function simulateSavings(
  stack: StackSeries,
  { draws, chance, fewestDays = 1 }: SimulationTerms,
): StackSimulation {
  const scenarios = drawFactors(draws, chance);
  const terms = new Map(
    stack.deployments.map((each) => [each.id, termsByOption(each, fewestDays)]),
  );
  return {
    deployments: new Map(
      [...terms].map(([id, options]) => [id, simulateOptions(options, scenarios)]),
    ),
    simulatePlan(plan) {
      const { together = [] } = plan;
      const own = together.map((each) => [each.id, termsByOption(each, fewestDays)] as const);
      const whole = planTerms(plan, stack, own.length === 0 ? terms : new Map(own));
      return whole && simulatePlanTerms(whole, scenarios);
    },
  };
}

function simulateOptions(options: ReadonlyMap<string, SavingTerms>, scenarios: RandomDraws) {
  return new Map([...options].map(([name, terms]) => [name, simulateTerms(terms, scenarios)]));
}

function simulateTerms(terms: SavingTerms, scenarios: RandomDraws): SimulatedSavings {
  const noise = computeNoise(terms.load);
  return summarizeTerms(terms, noise, savingsByDraw(terms, noise, scenarios));
}

function simulatePlanTerms(terms: SavingTerms, scenarios: RandomDraws): SimulatedPlan {
  const noise = computeNoise(terms.load);
  const savings = savingsByDraw(terms, noise, scenarios);
  return { ...summarizeTerms(terms, noise, savings), next: savingInterval(savings.next) };
}

function summarizeTerms(
  terms: SavingTerms,
  noise: Noise | undefined,
  savings: DrawnSavings,
): SimulatedSavings {
  const { usd, withoutLaborUsd } = terms;
  return {
    withLabor: { ...summarizeSavings(savings.withLabor, usd), ...windowTooShortAt(usd, noise) },
    withoutLabor: {
      ...summarizeSavings(savings.withoutLabor, withoutLaborUsd),
      ...windowTooShortAt(withoutLaborUsd, noise),
    },
  };
}

function windowTooShortAt(usd: number, noise: Noise | undefined) {
  if (noise?.persists === undefined) return {};
  const { code, worstUsd } = noise.persists;
  return { cannotTell: { code, worstWeekUsd: usd + worstUsd } };
}

/** Dollars by draw. */
export interface DrawnSavings {
  readonly withLabor: Float64Array;
  readonly withoutLabor: Float64Array;
  /** Saving of the next window, labor included. */
  readonly next: Float64Array;
}

/** One loop over the draws, because most of a decision's computing time is spent here. */
function savingsByDraw(
  terms: SavingTerms,
  noise: Noise | undefined,
  scenarios: RandomDraws,
): DrawnSavings {
  const { draws, isBetter, selfHosted, hosted, cache, price } = scenarios;
  const [days, next] = deviations(noise, scenarios);
  const found = {
    withLabor: new Float64Array(draws),
    withoutLabor: new Float64Array(draws),
    next: new Float64Array(draws),
  };
  for (let draw = 0; draw < draws; draw += 1) {
    const better = isBetter[draw] ?? 0;
    // A higher price is drawn together with fewer hits. With only four factors the base stays
    // inside the interval.
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

/** Moves from the base by `reach` toward the end that is better, or worse, for the change. */
function sideAt({ low, high }: SavingEnds, reach: number, isBetter: number): number {
  return sideOf(reach * low, reach * high, isBetter);
}

/** One side has a lower share of the known hits, the other also the unknown hits. */
function hitsAt({ low, unknown, high }: HitEnds, reach: number, isBetter: number): number {
  return sideOf(reach * low, unknown + reach * high, isBetter);
}

/** If both ends are better than the base, the worse half of the draws stays at the base. */
function sideOf(one: number, other: number, isBetter: number): number {
  return isBetter === 0 ? Math.min(0, one, other) : Math.max(0, one, other);
}

/** Deviations in dollars by draw: of this window's mean, and of the next window. */
function deviations(
  noise: Noise | undefined,
  scenarios: RandomDraws,
): [Float64Array, Float64Array] {
  const { draws, isBetter, memory, student } = scenarios;
  const [days, next] = [new Float64Array(draws), new Float64Array(draws)];
  if (noise === undefined) return [days, next];
  const { cumulativeWeights, lean, nextLean } = noise;
  const sizes = student(noise.freedom);
  const factors = [
    [-1 / lean, -1 / nextLean],
    [lean, nextLean],
  ] as const;
  for (let draw = 0; draw < draws; draw += 1) {
    const at = memoryAt(cumulativeWeights, memory[draw] ?? 0);
    const [own, after] = factors[(isBetter[draw] ?? 0) & 1] ?? [0, 0];
    const size = sizes[draw] ?? 0;
    days[draw] = size * (noise.mean[at] ?? 0) * own;
    next[draw] = size * (noise.next[at] ?? 0) * after;
  }
  return [days, next];
}

/** Index of the first memory whose cumulative weight exceeds the fraction. */
function memoryAt(upTo: Float64Array, fraction: number): number {
  let at = 0;
  while (at < upTo.length - 1 && fraction >= (upTo[at] ?? 1)) at += 1;
  return at;
}

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
