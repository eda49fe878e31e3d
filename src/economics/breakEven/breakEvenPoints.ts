/** The shape of a deployment's break-evens. */

import type { Exact } from '../../domain/exact.ts';
import type { BreakEvenLack, BreakEvenNote } from '../lack.ts';

/** Where keeping and deleting cost the same, one input at a time; absent where nowhere. */
export interface BreakEven {
  readonly tokens?: bigint;
  readonly tokensPerDay?: bigint;
  readonly utilization?: Exact;
  /** On the tokens. */
  readonly note?: BreakEvenNote;
  readonly hostedUsdPerMtok?: Exact;
  readonly gpuUsdPerHour?: Exact;
  /** What a contract lets the GPU rate do; absent without one. */
  readonly gpuContract?: FixedRate;
  /** Covered hours of single GPUs, over which the rate is spread. */
  readonly gpuHours?: Exact;
  /** Of people for this deployment on its own machines, in the window. */
  readonly opsHours?: Exact;
  readonly cacheShare?: Exact;
  /** Why one of the four others is absent, by its name here. */
  readonly lacks?: Readonly<Record<string, BreakEvenLack>>;
}

/** A GPU rate of which a contract fixes a part until its end. */
export interface FixedRate {
  /** Dollars a GPU-hour if all that the contract does not fix were free. */
  readonly leastUsdPerHour: Exact;
  /** Absent where reserved capacity does not tell its end. */
  readonly untilMs?: number;
  /**
   * True where no rate reaches the break-even before the end; the one that is told holds after it,
   * when nothing is fixed and nothing is owed.
   */
  readonly isBeyond: boolean;
}
