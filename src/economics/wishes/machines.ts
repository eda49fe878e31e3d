/** Knows which deployments pay for the same machines: another rate for one is another for all. */

import { type Charge } from '../../domain/charge.ts';
import { attribution } from '../bill/attribution.ts';
import { inventoryOf } from '../bill/inventory.ts';
import type { StackInput } from '../input.ts';

export interface Machines {
  /** Who shares compute charges with one another, by id; each deployment is in one group. */
  readonly groups: readonly ReadonlySet<string>[];
  /** The ids that a charge serves. */
  readonly servedBy: (charge: Charge) => readonly string[];
}

export function machinesOf(input: StackInput): Machines {
  const attribute = attribution(input.deployments, inventoryOf(input.resources));
  const ids = input.deployments.map(({ id }) => id);
  const servedBy = (charge: Charge) => attribute(charge).flatMap((index) => ids[index] ?? []);
  let groups = ids.map((id) => new Set([id]));
  for (const charge of input.charges) {
    const sharers = charge.category === 'compute' ? servedBy(charge) : [];
    if (sharers.length > 1) groups = joined(groups, sharers);
  }
  return { groups, servedBy };
}

function joined(groups: Set<string>[], sharers: readonly string[]): Set<string>[] {
  const touched = groups.filter((group) => sharers.some((id) => group.has(id)));
  if (touched.length < 2) return groups;
  const one = new Set(touched.flatMap((group) => [...group]));
  return [...groups.filter((group) => !touched.includes(group)), one];
}
