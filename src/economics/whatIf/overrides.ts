/** Types of what-if overrides: any input, set or changed by a share, and why one is refused. */

import type { Exact } from '../../domain/exact.ts';

/** Multiplied by a factor (0.7 is 30% less), or set to dollars. */
export type OverrideChange = { readonly factor: Exact } | { readonly usd: Exact };

/** At least one override. `cacheShare` and `laborRate` always apply to the whole stack. */
export interface WhatIfOverrides {
  /** The only deployment that changes; absent is all. */
  readonly deployment?: string;
  /**
   * Dollars per million tokens at the chosen endpoints for this mix, with their fees, over all
   * deployments that change, each in proportion.
   */
  readonly hostedPrice?: OverrideChange;
  /**
   * Dollars per GPU-hour over all deployments that change. A factor for all deployments also
   * applies to the market. Prices under contract stay.
   */
  readonly gpuRate?: OverrideChange;
  /** Self-hosting engineering hours in the period: the stack's, or one deployment's own. */
  readonly opsHours?: Exact;
  /** 0 to 1, over all deployments that change, by today's tokens. */
  readonly utilization?: Exact;
  /** For the stack, or for the one deployment. */
  readonly tokensPerDay?: Exact;
  /** Share of cache hits that would also hit at a hosted API, 0 to 1. */
  readonly cacheShare?: Exact;
  /** Tokens per second of one replica. */
  readonly capacity?: Exact;
  /** The endpoint to use, whatever others cost. */
  readonly host?: string;
  /** 0.055 is 5.5%. */
  readonly fee?: Exact;
  /** Dollars per engineering hour. */
  readonly laborRate?: Exact;
}

export type OverrideRefusal =
  | { readonly code: 'two-loads' }
  | { readonly code: 'unknown-deployment'; readonly deployment: string; readonly known: string[] }
  /** The price of a GPU-hour cannot change where no GPU-hour was paid for. */
  | { readonly code: 'no-gpu-hours' }
  | { readonly code: 'no-known-capacity' }
  | { readonly code: 'no-hosted-price' }
  /** A contract fixes so much that the rate cannot fall below `leastUsd` per GPU-hour. */
  | { readonly code: 'price-fixed'; readonly leastUsd: Exact; readonly untilMs?: number }
  | { readonly code: 'above-capacity'; readonly deployment: string; readonly share: Exact }
  | {
      readonly code: 'too-many-replicas';
      readonly gpu: string;
      readonly replicas: number;
      readonly most: number;
    };

/** Thrown by economics. The jobs replace it with a `usage` failure in words. */
export class OverrideRefused extends Error {
  override readonly name = 'OverrideRefused';
  readonly refusal: OverrideRefusal;

  constructor(refusal: OverrideRefusal) {
    super(refusal.code);
    this.refusal = refusal;
  }
}
