/** Types of a considered endpoint: its cost, its uncertainty, and its comparison with ours. */

import type { Exact } from '../../domain/exact.ts';
import type { HostLack } from '../lack.ts';
import type { AvailabilityFigures } from './availability.ts';

/** A cost that is linear in the share of our cache hits that would also hit at the hosted API. */
export interface CacheLinear {
  readonly atZeroUsd: Exact;
  readonly atOneUsd: Exact;
}

export interface ConsideredHost {
  readonly sourceId: string;
  readonly model: string;
  readonly host: string;
  readonly hostName?: string;
  readonly quantization: string;
  /** Present if eligible; otherwise `reason` is set. */
  readonly cost?: CacheLinear;
  /** At the base cache share. */
  readonly usd?: Exact;
  readonly reason?: HostLack;
}

/** Parts of the chosen endpoint's cost: tokens + requests - discount + fee. */
export interface CostLines {
  /** Tokens at standard prices, cache writes included. */
  readonly tokensUsd: Exact;
  readonly requestsUsd: Exact;
  /** Batch discount for tokens that may wait. */
  readonly batchDiscountUsd: Exact;
  /** The fee of a platform in between. */
  readonly feeUsd: Exact;
}

/** Uncertainty of the chosen endpoint's cost, at the base cache share. */
export interface PriceUncertainty {
  /**
   * `gap`: prices were not checked, and the next one differed. `prompt-size`: long prompts cost
   * more, and only their mean is known. `long-interval`: the price varies by hour, and a usage
   * interval is longer.
   */
  readonly code: 'gap' | 'prompt-size' | 'long-interval';
  /** Set for a gap. */
  readonly startMs?: number;
  readonly endMs?: number;
  /** How much less and more it may cost: at most 0, and at least 0. */
  readonly lessUsd: Exact;
  readonly moreUsd: Exact;
}

/** `other` has as many bits per weight in another format, or is unknown. */
export type PrecisionComparison = 'same' | 'lower' | 'higher' | 'other';

/** The chosen endpoint compared with our deployment; unstated values are absent. Never priced. */
export interface HostParity extends AvailabilityFigures {
  readonly quantization: string;
  /** The precision we serve; absent if unknown. */
  readonly ownPrecision?: string;
  /** The endpoint's precision compared with ours; absent if either is unknown. */
  readonly precision?: PrecisionComparison;
  readonly contextLength?: number;
  readonly supports?: readonly string[];
  readonly region?: string;
  readonly dataPolicy?: string;
  readonly uptime?: Exact;
  /** Medians of published values over the period. */
  readonly latencyMs?: number;
  readonly tokensPerSecond?: number;
  /** Features that callers use and the provider does not state. */
  readonly lacks: readonly string[];
}
