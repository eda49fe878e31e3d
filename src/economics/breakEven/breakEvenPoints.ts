/** Knows the shape of a deployment's break-evens. */

import type { Exact } from '../../domain/exact.ts';

/** Where keeping and deleting cost the same, one input at a time; absent where nowhere. */
export interface BreakEven {
  readonly tokens?: bigint;
  readonly tokensPerDay?: bigint;
  readonly utilization?: Exact;
  /** On the tokens. */
  readonly note?: string;
  readonly hostedUsdPerMtok?: Exact;
  readonly gpuUsdPerHour?: Exact;
  /** Covered hours of single GPUs, over which the rate is spread. */
  readonly gpuHours?: Exact;
  /** Of people for this deployment on its own machines, in the window. */
  readonly opsHours?: Exact;
  readonly cacheShare?: Exact;
  /** Why one of the four others is absent, by its name here. */
  readonly notes?: Readonly<Record<string, string>>;
}
