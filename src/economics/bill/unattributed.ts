/** Knows the spend that no deployment answers for: by day, resource and category, never dropped. */

import type { UnattributedDay } from '../stackParts.ts';
import type { Account } from '../chargeBook.ts';
import { type DayGrid, dayMsAt } from './days.ts';

/** Sums in the order of day, source, resource and category, whatever the order of the lines. */
export function unattributedDays(accounts: readonly Account[], grid: DayGrid): UnattributedDay[] {
  const sums = new Map<string, UnattributedDay>();
  for (const { sourceId, resourceId, category, name, byDay } of accounts) {
    for (const [day, nanoUsd] of byDay) {
      const dayMs = dayMsAt(grid, day);
      const key = JSON.stringify([dayMs, sourceId, resourceId, category]);
      const sum = (sums.get(key)?.nanoUsd ?? 0n) + nanoUsd;
      const resourceName = largest(sums.get(key)?.resourceName, name);
      const named = resourceName === undefined ? {} : { resourceName };
      sums.set(key, { dayMs, sourceId, resourceId, ...named, category, nanoUsd: sum });
    }
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, day]) => day);
}

/** One of several names for one resource, the same whichever line comes first. */
function largest(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a > b ? a : b;
}
