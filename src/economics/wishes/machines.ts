/** Groups deployments that share GPUs, because a new GPU rate for one applies to all of them. */

import { toChargeBook } from '../bill/booking.ts';
import type { StackInput } from '../input.ts';

/** Groups of deployment ids that share compute charges; each deployment is in one group. */
export function gpuSharingGroups(input: StackInput): readonly ReadonlySet<string>[] {
  const ids = input.deployments.map(({ id }) => id);
  let groups = ids.map((id) => new Set([id]));
  for (const { category, sharers } of toChargeBook(input).accounts) {
    if (category !== 'compute' || sharers.length < 2) continue;
    groups = joined(
      groups,
      sharers.flatMap((index) => ids[index] ?? []),
    );
  }
  return groups;
}

function joined(groups: Set<string>[], sharers: readonly string[]): Set<string>[] {
  const touched = groups.filter((group) => sharers.some((id) => group.has(id)));
  if (touched.length < 2) return groups;
  const one = new Set(touched.flatMap((group) => [...group]));
  return [...groups.filter((group) => !touched.includes(group)), one];
}
