/** Knows the spend that no deployment answers for: by day, resource and category, never dropped. */

import type { UnattributedDay } from '../stackParts.ts';
import { type DayGrid, dayMsAt } from './days.ts';
import { type Inventory, resourceKey } from './inventory.ts';
import type { Line } from './line.ts';

/** Sums in the order of day, source, resource and category, whatever the order of the lines. */
export function unattributedDays(
  lines: readonly Line[],
  inventory: Inventory,
  grid: DayGrid,
): UnattributedDay[] {
  const sums = new Map<string, UnattributedDay>();
  for (const { charge, cuts } of lines) {
    const { sourceId, resourceId, category } = charge;
    const name = charge.resourceName ?? inventory.get(resourceKey(sourceId, resourceId))?.name;
    for (const { day, nanoUsd } of cuts) {
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
