/** Calibration of probabilities on quarters with known truth: how often an interval contains it. */

import { type Random, seededRandom } from '../../src/platform/random.ts';
import type {
  DeploymentSeries,
  StackSeries,
  SavingInterval,
  NumberRange,
  SimulatedSaving,
} from '../../src/verdict/simulation/types.ts';
import { simulateSavings } from '../../src/verdict/simulation/simulation.ts';
import { type LoadKind, type SimulatedLoad, simulateLoad } from './simulatedQuarters.ts';

export interface Regime {
  readonly name: string;
  readonly kind: LoadKind;
  /** Length of one window. */
  readonly days: number;
  /** Cost of keeping, per day. A day of the mean load costs $90 hosted without cache hits. */
  readonly keepUsd: number;
  /** Share of a deployment's engineering time by which the estimate may be off. */
  readonly laborSpread: number;
  /** With cache hits only, the hosted price is two thirds. */
  readonly cache: NumberRange;
  /** Days without data, in one contiguous range. */
  readonly missingDays: number;
}

export const STEADY: Regime = {
  name: 'steady',
  kind: 'steady',
  days: 92,
  keepUsd: 100,
  laborSpread: 0,
  cache: { low: 0.5, base: 0.5, high: 0.5 },
  missingDays: 0,
};

interface Judged extends SavingInterval {
  readonly truth: number;
}

export interface SimulatedCase {
  /** For one deployment: the mean saving of its process, and its estimated probability. */
  readonly truth: number;
  readonly odds: SimulatedSaving;
  readonly mean: Judged;
  /** For both together, with the shared engineering time: the same, and the forecast. */
  readonly plan: Judged;
  readonly next: Judged;
  readonly cannotTell: boolean;
}

export interface SimulationSize {
  readonly worlds: number;
  readonly draws: number;
}

export function simulatedCases(regime: Regime, { worlds, draws }: SimulationSize): SimulatedCase[] {
  return Array.from({ length: worlds }, (_, index) => {
    const random = seededRandom(`world ${regime.name} ${index}`);
    return caseOf(regime, random, { draws, seed: `draws ${regime.name} ${index}` });
  });
}

function caseOf(regime: Regime, random: Random, { draws, seed }: { draws: number; seed: string }) {
  const drawn = { selfHosted: chosen(random), hosted: chosen(random), cache: chosen(random) };
  const labor = { selfHosted: around(3000, regime), hosted: around(500, regime) };
  const made = ['a', 'b'].map((id) => deploymentOf(id, regime, random));
  const stack: StackSeries = {
    days: regime.days,
    labor,
    deployments: made.map(({ deployment }) => deployment),
  };
  const { deployments, simulatePlan } = simulateSavings(stack, {
    draws,
    chance: seededRandom(seed),
  });
  const picks = new Map(made.map(({ deployment: { id } }) => [id, 'delete']));
  const all = simulatePlan({ picks, selfHostedFixed: false, hostedFixed: true });
  const odds = deployments.get('a')?.get('delete')?.withLabor;
  if (odds === undefined || all === undefined) throw new Error('no odds');
  const fixed = drawn.selfHosted(labor.selfHosted) - drawn.hosted(labor.hosted);
  const truths = made.map((each) => trueSavings(each, regime, drawn));
  const sum = (of: 'mean' | 'next') => truths.reduce((usd, each) => usd + each[of], fixed);
  const truth = truths[0]?.mean ?? Number.NaN;
  return {
    truth,
    odds,
    mean: { ...odds, truth },
    plan: { ...all.withLabor, truth: sum('mean') },
    next: { ...all.next, truth: sum('next') },
    cannotTell: all.withLabor.cannotTell !== undefined,
  };
}

interface Made {
  readonly deployment: DeploymentSeries;
  readonly load: SimulatedLoad;
  readonly isMissing: (day: number) => boolean;
}

const USD = { atZero: 90, atOne: 60 };

