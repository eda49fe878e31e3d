/** How a whole is poured into intervals that each hold only so much. */

import { apportion } from '../../domain/apportion.ts';
import { sumWhole } from '../../domain/whole.ts';

export interface Room {
  /** What each holds today. */
  readonly has: readonly bigint[];
  /** The most that each can hold. */
  readonly most: readonly bigint[];
}

/**
 * Parts that sum to `total`, in proportion to what each holds today; who is full takes no more, and
 * the others take its rest. What does not fit into those that hold something goes to the empty
 * ones, by their room. The total must fit. 20 into [6, 2, 0] with room for 9 each is [9, 9, 2].
 */
export function fill(total: bigint, { has, most }: Room): bigint[] {
  const parts = has.map(() => 0n);
  let open = [...has.keys()].filter((at) => (has[at] ?? 0n) > 0n);
  let left = total;
  while (open.length > 0) {
    const weights = open.map((at) => has[at] ?? 0n);
    const weight = sumWhole(weights);
    const isFull = (at: number) => (has[at] ?? 0n) * left > (most[at] ?? 0n) * weight;
    const full = open.filter(isFull);
    if (full.length === 0) return pour({ parts, left, into: open, weights });
    const stillOpen = open.filter((at) => !isFull(at));
    for (const at of full) parts[at] = most[at] ?? 0n;
    left -= sumWhole(full.map((at) => most[at] ?? 0n));
    open = stillOpen;
  }
  const into = [...has.keys()].filter((at) => has[at] === 0n && (most[at] ?? 0n) > 0n);
  return pour({ parts, left, into, weights: into.map((at) => most[at] ?? 0n) });
}

interface Pouring {
  readonly parts: bigint[];
  readonly left: bigint;
  readonly into: readonly number[];
  readonly weights: readonly bigint[];
}

function pour({ parts, left, into, weights }: Pouring): bigint[] {
  if (left === 0n) return parts;
  const poured = apportion(left, weights);
  for (const [index, at] of into.entries()) parts[at] = poured[index] ?? 0n;
  return parts;
}
