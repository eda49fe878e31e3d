/** A charge: one line of a provider's bill, in the words of FOCUS. */

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
 * How the money of a charge came about: the provider billed it, or it was rebuilt from a quantity
 * at list prices, from a quantity at negotiated prices, or from the time a resource was up and its
 * price.
 */
export const CHARGE_BASES = ['billed', 'list', 'negotiated', 'uptime'] as const;
export type ChargeBasis = (typeof CHARGE_BASES)[number];

/** Amounts in the currency in which they were billed, other than US dollars. */
export interface OriginalCost {
  /** ISO 4217, in capitals: `EUR`. */
  readonly currency: string;
  /** At most {@link ORIGINAL_PLACES} decimals. */
  readonly amount: Exact;
  readonly list?: Exact;
  readonly effective?: Exact;
}

/** So many decimals of an amount in another currency are kept. */
export const ORIGINAL_PLACES = 18;

export interface Invoice {
  /** As the provider numbers it. */
  readonly id: string;
  readonly issuedMs?: number;
}

export const COMMITMENT_STATUSES = ['used', 'unused', 'purchase'] as const;

/** A commitment discount, as in FOCUS: the charge draws from it, leaves it unused, or buys it. */
export interface Commitment {
  readonly id: string;
  readonly status: (typeof COMMITMENT_STATUSES)[number];
}

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
  readonly basis: ChargeBasis;
  /** Set where it was billed in another currency: the US dollars are these at a dated rate. */
  readonly original?: OriginalCost;
  readonly invoice?: Invoice;
  readonly commitment?: Commitment;
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * Which charges of a source are meant: all given keys must match, with `*` as a glob. Without any
 * key it is everything of the source.
 */
export interface ChargeMatch {
  readonly name?: string;
  readonly id?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly gpuType?: string;
  /** Id or name of what is serverless. */
  readonly endpoint?: string;
  /** Id or name of a cluster, or what a tag of its parts says. */
  readonly cluster?: string;
  readonly pricingClass?: PricingClass;
  readonly category?: ChargeCategory;
  /** Charges match from then on, and no longer from `untilMs` on; absent is always. */
  readonly fromMs?: number;
  readonly untilMs?: number;
  /** True of a match that takes only what no other one takes. */
  readonly isRest?: true;
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

/** A worker runs under a serverless endpoint, which is billed for it. */
export const RESOURCE_KINDS = [
  'pod',
  'serverless',
  'worker',
  'volume',
  'instance',
  'cluster',
] as const;

/** A thing that can be billed, as an inventory showed it at one moment. */
export interface Resource {
  readonly sourceId: string;
  readonly resourceId: string;
  readonly kind: (typeof RESOURCE_KINDS)[number];
  readonly name: string;
  readonly gpuType?: string;
  readonly gpuCount?: number;
  /** Rate of the whole resource while it runs; absent when the inventory does not tell. */
  readonly usdPerHour?: NanoUsd;
  readonly status?: string;
  readonly seenAtMs: number;
}
