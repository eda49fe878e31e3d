/** Distributes a total over intervals with limited capacity. */

import { apportion } from '../../domain/apportion.ts';
import { sumWhole } from '../../domain/whole.ts';

export interface Room {
  /** What each contains today. */
  readonly has: readonly bigint[];
  /** The most that each can contain. */
  readonly most: readonly bigint[];
}

/**
 * Parts that sum to `total`, in proportion to what each contains today. Full ones take no more, and
 * the others take the rest. What does not fit goes to the empty ones, by their capacity. The total
 * must fit. 20 into [6, 2, 0] with room for 9 each is [9, 9, 2].
 */
export function distributeWithin(total: bigint, { has, most }: Room): bigint[] {
  const parts = has.map(() => 0n);
  let open = [...has.keys()].filter((at) => (has[at] ?? 0n) > 0n);
  let left = total;
  while (open.length > 0) {
    const weights = open.map((at) => has[at] ?? 0n);
    const weight = sumWhole(weights);
    const isFull = (at: number) => (has[at] ?? 0n) * left > (most[at] ?? 0n) * weight;
    const full = open.filter(isFull);
    if (full.length === 0) return distribute({ parts, left, into: open, weights });
    const stillOpen = open.filter((at) => !isFull(at));
    for (const at of full) parts[at] = most[at] ?? 0n;
    left -= sumWhole(full.map((at) => most[at] ?? 0n));
    open = stillOpen;
  }
  const into = [...has.keys()].filter((at) => has[at] === 0n && (most[at] ?? 0n) > 0n);
  return distribute({ parts, left, into, weights: into.map((at) => most[at] ?? 0n) });
}

interface Distribution {
  readonly parts: bigint[];
  readonly left: bigint;
  readonly into: readonly number[];
  readonly weights: readonly bigint[];
}

function distribute({ parts, left, into, weights }: Distribution): bigint[] {
  if (left === 0n) return parts;
  const shares = apportion(left, weights);
  for (const [index, at] of into.entries()) parts[at] = shares[index] ?? 0n;
  return parts;
}
