/** Why an override or a plan cannot be computed: a code with figures, and its error. */

import type { Exact } from '../domain/exact.ts';

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
