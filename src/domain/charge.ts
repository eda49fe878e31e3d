/** Knows a charge: one line of a provider's bill, in the words of FOCUS. */

import type { Exact } from './exact.ts';
import type { NanoUsd } from './money.ts';
import type { Period } from './period.ts';

export const CHARGE_CATEGORIES = [
  'compute',
  'storage',
  'network',
  'fee',
  'commitment',
  'credit',
  'tax',
  'labor',
  /** Tokens bought from a host: a charge of its own, never part of a deployment's rent. */
  'hosted',
] as const;
export type ChargeCategory = (typeof CHARGE_CATEGORIES)[number];

export const PRICING_CLASSES = [
  'on-demand',
  'spot',
  'reserved',
  'serverless',
  'community',
] as const;
export type PricingClass = (typeof PRICING_CLASSES)[number];

/**
 * One line of a bill. `(sourceId, key)` names it for good: the same key with another amount is a
 * restatement, which becomes a new version of the same charge.
 */
export interface Charge {
  readonly sourceId: string;
  /** Stable within the source, e.g. `pod/7h9k2m4n6p/gpu/2026-06-01T00:00:00Z`. */
  readonly key: string;
  readonly resourceId: string;
  readonly resourceName?: string;
  readonly category: ChargeCategory;
  readonly pricingClass: PricingClass;
  /** Set where nobody told the class: one that is known already stays. */
  readonly isClassPresumed?: true;
  readonly period: Period;
  /** What the invoice says. */
  readonly billed: NanoUsd;
  readonly list?: NanoUsd;
  /** Reserved prepayments spread over their term; the billed cost where there is none. */
  readonly effective?: NanoUsd;
  readonly quantity?: Exact;
  /** As the bill spells it: `Hours`, `GPU-Hours`, `GB-Months`. */
  readonly unit?: string;
  readonly gpuType?: string;
  /** GPUs of the one billed resource. */
  readonly gpuCount?: number;
  /** `estimated` where the provider gave no money and we rebuilt it. */
  readonly basis: 'billed' | 'estimated';
  readonly tags?: Readonly<Record<string, string>>;
}

/** Over a source's charges for compute and commitments. */
export interface SourceBilling {
  readonly sourceId: string;
  /** Of the shortest charge; of a source with charges of a day or less, of any of those. */
  readonly shortestMs: number;
  /** Start of the first charge, end of the last. */
  readonly firstMs: number;
  readonly lastMs: number;
}

/** A thing that can be billed, as an inventory showed it at one moment. */
export interface Resource {
  readonly sourceId: string;
  readonly resourceId: string;
  readonly kind: 'pod' | 'serverless' | 'volume' | 'instance' | 'cluster';
  readonly name: string;
  readonly gpuType?: string;
  readonly gpuCount?: number;
  /** Rate of the whole resource while it runs; absent when the inventory does not tell. */
  readonly usdPerHour?: NanoUsd;
  readonly status?: string;
  readonly seenAtMs: number;
}
