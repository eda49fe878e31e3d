/** A change against keeping in plain figures: what it saves at base, and what may move that. */

import { invariant } from '../../domain/invariant.ts';
import type { DrawnDeployment, DrawnOption, DrawnPlan, DrawnStack, NumberRange } from './drawn.ts';
import { addLoads, type Life, lifeOf, type Load, loadOf, total } from './load.ts';

/** Dollars that are saved on top at either end of what is assumed; less than 0 where it costs. */
export interface Ends {
  readonly low: number;
  readonly high: number;
}

/** Of cache hits: beside the share at the host, hits that nobody counted; none are hits at base. */
export interface HitEnds extends Ends {
  /** Saved on top at the base share, had all of them been hits; `high` is on top of it. */
  readonly unknown: number;
}

/** Of a plan they are the sums of its parts'. */
export interface Terms {
  readonly usd: number;
  /** With neither labor nor migration. */
  readonly withoutLaborUsd: number;
  readonly selfHosted: Ends;
  readonly hosted: Ends;
  readonly cache: HitEnds;
  /** Of a hosted price that nobody saw or that depends on what nobody counted. */
  readonly price: Ends;
  /** Absent where nothing is changed. */
  readonly load?: Load | undefined;
}

/** By option; empty where the deployment's odds are unknown. */
export function termsOf(
  deployment: DrawnDeployment,
  fewestDays: number,
): ReadonlyMap<string, Terms> {
  const life = lifeOf(deployment, fewestDays);
  if (life === undefined) return new Map();
  return new Map(
    deployment.options.map((option) => [option.name, optionTerms(option, deployment, life)]),
  );
}

function optionTerms(option: DrawnOption, deployment: DrawnDeployment, life: Life): Terms {
  const { strandedUsd, migrationUsd, selfHostedShare, hostedShare } = option;
  const { labor, cache } = deployment;
  const saved = savedByDay(option, deployment);
  const withoutLaborUsd = total(saved) - strandedUsd;
  const spared = 1 - selfHostedShare;
  const laborUsd = spared * labor.selfHosted.base - hostedShare * labor.hosted.base;
  return {
    usd: withoutLaborUsd + laborUsd - migrationUsd,
    withoutLaborUsd,
    selfHosted: endsOf(labor.selfHosted, spared),
    hosted: endsOf(labor.hosted, -hostedShare),
    cache: hitEnds(option, cache),
    price: priceEnds(option),
    load: loadOf(saved, life),
  };
}

function savedByDay({ own, hosted }: DrawnOption, { keep, cache }: DrawnDeployment): Float64Array {
  return keep.map((usd, day) => {
    const [none, all] = [hosted?.atZero[day] ?? 0, hosted?.atOne[day] ?? 0];
    return usd - (own[day] ?? 0) - (none + cache.base * (all - none));
  });
}

/**
 * $9 without hits, $7 with those that are counted, $1 with all: at a share of 0.5 it asks $8, had
 * all been hits $5, so 3 are unknown; from there on a share of 1 saves 4 more. One of 0 costs 1.
 */
function hitEnds({ hosted }: DrawnOption, { low, base, high }: NumberRange): HitEnds {
  if (hosted === undefined) return { low: 0, unknown: 0, high: 0 };
  const [none, known] = [total(hosted.atZero), total(hosted.atOne)];
  const all = hosted.atAllHits === undefined ? known : total(hosted.atAllHits);
  return {
    low: (low - base) * (none - known),
    unknown: base * (known - all),
    high: (high - base) * (none - all),
  };
}

/** A host that may cost $5 more and $2 less saves 5 less and 2 more. */
function priceEnds({ hosted }: DrawnOption): Ends {
  const { lessUsd = 0, moreUsd = 0 } = hosted?.stray ?? {};
  return { low: 0 - moreUsd, high: 0 - lessUsd };
}

/** $40 of $100 an hour less at the low end, of which half are saved: -20. */
function endsOf({ low, base, high }: NumberRange, share: number): Ends {
  return { low: share * (low - base), high: share * (high - base) };
}

/** By id, so that no order of deployments changes a digit; `undefined` where a part is unknown. */
export function planTerms(
  plan: DrawnPlan,
  { labor }: DrawnStack,
  known: ReadonlyMap<string, ReadonlyMap<string, Terms>>,
): Terms | undefined {
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

/** Of the labor that exists once; keeping everything carries the self-hosted part. */
function fixedTerms(plan: DrawnPlan, { selfHosted, hosted }: DrawnStack['labor']): Terms {
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

function addTerms(one: Terms, other: Terms): Terms {
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
    load: loads.length > 1 ? loads.reduce(addLoads) : loads[0],
  };
}

function addEnds(one: Ends, other: Ends): Ends {
  return { low: one.low + other.low, high: one.high + other.high };
}
