/**
 * Computes the terms of a change over keeping: its saving at base, and the range of each factor.
 */

import { invariant } from '../../domain/failure.ts';
import type {
  DeploymentSeries,
  OptionSeries,
  PlanInput,
  StackSeries,
  NumberRange,
} from './types.ts';
import {
  addDeviations,
  type DailyDeviations,
  type DeploymentLife,
  findLife,
  sumSeries,
  toDailyDeviations,
} from './weekMoments.ts';

/** Additional dollars saved at each end of an assumption. Negative for a higher cost. */
export interface SavingEnds {
  readonly low: number;
  readonly high: number;
}

/** Ends of the cache hits. Hits that were not counted are assumed not to be hits at base. */
export interface HitEnds extends SavingEnds {
  /**
   * Additional saving at the base share if all uncounted hits were hits. `high` comes on top of it.
   */
  readonly unknown: number;
}

/** Terms of an option or a plan. A plan's terms are the sums of its parts. */
export interface SavingTerms {
  readonly usd: number;
  /** Without labor and migration cost. */
  readonly withoutLaborUsd: number;
  readonly selfHosted: SavingEnds;
  readonly hosted: SavingEnds;
  readonly cache: HitEnds;
  /** Ends of a hosted price that was not observed, or depends on something not counted. */
  readonly price: SavingEnds;
  /** Absent if nothing changes. */
  readonly load?: DailyDeviations | undefined;
}

/** Terms by option. Empty if the deployment cannot be simulated. */
export function termsByOption(
  deployment: DeploymentSeries,
  fewestDays: number,
): ReadonlyMap<string, SavingTerms> {
  const life = findLife(deployment, fewestDays);
  if (life === undefined) return new Map();
  return new Map(
    deployment.options.map((option) => [option.name, optionTerms(option, deployment, life)]),
  );
}

function optionTerms(
  option: OptionSeries,
  deployment: DeploymentSeries,
  life: DeploymentLife,
): SavingTerms {
  const { strandedUsd, migrationUsd, selfHostedShare, hostedShare } = option;
  const { labor, cache } = deployment;
  const saved = savedByDay(option, deployment);
  const withoutLaborUsd = sumSeries(saved) - strandedUsd;
  const spared = 1 - selfHostedShare;
  const laborUsd = spared * labor.selfHosted.base - hostedShare * labor.hosted.base;
  return {
    usd: withoutLaborUsd + laborUsd - migrationUsd,
    withoutLaborUsd,
    selfHosted: endsOf(labor.selfHosted, spared),
    hosted: endsOf(labor.hosted, -hostedShare),
    cache: hitEnds(option, cache),
    price: priceEnds(option),
    load: toDailyDeviations(saved, life),
  };
}

function savedByDay(
  { own, hosted }: OptionSeries,
  { keep, cache }: DeploymentSeries,
): Float64Array {
  return keep.map((usd, day) => {
    const [none, all] = [hosted?.atZero[day] ?? 0, hosted?.atOne[day] ?? 0];
    return usd - (own[day] ?? 0) - (none + cache.base * (all - none));
  });
}

/**
 * Ends of the cache hits. Worked number: a provider costs $9 without hits, $7 with the counted
 * ones, $1 with all. At a share of 0.5 it costs $8, or $5 if all had been hits, so `unknown` is 3.
 * From there, a share of 1 saves 4 more. A share of 0 costs 1 more than the base.
 */
function hitEnds({ hosted }: OptionSeries, { low, base, high }: NumberRange): HitEnds {
  if (hosted === undefined) return { low: 0, unknown: 0, high: 0 };
  const [none, known] = [sumSeries(hosted.atZero), sumSeries(hosted.atOne)];
  const all = hosted.atAllHits === undefined ? known : sumSeries(hosted.atAllHits);
  return {
    low: (low - base) * (none - known),
    unknown: base * (known - all),
    high: (high - base) * (none - all),
  };
}

/** A provider that may cost $5 more or $2 less saves 5 less or 2 more. */
function priceEnds({ hosted }: OptionSeries): SavingEnds {
  const { lessUsd = 0, moreUsd = 0 } = hosted?.priceRange ?? {};
  return { low: 0 - moreUsd, high: 0 - lessUsd };
}

/** Labor of $100 with a low end of $60 (-40), half of it saved: -20. */
function endsOf({ low, base, high }: NumberRange, share: number): SavingEnds {
  return { low: share * (low - base), high: share * (high - base) };
}

/**
 * Sums a plan's terms in order of deployment id, so the order of the deployments changes no digit.
 * `undefined` if a part is unknown.
 */
export function planTerms(
  plan: PlanInput,
  { labor }: StackSeries,
  known: ReadonlyMap<string, ReadonlyMap<string, SavingTerms>>,
): SavingTerms | undefined {
  let sum = fixedTerms(plan, labor);
  for (const [id, name] of [...plan.picks].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (name === 'keep') continue;
    const options = known.get(id);
    if (options?.size === 0) return undefined;
    const picked = options?.get(name);
    invariant(picked !== undefined, `a plan picks what is not drawn: ${name} of ${id}`);
    sum = addTerms(sum, picked);
  }
  return sum;
}

/** Terms of the stack's fixed labor. Keeping everything includes the self-hosted part. */
function fixedTerms(plan: PlanInput, { selfHosted, hosted }: StackSeries['labor']): SavingTerms {
  const [spared, more] = [plan.selfHostedFixed ? 0 : 1, plan.hostedFixed ? 1 : 0];
  return {
    usd: spared * selfHosted.base - more * hosted.base,
    withoutLaborUsd: 0,
    selfHosted: endsOf(selfHosted, spared),
    hosted: endsOf(hosted, -more),
    cache: { low: 0, unknown: 0, high: 0 },
    price: { low: 0, high: 0 },
  };
}

function addTerms(one: SavingTerms, other: SavingTerms): SavingTerms {
  const loads = [one.load, other.load].filter((load) => load !== undefined);
  return {
    usd: one.usd + other.usd,
    withoutLaborUsd: one.withoutLaborUsd + other.withoutLaborUsd,
    selfHosted: addEnds(one.selfHosted, other.selfHosted),
    hosted: addEnds(one.hosted, other.hosted),
    cache: {
      ...addEnds(one.cache, other.cache),
      unknown: one.cache.unknown + other.cache.unknown,
    },
    price: addEnds(one.price, other.price),
    load: loads.length > 1 ? loads.reduce(addDeviations) : loads[0],
  };
}

function addEnds(one: SavingEnds, other: SavingEnds): SavingEnds {
  return { low: one.low + other.low, high: one.high + other.high };
}
