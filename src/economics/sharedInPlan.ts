/** Prices a plan as a whole: shared spend is saved only if all sharers leave. */

import { releasesPart, sumStaying } from './bill/sharedCost.ts';
import type { Choice, OptionName, OptionOffer, SharedPart, StayingCost } from './offer.ts';
import { findOffer } from './options.ts';
import type { DeploymentEconomics, SharedCost, StackEconomics } from './result.ts';
import { add, compare, type Exact, sum, ZERO } from '../domain/exact.ts';

interface Picked {
  readonly deployment: string;
  readonly choice: Choice;
}

/**
 * The same deployments, with each picked option at its cost in this plan; others are kept. Two
 * deployments share a $6.00 pod in halves: if one deletes, $3.00 stays; if both do, nothing stays.
 */
export function stackInPlan(economics: StackEconomics, picks: readonly Picked[]): StackEconomics {
  const { deployments } = economics;
  const together = deploymentsInPlan(deployments, picks);
  return together === deployments ? economics : { ...economics, deployments: together };
}

export function deploymentsInPlan(
  deployments: readonly DeploymentEconomics[],
  picks: readonly Picked[],
): readonly DeploymentEconomics[] {
  if (deployments.every(({ shared }) => shared === undefined)) return deployments;
  const choices = new Map(picks.map(({ deployment, choice }) => [deployment, choice]));
  const known = new Set(deployments.map(({ id }) => id));
  const isGone = ({ sharers, part }: StayingCost) =>
    sharers.every((id) => known.has(id) && releasesPart(choices.get(id) ?? 'keep', part));
  return deployments.map((each) => withoutReleased(each, choices.get(each.id) ?? 'keep', isGone));
}

/** A deployment whose option no longer pays for shared resources that are gone. */
export function withoutReleased(
  deployment: DeploymentEconomics,
  option: OptionName,
  isGone: (staying: StayingCost) => boolean,
): DeploymentEconomics {
  const offer = findOffer(deployment, option);
  if (offer === undefined || !(offer.staying ?? []).some(isGone)) return deployment;
  return { ...deployment, offers: { ...deployment.offers, [option]: offerWithout(offer, isGone) } };
}

function offerWithout(offer: OptionOffer, isGone: (staying: StayingCost) => boolean): OptionOffer {
  const { staying = [], strandedBeside, atScale, days } = offer;
  const rest = staying.filter((each) => !isGone(each));
  const strandedUsd = strandedBeside?.(sumStaying({ staying: rest })) ?? offer.strandedUsd;
  const ownUsd = Float64Array.from(days.ownUsd);
  for (const { byDay } of staying.filter(isGone)) {
    for (const [day, usd] of byDay.entries()) ownUsd[day] = (ownUsd[day] ?? 0) - usd;
  }
  return {
    ...offer,
    staying: rest,
    strandedUsd,
    days: { ...days, ownUsd },
    ...(atScale && { atScale: (scale) => ({ ...atScale(scale), strandedUsd }) }),
  };
}

/** Spend shared by one group of deployments. They leave its GPUs and the rest separately. */
export interface SharedPool {
  readonly name: string;
  readonly part: SharedPart;
  readonly sharers: readonly string[];
  /** Index of the first and the last sharer among the deployments. */
  readonly first: number;
  readonly last: number;
}

/**
 * The most open pools at any deployment. Each pool has three states: left by all, by none, or not
 * yet by all. 6 pools multiply the number of plan states by at most 729; 40 would never finish.
 */
const MOST_OPEN = 6;

export interface SharedPools {
  /** Deployments that share, directly or indirectly, are next to each other. */
  readonly ordered: readonly DeploymentEconomics[];
  readonly pools: readonly SharedPool[];
  /** Groups with more pools than can be considered one by one. */
  readonly crowded: readonly (readonly string[])[];
}

/**
 * Pools whose sharers are all included. A resource shared with any other deployment can never be
 * released.
 */
export function groupPools(deployments: readonly DeploymentEconomics[]): SharedPools {
  if (deployments.every(({ shared }) => shared === undefined)) {
    return { ordered: deployments, pools: [], crowded: [] };
  }
  const groups = groupBySharing(deployments);
  const ordered = deployments.toSorted((a, b) => (groups.get(a.id) ?? 0) - (groups.get(b.id) ?? 0));
  const all = collectPools(ordered);
  const pools = selectPools(all, ordered.length);
  const left = new Set(
    all.filter((pool) => !pools.includes(pool)).flatMap(({ sharers }) => sharers),
  );
  const crowded = [...Map.groupBy(ordered, ({ id }) => groups.get(id)).values()]
    .map((group) => group.map(({ id }) => id))
    .filter((ids) => ids.some((id) => left.has(id)));
  return { ordered, pools, crowded };
}

export function poolName(sharers: readonly string[], part: SharedPart): string {
  return JSON.stringify([part === 'gpu', ...sharers]);
}

/** By deployment, the index of the first deployment it shares with, directly or indirectly. */
function groupBySharing(deployments: readonly DeploymentEconomics[]): ReadonlyMap<string, number> {
  const groups = new Map(deployments.map(({ id }, at) => [id, at]));
  for (const { sharers } of deployments.flatMap(({ shared = [] }) => shared)) {
    const own = new Set(sharers.flatMap((id) => groups.get(id) ?? []));
    const first = Math.min(...own);
    for (const [id, group] of groups) if (own.has(group)) groups.set(id, first);
  }
  return groups;
}

interface SizedPool extends SharedPool {
  readonly usd: Exact;
}

/** Pools, largest first. */
function collectPools(deployments: readonly DeploymentEconomics[]): SizedPool[] {
  const places = new Map(deployments.map(({ id }, at) => [id, at]));
  const pools = new Map<string, SizedPool>();
  for (const own of deployments.flatMap(({ shared = [] }) => shared)) {
    const { sharers } = own;
    const at = sharers.map((id) => places.get(id) ?? Number.NaN);
    const [first, last] = [Math.min(...at), Math.max(...at)];
    if (Number.isNaN(first)) continue;
    for (const part of ['gpu', 'other'] as const) {
      const name = poolName(sharers, part);
      const usd = add(pools.get(name)?.usd ?? ZERO, usdOf(own, part));
      pools.set(name, { name, part, sharers, first, last, usd });
    }
  }
  return [...pools.values()]
    .filter(({ usd }) => usd.num !== 0n)
    .toSorted((a, b) => compare(b.usd, a.usd));
}

function usdOf({ gpu, storage, other }: SharedCost, part: 'gpu' | 'other'): Exact {
  return part === 'gpu' ? sum(gpu) : add(sum(storage), sum(other));
}

/** As many pools as may be open at one time, largest first. */
function selectPools(pools: readonly SizedPool[], places: number): SharedPool[] {
  const open = new Uint8Array(places);
  return pools.filter(({ first, last }) => {
    if (open.subarray(first, last + 1).some((count) => count >= MOST_OPEN)) return false;
    for (let at = first; at <= last; at += 1) open[at] = (open[at] ?? 0) + 1;
    return true;
  });
}
