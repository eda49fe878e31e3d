/** The overrides of a what-if: any input, set to a value or changed by a share. */

import type { Exact } from '../../domain/exact.ts';

/** Multiplied by a factor (0.7 is 30% less), or set to dollars. */
export type Change = { readonly factor: Exact } | { readonly usd: Exact };

/** At least one wish; `cacheShare` and `laborRate` are always the whole stack's. */
export interface Wishes {
  /** The only deployment that changes; absent is all of them. */
  readonly deployment?: string;
  /**
   * Dollars for a million tokens as the chosen hosts ask for this mix, with their fees: of all that
   * change together, each in proportion.
   */
  readonly hostedPrice?: Change;
  /**
   * Dollars for an hour of one GPU, of all that change together; a factor for all deployments is
   * the market's as well. What a contract fixes stays.
   */
  readonly gpuRate?: Change;
  /** Hours of people for own machines in the window: the stack's, or the one deployment's own. */
  readonly opsHours?: Exact;
  /** 0 to 1: of all that change together, by the tokens of today. */
  readonly utilization?: Exact;
  /** Of the stack, or of the one deployment. */
  readonly tokensPerDay?: Exact;
  /** Share of cache hits that a host would also hit, 0 to 1. */
  readonly cacheShare?: Exact;
  /** Tokens a second of one replica. */
  readonly capacity?: Exact;
  /** The host that counts, whatever others ask. */
  readonly host?: string;
  /** 0.055 is 5.5%. */
  readonly fee?: Exact;
  /** Dollars for an hour of people. */
  readonly laborRate?: Exact;
}
