/** Knows which deployments a charge was paid for, by the resources that the config names. */

import type { Charge } from '../../domain/charge.ts';
import type { DeploymentInput, ResourceMatch } from '../input.ts';
import { matchesGlob } from '../../domain/glob.ts';
import { type Inventory, resourceKey } from './inventory.ts';

/**
 * Indexes of the deployments that a charge serves, in the order of the input; none is
 * "unattributed".
 */
export type Attribution = (charge: Charge) => readonly number[];

export function attribution(
  deployments: readonly Pick<DeploymentInput, 'resources'>[],
  inventory: Inventory,
): Attribution {
  const answers = new Map<string, readonly number[]>();
  return (charge) => {
    const key = subjectOf(charge);
    const known = answers.get(key);
    if (known !== undefined) return known;
    const names = namesOf(charge, inventory);
    const found = deployments.flatMap(({ resources }, index) =>
      resources.some((match) => matchesResource(match, charge, names)) ? [index] : [],
    );
    answers.set(key, found);
    return found;
  };
}

function subjectOf({ sourceId, resourceId, resourceName, tags }: Charge): string {
  const told = tags === undefined ? '' : JSON.stringify(tags);
  return [sourceId, resourceId, resourceName ?? '\u0001', told].join('\u0000');
}

/** The bill's own name for the resource, else every name it ever had in an inventory. */
function namesOf(charge: Charge, inventory: Inventory): readonly string[] {
  if (charge.resourceName !== undefined) return [charge.resourceName];
  return [...(inventory.get(resourceKey(charge.sourceId, charge.resourceId))?.names ?? [])];
}

/** Whether a match of the config means this thing, by any of the names it has or had. */
export function matchesResource(
  match: ResourceMatch,
  charge: Pick<Charge, 'sourceId' | 'resourceId' | 'tags'>,
  names: readonly string[],
): boolean {
  const { sourceId, id, name, tags = {} } = match;
  if (sourceId !== charge.sourceId) return false;
  if (id !== undefined && !matchesGlob(id, charge.resourceId)) return false;
  if (name !== undefined && !names.some((each) => matchesGlob(name, each))) return false;
  return Object.entries(tags).every(([key, pattern]) => {
    const value = charge.tags?.[key];
    return value !== undefined && matchesGlob(pattern, value);
  });
}
