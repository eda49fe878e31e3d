/** Types of a deployment's break-even points. */

import type { Exact } from '../../domain/exact.ts';
import type { BreakEvenLack, BreakEvenNote } from '../lack.ts';

/**
 * Values at which keeping and deleting cost the same, one input at a time; absent if there is none.
 */
export interface BreakEven {
  readonly tokens?: bigint;
  readonly tokensPerDay?: bigint;
  readonly utilization?: Exact;
  /** A note on the tokens. */
  readonly note?: BreakEvenNote;
  readonly hostedUsdPerMtok?: Exact;
  readonly gpuUsdPerHour?: Exact;
  /** The limits that a contract sets on the GPU rate; absent without one. */
  readonly gpuContract?: FixedRate;
  /** Covered GPU-hours, over which the rate is spread. */
  readonly gpuHours?: Exact;
  /** Engineering hours for this deployment if self-hosted, in the period. */
  readonly opsHours?: Exact;
  readonly cacheShare?: Exact;
  /** Why one of the four other values is absent, by its name here. */
  readonly lacks?: Readonly<Record<string, BreakEvenLack>>;
}

/** A GPU rate with a part fixed by a contract. */
export interface FixedRate {
  /** Dollars per GPU-hour if everything outside the contract were free. */
  readonly leastUsdPerHour: Exact;
  /** Absent if the end of reserved capacity is unknown. */
  readonly untilMs?: number;
  /**
   * True if no rate reaches the break-even before the contract ends. The given rate then applies
   * after the end, without fixed spend or remaining commitment.
   */
  readonly isBeyond: boolean;
}
