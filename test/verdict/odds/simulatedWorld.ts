/**
 * Knows how tests make a world whose truth is known: load by week, weather and bursts, and what is
 * seen of it.
 */

import type { Random } from '../../../src/platform/random.ts';
import type {
  DrawnDeployment,
  DrawnPlan,
  DrawnStack,
  NumberRange,
} from '../../../src/verdict/odds/drawn.ts';

export interface Regime {
  readonly name: string;
  /** Of a day of keeping. */
  readonly keepUsd: number;
  /** Standard deviation of a day's weather, and how much of it lasts to the next day. */
  readonly noise: number;
  readonly memory: number;
  /** Share of days with a burst, and the factor it puts on the day's load. */
  readonly burstShare: number;
  readonly burst: number;
  /** Share of a deployment's labor by which it may be off. */
  readonly laborSpread: number;
  /** What each host asks for a million tokens without and with all cache hits. */
  readonly hosts: readonly { readonly atZero: number; readonly atOne: number }[];
  readonly cache: NumberRange;
  /** Days of which nothing is known, in one stretch. */
  readonly missingDays: number;
  readonly days: number;
}

export interface World {
  readonly stack: DrawnStack;
  readonly plan: DrawnPlan;
  /** The saving of deleting each deployment, and of the plan, that is expected of the process. */
  readonly truth: ReadonlyMap<string, number>;
  readonly planTruth: number;
}

const WEEK = [1.2, 1.1, 1.1, 1, 1, 0.4, 0.2];
const MTOK_A_DAY = 100;

/** Two deployments under the same weather; each has bursts of its own. */
export function simulate(regime: Regime, random: Random): World {
  const truly = { selfHosted: random.next(), hosted: random.next(), cache: random.next() };
  const weather = weatherOf(regime, random);
  const first = random.integer(0, Math.max(0, regime.days - regime.missingDays));
  const isMissing = (day: number) => day >= first && day < first + regime.missingDays;
  const made = ['a', 'b'].map((id) => {
    const expected = weather.map((_, day) => MTOK_A_DAY * (WEEK[day % 7] ?? 0) * meanBurst(regime));
    const loads = weather.map((factor, day) => {
      const burst = random.next() < regime.burstShare ? regime.burst : 1;
      return MTOK_A_DAY * (WEEK[day % 7] ?? 0) * factor * burst;
    });
    const deployment = deploymentOf(id, regime, { loads, isMissing });
    return {
      deployment,
      saving: trueSaving({ regime, deployment, random, truly, loads, expected, isMissing }),
    };
  });
  const labor = {
    selfHosted: around(3000, regime.laborSpread),
    hosted: around(500, regime.laborSpread),
  };
  const fixed = quantile(labor.selfHosted, truly.selfHosted) - quantile(labor.hosted, truly.hosted);
  return {
    stack: { days: regime.days, deployments: made.map(({ deployment }) => deployment), labor },
    plan: {
      picks: new Map([
        ['a', 'delete'],
        ['b', 'delete'],
      ]),
      selfHostedFixed: false,
      hostedFixed: true,
    },
    truth: new Map(made.map(({ deployment, saving }) => [deployment.id, saving])),
    planTruth: made.reduce((sum, { saving }) => sum + saving, fixed),
  };
}

function meanBurst({ burstShare, burst }: Regime): number {
  return 1 + burstShare * (burst - 1);
}

/** Factors with mean 1; yesterday's weather lasts in part. */
function weatherOf({ noise, memory, days }: Regime, random: Random): number[] {
  const shock = () => (random.next() + random.next() + random.next() - 1.5) * 2;
  let state = shock();
  for (let day = 0; day < 30; day += 1) state = next();
  return Array.from({ length: days }, () => {
    state = next();
    return Math.max(0, 1 + noise * state);
  });
  function next() {
    return memory * state + Math.sqrt(1 - memory * memory) * shock();
  }
}

function around(base: number, spread: number): NumberRange {
  return { low: base * (1 - spread), base, high: base * (1 + 1.5 * spread) };
}

function deploymentOf(
  id: string,
  regime: Regime,
  { loads, isMissing }: { loads: readonly number[]; isMissing: (day: number) => boolean },
): DrawnDeployment {
  const seen = (usd: number) =>
    Float64Array.from(loads, (load, day) => (isMissing(day) ? 0 : usd * load));
  const flat = (value: number) =>
    Float64Array.from(loads, (_, day) => (isMissing(day) ? 0 : value));
  return {
    id,
    paid: new Float64Array(loads.length).fill(24),
    covered: flat(24),
    keep: flat(regime.keepUsd),
    hostWeights: Float64Array.from(
      regime.hosts,
      ({ atZero, atOne }) => 1 / ((atZero + atOne) * (atZero + atOne)),
    ),
    cache: regime.cache,
    labor: {
      selfHosted: around(2000, regime.laborSpread),
      hosted: around(400, regime.laborSpread),
    },
    options: [
      {
        name: 'delete',
        own: new Float64Array(loads.length),
        hosts: regime.hosts.map(({ atZero, atOne }) => ({
          atZero: seen(atZero),
          atOne: seen(atOne),
        })),
        strandedUsd: 0,
        migrationUsd: 0,
        selfHostedShare: 0,
        hostedShare: 1,
      },
    ],
  };
}

interface TruthTerms {
  readonly regime: Regime;
  readonly deployment: DrawnDeployment;
  readonly random: Random;
  readonly truly: { readonly selfHosted: number; readonly hosted: number; readonly cache: number };
  readonly loads: readonly number[];
  readonly expected: readonly number[];
  readonly isMissing: (day: number) => boolean;
}

/** What the process would cost on covered days, and what the missing days really strayed. */
function trueSaving({
  regime,
  deployment,
  random,
  truly,
  loads,
  expected,
  isMissing,
}: TruthTerms): number {
  const host = regime.hosts[pick(deployment.hostWeights, random.next())];
  if (host === undefined) throw new Error('a host is picked');
  const share = quantile(regime.cache, truly.cache);
  const price = host.atZero + share * (host.atOne - host.atZero);
  let usd = 0;
  for (const [day, load] of loads.entries()) {
    const mean = expected[day] ?? 0;
    usd += isMissing(day) ? -price * (load - mean) : regime.keepUsd - price * mean;
  }
  const { selfHosted, hosted } = deployment.labor;
  return usd + quantile(selfHosted, truly.selfHosted) - quantile(hosted, truly.hosted);
}

function pick(weights: Float64Array, share: number): number {
  let left = share * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return index;
  }
  return weights.length - 1;
}

/** Found by halving on the area of the triangle, so as to share no formula with what is tested. */
function quantile({ low, base, high }: NumberRange, share: number): number {
  if (low === high) return base;
  const area = (x: number) =>
    x < base
      ? ((x - low) * (x - low)) / ((high - low) * (base - low))
      : 1 - ((high - x) * (high - x)) / ((high - low) * (high - base));
  let [from, to] = [low, high];
  for (let step = 0; step < 60; step += 1) {
    const middle = (from + to) / 2;
    if (area(middle) < share) from = middle;
    else to = middle;
  }
  return from;
}
