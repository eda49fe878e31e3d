/** How far days could have brought a saving from what they brought, of this window and the next. */

import type { CannotTell } from './drawn.ts';
import type { Load } from './load.ts';
import { longShare, type Memory, memoriesOf } from './memory.ts';
import { blockDaysOf, isWeekly, type Moments, momentsOf } from './moments.ts';

/** Dollars that go with one unit of a Student's t, one for each memory that weeks may have. */
export interface Noise {
  readonly freedom: number;
  /** Likelihoods added up: the last is 1. */
  readonly upTo: Float64Array;
  readonly mean: Float64Array;
  readonly next: Float64Array;
  /** Factors on what lies above; below, it is divided by them. */
  readonly lean: number;
  readonly nextLean: number;
  /** Present where weeks remember for longer than the window can tell. */
  readonly persists?: Persists | undefined;
}

interface Persists {
  readonly code: CannotTell['code'];
  /** Dollars more, had every week been like the worst one; 0 or less. */
  readonly worstUsd: number;
}

/** `undefined` where nothing strays, or one block is all there is. */
export function noiseOf(load: Load | undefined): Noise | undefined {
  if (load === undefined || load.endDay - load.firstDay < 2) return undefined;
  const moments = momentsOf(load);
  if (moments.all === 0 && moments.gaps === 0) return undefined;
  const size = sizeOf(load, moments);
  const memories = memoriesOf(moments, size.seen);
  const lean = (SKEW * skewOf(moments)) / Math.sqrt(moments.blocks);
  return {
    freedom: size.seen - 1,
    upTo: addedUp(memories),
    ...scales(memories, size.share),
    lean: leaning(lean),
    nextLean: leaning(lean / 2),
    persists: persistence(moments, { memories, worstUsd: size.seenInLife * moments.worst }),
  };
}

interface Size {
  /** Blocks that were seen: whole, as a count of what the sample tells; at least two. */
  readonly seen: number;
  /** The same of the life, not rounded: 13.14 weeks of 92 days. */
  readonly seenInLife: number;
  /** The second over the first. */
  readonly share: number;
}

function sizeOf({ firstDay, endDay, coveredTime, missingTime }: Load, moments: Moments): Size {
  const covered = missingTime > 0 ? coveredTime / (coveredTime + missingTime) : 1;
  const days = endDay - firstDay;
  const seen = Math.max(2, Math.round(moments.blocks * covered));
  const seenInLife = (days / blockDaysOf(days)) * covered;
  return { seen, seenInLife, share: seenInLife / seen };
}

/** A sum that the window's blocks make is a little longer than that of whole ones. */
function scales(memories: readonly Memory[], share: number) {
  const of = (variance: (memory: Memory) => number) =>
    Float64Array.from(memories, (memory) => Math.sqrt(share * variance(memory) + memory.gap));
  return { mean: of(({ mean }) => mean), next: of(({ next }) => next) };
}

function addedUp(memories: readonly Memory[]): Float64Array {
  let sum = 0;
  return Float64Array.from(memories, ({ weight }) => (sum += weight));
}

/**
 * Bursts are rare on one side: what they bring on average strays further to it than a sample shows.
 * By how much was found in simulated quarters, as the middle between too wide and too narrow.
 */
const SKEW = 0.8;

function skewOf({ all, cubes, blocks }: Moments): number {
  const variance = all / blocks;
  return variance > 0 ? cubes / blocks / (variance * Math.sqrt(variance)) : 0;
}

/** More than 1 to the side of bursts, less on the other; 1 where none is. */
function leaning(skew: number): number {
  return Math.sqrt(1 + skew * skew) + skew;
}

interface Remembered {
  readonly memories: readonly Memory[];
  readonly worstUsd: number;
}

/** More likely than not. Of less than four weeks this cannot be asked. */
function persistence(moments: Moments, { memories, worstUsd }: Remembered): Persists | undefined {
  if (!isWeekly(moments) || longShare(memories) <= 0.5) return undefined;
  return { code: 'weeks-persist', worstUsd };
}
