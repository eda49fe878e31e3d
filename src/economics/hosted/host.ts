/** The shape of a host that was weighed, of what it asks, and of what is known of it. */

import type { Exact } from '../../domain/exact.ts';
import type { HostLack } from '../lack.ts';
import type { Reached } from './availability.ts';

/** A cost that is linear in the share of our cache hits that the host would hit too. */
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
  /** Present where the host was eligible; else `reason` says why it was not. */
  readonly cost?: CacheLinear;
  /** At the base cache share. */
  readonly usd?: Exact;
  readonly reason?: HostLack;
}

/** Of what the chosen host's dollars are made; standard + requests - discount + fee is the cost. */
export interface CostLines {
  /** Tokens at the standard prices, cache writes included. */
  readonly tokensUsd: Exact;
  readonly requestsUsd: Exact;
  /** What is taken off for tokens that may wait. */
  readonly batchDiscountUsd: Exact;
  /** What whoever stands between takes on top. */
  readonly feeUsd: Exact;
}

/** What could make the chosen host's dollars others, at the base cache share. */
export interface PriceDoubt {
  /**
   * `gap`: nobody looked, and the price was another one afterwards. `prompt-size`: it asks more for
   * long prompts, and only their mean is known. `long-interval`: it asks by the hour, and an
   * interval is longer.
   */
  readonly code: 'gap' | 'prompt-size' | 'long-interval';
  /** Of a gap. */
  readonly startMs?: number;
  readonly endMs?: number;
  /** What it may cost less and more: 0 or negative, 0 or positive. */
  readonly lessUsd: Exact;
  readonly moreUsd: Exact;
}

/** `other` has as many bits a weight in another format, or is not understood. */
export type PrecisionBeside = 'same' | 'lower' | 'higher' | 'other';

/** What is known of the chosen host beside ours; what it does not tell is absent. Never priced. */
export interface HostParity extends Reached {
  readonly quantization: string;
  /** In which precision we serve it; absent where nobody says. */
  readonly ownPrecision?: string;
  /** The host's beside ours; absent where one of both is not known. */
  readonly precision?: PrecisionBeside;
  readonly contextLength?: number;
  readonly supports?: readonly string[];
  readonly region?: string;
  readonly dataPolicy?: string;
  readonly uptime?: Exact;
  /** Medians of what the host published over the window. */
  readonly latencyMs?: number;
  readonly tokensPerSecond?: number;
  /** Features that callers use and the host does not tell to have. */
  readonly lacks: readonly string[];
}
