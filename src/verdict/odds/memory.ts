/** How long a week stays near the week before: how likely each length is, and what it does. */

import type { Moments } from './moments.ts';

/**
 * Of what a week strays, the share that is left a week later: from none (0) to nearly all. At 0.7
 * half of it is gone after two weeks, at 0.95 after thirteen, which is as long as a quarter.
 */
const MEMORIES = [0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95] as const;

/** From here on a quarter of 13 weeks holds hardly two that say something new: 13 * 0.3 / 1.7. */
const LONG = 0.7;

export interface Memory {
  /** Likelihood; those of all memories sum to 1. */
  readonly weight: number;
  /** Variance of the sum of as many blocks as there are, as a forecast of its mean, dollars². */
  readonly mean: number;
  /** The same of the next as many, as a forecast of them by these. */
  readonly next: number;
  /** Of what the missing time would have strayed. */
  readonly gap: number;
}

/**
 * Weeks that differ no more than their days would make them have no memory of their own; where they
 * differ more, the order in which they came decides. A first-order autoregression of weeks, by its
 * marginal likelihood: the mean and the size integrated out.
 */
export function memoriesOf(moments: Moments, seen: number): Memory[] {
  const none = freeShare(moments);
  const others = (1 - none) / (MEMORIES.length - 1);
  const fits = MEMORIES.map((memory) => fitOf(memory, moments));
  const best = fits.reduce((least, { left }) => Math.min(least, left), 1);
  const raw = fits.map(({ memory, left, shape }) => {
    const prior = memory === 0 ? none : others;
    return prior * shape * halfPower(best / left, seen - 1);
  });
  const sum = raw.reduce((all, weight) => all + weight, 0);
  return fits.map(({ memory, left }, at) => {
    const size = left / ((seen - 1) * (1 - memory * memory));
    const own = moments.all * size;
    const { sample, shared } = sumVariances(memory, seen);
    return {
      weight: (raw[at] ?? 0) / sum,
      mean: own * sample,
      next: own * 2 * (sample - shared),
      gap: moments.gaps * size,
    };
  });
}

/** How likely it is that weeks remember for longer than the window can tell. */
export function longShare(memories: readonly Memory[]): number {
  return memories
    .filter((_, at) => (MEMORIES[at] ?? 0) >= LONG)
    .reduce((sum, { weight }) => sum + weight, 0);
}

/** Weeks that differ four times as much as their days explain are as likely with as without. */
const EVEN = 4;

/** Days alone that make weeks of variance 10, where they vary by 40: one half; by 10: 16 of 17. */
function freeShare({ all, blocks, blockDays, byDays }: Moments): number {
  const between = all / (blocks - 1);
  if (between === 0) return 1;
  const ratio = blockDays === 1 ? EVEN : (byDays / between) * EVEN;
  return (ratio * ratio) / (ratio * ratio + 1);
}

interface Fit {
  readonly memory: number;
  /** The squares that are left of all, once each week is told by the week before: 1 at none. */
  readonly left: number;
  /** What the likelihood has beside them. */
  readonly shape: number;
}

function fitOf(memory: number, { all, inner, next, ends, blocks }: Moments): Fit {
  const fresh = 1 - memory;
  const knows = fresh * (blocks - 1) + 1 + memory;
  const squares =
    all + memory * memory * inner - 2 * memory * next - (fresh * memory * memory * ends) / knows;
  const left = all > 0 ? squares / all : 1;
  return { memory, left, shape: Math.sqrt((1 - memory * memory) / (fresh * knows)) };
}

/** `ratio` to the power of `count` halves: 4 and 3 are 8. */
function halfPower(ratio: number, count: number): number {
  const root = Math.sqrt(ratio);
  let power = 1;
  for (let at = 0; at < count; at += 1) power *= root;
  return power;
}

/**
 * Variance of the sum of so many blocks of variance 1, and its covariance with the sum of the next
 * as many. Two blocks at 0.5: 3, and 0.5 + 2 * 0.25 + 0.125 = 1.125.
 */
function sumVariances(memory: number, blocks: number): { sample: number; shared: number } {
  let [sample, power] = [blocks, 1];
  for (let apart = 1; apart < blocks; apart += 1) {
    power *= memory;
    sample += 2 * (blocks - apart) * power;
  }
  const once = (1 - power * memory) / (1 - memory);
  return { sample, shared: memory * once * once };
}
