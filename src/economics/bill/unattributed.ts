/** Lists spend not attributed to any deployment, by day and by resource. */

import { largestFirst } from '../../domain/exact.ts';
import { toGlob } from '../../domain/glob.ts';
import { sumNano } from '../../domain/money.ts';
import { yamlFlow } from '../../domain/yamlFlow.ts';
import type { ChargeAccount } from '../chargeBook.ts';
import type { StackInput } from '../input.ts';
import type { UnattributedResource, UnattributedDay } from '../stackParts.ts';
import { type KnownResources, matchesIdentity, resourceKey } from './attribution.ts';
import { type DayGrid, dayMsAt } from './days.ts';

/**
 * Unattributed spend sorted by day, source, resource and category, whatever the order of the
 * charges.
 */
export function unattributedDays(
  accounts: readonly ChargeAccount[],
  grid: DayGrid,
): UnattributedDay[] {
  const sums = new Map<string, UnattributedDay>();
  for (const { sourceId, resourceId, category, name, byDay } of accounts) {
    for (const [day, nanoUsd] of byDay) {
      const dayMs = dayMsAt(grid, day);
      const key = JSON.stringify([dayMs, sourceId, resourceId, category]);
      const sum = (sums.get(key)?.nanoUsd ?? 0n) + nanoUsd;
      const resourceName = greaterName(sums.get(key)?.resourceName, name);
      const named = resourceName === undefined ? {} : { resourceName };
      sums.set(key, { dayMs, sourceId, resourceId, ...named, category, nanoUsd: sum });
    }
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, day]) => day);
}

/** Picks one of several names for a resource, independent of the order of charges. */
function greaterName(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a > b ? a : b;
}

export interface UnclaimedTerms {
  readonly deployments: readonly Pick<StackInput['deployments'][number], 'resources'>[];
  readonly inventory: KnownResources;
}

/** Unattributed spend by resource, largest first; credits by their absolute amount. */
export function unattributedByResource(
  accounts: readonly ChargeAccount[],
  terms: UnclaimedTerms,
): UnattributedResource[] {
  const byResource = Map.groupBy(accounts, ({ sourceId, resourceId }) =>
    resourceKey(sourceId, resourceId),
  );
  return [...byResource]
    .flatMap(([key, of]): UnattributedResource[] => {
      const [first] = of;
      const nanoUsd = sumNano(of.map((each) => each.nanoUsd));
      const size = sumNano(of.map((each) => each.size));
      if (first === undefined || size === 0n) return [];
      const { sourceId, resourceId } = first;
      const [prepaidUntilMs] = of.flatMap((each) => each.prepaidUntilMs ?? []);
      const billedNames = [...new Set(of.flatMap(({ name }) => name ?? []))];
      const name = billedNames.reduce<string | undefined>(greaterName, undefined);
      const names = [...billedNames, ...(terms.inventory.get(key)?.names ?? [])];
      const isMatchedElsewhere = terms.deployments.some(({ resources }) =>
        resources.some((match) => matchesIdentity(match, { sourceId, resourceId, names })),
      );
      const match = { id: toGlob(resourceId), ...(isMatchedElsewhere ? { rest: true } : {}) };
      const paste = yamlFlow({ source: sourceId, match });
      const named = name === undefined ? {} : { resourceName: name };
      const prepaid = prepaidUntilMs === undefined ? {} : { prepaidUntilMs };
      return [{ sourceId, resourceId, ...named, ...prepaid, nanoUsd, size, paste }];
    })
    .sort((a, b) => largestFirst(a.size, b.size) || (a.paste < b.paste ? -1 : 1));
}
