/** Computes the random spread of a saving from daily variation, for this window and the next. */

import type { WindowTooShort } from './drawn.ts';
import type { DailyDeviations } from './load.ts';
import { longAutocorrelationShare, type Autocorrelation, weighAutocorrelations } from './memory.ts';
import { daysPerBlock, isWeekly, type Moments, computeMoments } from './moments.ts';

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
