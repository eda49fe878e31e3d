/** Which rent deployments share with whom, and how much of it a plan can weigh as one. */

import type { SharedPart } from './offer.ts';
import type { DeploymentEconomics, SharedRent } from './result.ts';
import { add, compare, type Exact, sum, ZERO } from '../domain/exact.ts';

/** Rent that the same deployments share: they let go of its GPUs and of the rest apart. */
export interface Pool {
  readonly name: string;
  readonly part: SharedPart;
  readonly sharers: readonly string[];
  /** Places of the first and the last sharer among the deployments. */
  readonly first: number;
  readonly last: number;
}

/**
 * So many pools may be open where one deployment chooses. Each is let go of by all, by none or not
 * yet by all, so that 6 make at most 729 times as many states, and 40 would never come to an end.
 */
const MOST_OPEN = 6;

export interface Pools {
  /** Deployments that share with each other, directly or through others, stand together. */
  readonly ordered: readonly DeploymentEconomics[];
  readonly pools: readonly Pool[];
  /** Groups with more pools than can be weighed one by one. */
  readonly crowded: readonly (readonly string[])[];
}

/** Of sharers that are all here; what one shares that is not, nobody can let go of. */
export function poolsOf(deployments: readonly DeploymentEconomics[]): Pools {
  if (deployments.every(({ shared }) => shared === undefined)) {
    return { ordered: deployments, pools: [], crowded: [] };
  }
  const groups = groupsOf(deployments);
  const ordered = deployments.toSorted((a, b) => (groups.get(a.id) ?? 0) - (groups.get(b.id) ?? 0));
  const all = poolsAmong(ordered);
  const pools = weighable(all, ordered.length);
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

/** By deployment, the place of the first that it shares with, directly or through others. */
function groupsOf(deployments: readonly DeploymentEconomics[]): ReadonlyMap<string, number> {
  const groups = new Map(deployments.map(({ id }, at) => [id, at]));
  for (const { sharers } of deployments.flatMap(({ shared = [] }) => shared)) {
    const own = new Set(sharers.flatMap((id) => groups.get(id) ?? []));
    const first = Math.min(...own);
    for (const [id, group] of groups) if (own.has(group)) groups.set(id, first);
  }
  return groups;
}

interface Weighty extends Pool {
  readonly usd: Exact;
}

/** The most money first. */
function poolsAmong(deployments: readonly DeploymentEconomics[]): Weighty[] {
  const places = new Map(deployments.map(({ id }, at) => [id, at]));
  const pools = new Map<string, Weighty>();
  for (const rent of deployments.flatMap(({ shared = [] }) => shared)) {
    const { sharers } = rent;
    const at = sharers.map((id) => places.get(id) ?? Number.NaN);
    const [first, last] = [Math.min(...at), Math.max(...at)];
    if (Number.isNaN(first)) continue;
    for (const part of ['gpu', 'other'] as const) {
      const name = poolName(sharers, part);
      const usd = add(pools.get(name)?.usd ?? ZERO, usdOf(rent, part));
      pools.set(name, { name, part, sharers, first, last, usd });
    }
  }
  return [...pools.values()]
    .filter(({ usd }) => usd.num !== 0n)
    .toSorted((a, b) => compare(b.usd, a.usd));
}

function usdOf({ gpu, storage, other }: SharedRent, part: 'gpu' | 'other'): Exact {
  return part === 'gpu' ? sum(gpu) : add(sum(storage), sum(other));
}

/** As many as may be open at once, the most money first. */
function weighable(pools: readonly Weighty[], places: number): Pool[] {
  const open = new Uint8Array(places);
  return pools.filter(({ first, last }) => {
    if (open.subarray(first, last + 1).some((count) => count >= MOST_OPEN)) return false;
    for (let at = first; at <= last; at += 1) open[at] = (open[at] ?? 0) + 1;
    return true;
  });
}
