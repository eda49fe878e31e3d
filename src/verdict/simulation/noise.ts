/** Computes the random spread of a saving from daily variation, for this window and the next. */

import type { WindowTooShort } from './types.ts';
import {
  computeMoments,
  type DailyDeviations,
  daysPerBlock,
  isWeekly,
  type Moments,
} from './weekMoments.ts';

/** Dollars per unit of Student's t, with one entry for each autocorrelation. */
export interface Noise {
  readonly freedom: number;
  /** Cumulative weights. The last one is 1. */
  readonly cumulativeWeights: Float64Array;
  readonly mean: Float64Array;
  readonly next: Float64Array;
  /** Skew factors: positive deviations are multiplied by them, negative ones divided. */
  readonly lean: number;
  readonly nextLean: number;
  /** Present if the autocorrelation lasts longer than the window can show. */
  readonly persists?: Persists | undefined;
}

interface Persists {
  readonly code: WindowTooShort['code'];
  /** Change of the saving if every week had been like the worst one: 0 or less. */
  readonly worstUsd: number;
}

/** `undefined` without variation, and for a life of a single day. */
export function computeNoise(load: DailyDeviations | undefined): Noise | undefined {
  if (load === undefined || load.endDay - load.firstDay < 2) return undefined;
  const moments = computeMoments(load);
  if (moments.all === 0 && moments.gaps === 0) return undefined;
  const size = sizeOf(load, moments);
  const memories = weighAutocorrelations(moments, size.seen);
  const lean = (SKEW * skewOf(moments)) / Math.sqrt(moments.blocks);
  return {
    freedom: size.seen - 1,
    cumulativeWeights: cumulative(memories),
    ...scales(memories, size.share),
    lean: skewFactor(lean),
    nextLean: skewFactor(lean / 2),
    persists: persistence(moments, { memories, worstUsd: size.seenInLife * moments.worst }),
  };
}

interface Size {
  /** Observed blocks as a whole sample size: at least two. */
  readonly seen: number;
  /** Observed blocks of the whole life, not rounded: 13.14 weeks in 92 days. */
  readonly seenInLife: number;
  /** `seenInLife` over `seen`. */
  readonly share: number;
}

function sizeOf(
  { firstDay, endDay, coveredTime, missingTime }: DailyDeviations,
  moments: Moments,
): Size {
  const covered = missingTime > 0 ? coveredTime / (coveredTime + missingTime) : 1;
  const days = endDay - firstDay;
  const seen = Math.max(2, Math.round(moments.blocks * covered));
  const seenInLife = (days / daysPerBlock(days)) * covered;
  return { seen, seenInLife, share: seenInLife / seen };
}

/** Standard deviations in dollars. `share` scales whole blocks to the whole life. */
function scales(memories: readonly Autocorrelation[], share: number) {
  const deviations = (variance: (memory: Autocorrelation) => number) =>
    Float64Array.from(memories, (memory) => Math.sqrt(share * variance(memory) + memory.gap));
  return { mean: deviations(({ mean }) => mean), next: deviations(({ next }) => next) };
}

function cumulative(memories: readonly Autocorrelation[]): Float64Array {
  let sum = 0;
  return Float64Array.from(memories, ({ weight }) => (sum += weight));
}

/**
 * Correction for skew: rare bursts on one side let the mean deviate further to that side than a
 * sample shows. The factor was calibrated on simulated quarters, between too wide and too narrow
 * intervals.
 */
const SKEW = 0.8;

function skewOf({ all, cubes, blocks }: Moments): number {
  const variance = all / blocks;
  return variance > 0 ? cubes / blocks / (variance * Math.sqrt(variance)) : 0;
}

/** Above 1 for skew to the positive side, below 1 for the other: 1 without skew. */
function skewFactor(skew: number): number {
  return Math.sqrt(1 + skew * skew) + skew;
}

interface Remembered {
  readonly memories: readonly Autocorrelation[];
  readonly worstUsd: number;
}

/**
 * Present if long autocorrelation is more likely than not. Lives under four weeks cannot show it.
 */
function persistence(moments: Moments, { memories, worstUsd }: Remembered): Persists | undefined {
  if (!isWeekly(moments) || longAutocorrelationShare(memories) <= 0.5) return undefined;
  return { code: 'weeks-persist', worstUsd };
}

/**
 * Share of a week's deviation that remains a week later, from none (0) to nearly all. At 0.7 half
 * of it is gone after two weeks, at 0.95 after thirteen, which is a quarter.
 */
const MEMORIES = [0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95] as const;

/**
 * From this autocorrelation on, a quarter of 13 weeks has barely two independent ones: 13 * 0.3 /
 * 1.7.
 */
const LONG = 0.7;

export interface Autocorrelation {
  /** Posterior weight. The weights of all memories sum to 1. */
  readonly weight: number;
  /** Variance of the sum of all blocks, as an estimate of its mean, in dollars squared. */
  readonly mean: number;
  /** Variance of the sum of as many next blocks, predicted from these, in dollars squared. */
  readonly next: number;
  /** Variance of the missing time's deviation, in dollars squared. */
  readonly gap: number;
}

/**
 * Weighs each autocorrelation by its marginal likelihood in a first-order autoregression of weeks,
 * with mean and variance integrated out. If weeks vary no more than their days explain, no
 * autocorrelation is preferred. If they vary more, their order decides.
 */
export function weighAutocorrelations(moments: Moments, seen: number): Autocorrelation[] {
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

/** Probability that the autocorrelation lasts longer than the window can show. */
export function longAutocorrelationShare(memories: readonly Autocorrelation[]): number {
  return memories
    .filter((_, at) => (MEMORIES[at] ?? 0) >= LONG)
    .reduce((sum, { weight }) => sum + weight, 0);
}

/** If weeks vary four times as much as their days explain, autocorrelation is as likely as none. */
const EVEN = 4;

/**
 * Prior weight of no autocorrelation. Days that explain a weekly variance of 10: one half if weeks
 * vary by 40, 16 of 17 if they vary by 10.
 */
function freeShare({ all, blocks, blockDays, byDays }: Moments): number {
  const between = all / (blocks - 1);
  if (between === 0) return 1;
  const ratio = blockDays === 1 ? EVEN : (byDays / between) * EVEN;
  return (ratio * ratio) / (ratio * ratio + 1);
}

interface Fit {
  readonly memory: number;
  /**
   * Share of the squared deviations left once each week is predicted from the week before: 1 for no
   * autocorrelation.
   */
  readonly left: number;
  /** The other factor of the likelihood. */
  readonly shape: number;
}

function fitOf(memory: number, { all, inner, next, ends, blocks }: Moments): Fit {
  const freshShare = 1 - memory;
  const information = freshShare * (blocks - 1) + 1 + memory;
  const squares =
    all +
    memory * memory * inner -
    2 * memory * next -
    (freshShare * memory * memory * ends) / information;
  const left = all > 0 ? squares / all : 1;
  return { memory, left, shape: Math.sqrt((1 - memory * memory) / (freshShare * information)) };
}

/** `ratio` to the power of `count / 2`: 4 and 3 give 8. */
function halfPower(ratio: number, count: number): number {
  const root = Math.sqrt(ratio);
  let power = 1;
  for (let at = 0; at < count; at += 1) power *= root;
  return power;
}

/**
 * Variance of the sum of blocks of variance 1, and its covariance with the sum of as many next
 * blocks. Two blocks at 0.5: variance 3, and covariance 0.5 + 2 * 0.25 + 0.125 = 1.125.
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