function deploymentOf(id: string, regime: Regime, random: Random): Made {
  const { days, missingDays, keepUsd, cache } = regime;
  const load = simulateLoad(regime, random);
  const first = random.integer(0, days - missingDays);
  const isMissing = (day: number) => day >= first && day < first + missingDays;
  const seen = (of: (day: number) => number) =>
    Float64Array.from({ length: days }, (_, day) => (isMissing(day) ? 0 : of(day)));
  const hostedUsd = (usd: number) => seen((day) => usd * (load.served[day] ?? 0));
  const deployment = {
    id,
    cache,
    paid: new Float64Array(days).fill(24),
    covered: seen(() => 24),
    keep: seen(() => keepUsd),
    labor: { selfHosted: around(2000, regime), hosted: around(400, regime) },
    options: [
      {
        name: 'delete',
        own: new Float64Array(days),
        hosted: { atZero: hostedUsd(USD.atZero), atOne: hostedUsd(USD.atOne) },
        strandedUsd: 0,
        migrationUsd: 0,
        selfHostedShare: 0,
        hostedShare: 1,
      },
    ],
  };
  return { deployment, load, isMissing };
}

/** Asymmetric: with a larger range above the base than below it. */
function around(base: number, { laborSpread }: Regime): NumberRange {
  return { low: base * (1 - laborSpread), base, high: base * (1 + 1.5 * laborSpread) };
}

type Truly = Readonly<Record<'selfHosted' | 'hosted' | 'cache', (range: NumberRange) => number>>;

/**
 * Either side of the base with equal probability. Takes the smaller of two random fractions of the
 * distance to the end.
 */
function chosen(random: Random): (range: NumberRange) => number {
  const isAbove = random.next() < 0.5;
  const way = Math.min(random.next(), random.next());
  return ({ low, base, high }) => base + way * ((isAbove ? high : low) - base);
}

/**
 * `mean` is the process's mean saving on covered days, less the actual deviation of missing ones.
 * `next` is the actual saving in the next window, scaled to the number of covered days.
 */
function trueSavings({ deployment, load, isMissing }: Made, regime: Regime, truly: Truly) {
  const { days, keepUsd } = regime;
  const price = USD.atZero + truly.cache(deployment.cache) * (USD.atOne - USD.atZero);
  let [mean, after, covered] = [0, 0, 0];
  for (let day = 0; day < days; day += 1) {
    const usual = load.expected[day] ?? 0;
    const stray = (load.served[day] ?? 0) - usual;
    mean += isMissing(day) ? -price * stray : keepUsd - price * usual;
    after += keepUsd - price * (load.served[days + day] ?? 0);
    if (!isMissing(day)) covered += 1;
  }
  const { selfHosted, hosted } = deployment.labor;
  const labor = truly.selfHosted(selfHosted) - truly.hosted(hosted);
  return { mean: mean + labor, next: (after * covered) / days + labor };
}

/** The share of cases whose interval, narrowed towards its middle, contains the truth. */
export function coveredShare(
  cases: readonly SimulatedCase[],
  of: (each: SimulatedCase) => Judged,
  width = 1,
): number {
  const holds = cases.filter((each) => {
    const { low, high, truth } = of(each);
    const reach = ((high - low) / 2) * width;
    const stray = truth - (low + high) / 2;
    return stray >= -reach && stray <= reach;
  });
  return holds.length / cases.length;
}

export interface Calibration {
  readonly mean: number;
  readonly plan: number;
  readonly next: number;
  readonly cannotTell: number;
}

export function computeCalibration(cases: readonly SimulatedCase[]): Calibration {
  return {
    mean: coveredShare(cases, ({ mean }) => mean),
    plan: coveredShare(cases, ({ plan }) => plan),
    next: coveredShare(cases, ({ next }) => next),
    cannotTell: cases.filter(({ cannotTell }) => cannotTell).length / cases.length,
  };
}
