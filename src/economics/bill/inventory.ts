/** Combines inventory snapshots by resource: names, kinds, newest rate and GPUs. */

import type { Resource } from '../../domain/charge.ts';
import { isEventStatus } from '../../domain/uptime.ts';

export interface KnownResource {
  /** All names in any snapshot. */
  readonly names: Set<string>;
  readonly kinds: Set<Resource['kind']>;
  name?: string;
  usdPerHour?: bigint;
  gpuType?: string;
  gpuCount?: number;
}

export type KnownResources = ReadonlyMap<string, KnownResource>;

export function resourceKey(sourceId: string, resourceId: string): string {
  return `${sourceId}\u0000${resourceId}`;
}

/**
 * By resource: the newest name, the newest rate above zero (a stopped pod has none) and the newest
 * GPU count.
 */
export function combineInventories(resources: readonly Resource[]): KnownResources {
  const inventory = new Map<string, KnownResource>();
  for (const seen of resources.toSorted((a, b) => a.seenAtMs - b.seenAtMs)) {
    const key = resourceKey(seen.sourceId, seen.resourceId);
    const known: KnownResource = inventory.get(key) ?? { names: new Set(), kinds: new Set() };
    known.names.add(seen.name);
    known.kinds.add(seen.kind);
    // An event log has less detail than a list: the id instead of the name, the instance type
    // instead of the GPU.
    const isListed = !isEventStatus(seen.status);
    if (isListed || known.name === undefined) known.name = seen.name;
    if (seen.gpuType !== undefined && (isListed || known.gpuType === undefined)) {
      known.gpuType = seen.gpuType;
    }
    if (seen.usdPerHour !== undefined && seen.usdPerHour > 0n) known.usdPerHour = seen.usdPerHour;
    if (seen.gpuCount !== undefined) known.gpuCount = seen.gpuCount;
    inventory.set(key, known);
  }
  return inventory;
}
