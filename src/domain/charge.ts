/** A charge: one line of a provider's bill, in FOCUS terms. */

import type { Exact } from './exact.ts';
import type { NanoUsd } from './money.ts';
import type { Period } from './period.ts';
import { matchesGlob } from './glob.ts';

export const CHARGE_CATEGORIES = [
  'compute',
  'storage',
  'network',
  'fee',
  'commitment',
  'credit',
  'tax',
  'labor',
  /**
   * Tokens bought from a hosted API: a category of its own, never part of a deployment's GPU spend.
   */
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
 * How the amount was obtained: billed by the provider, or rebuilt from a quantity at list prices,
 * from a quantity at negotiated prices, or from uptime and a price.
 */
export const CHARGE_BASES = ['billed', 'list', 'negotiated', 'uptime'] as const;
export type ChargeBasis = (typeof CHARGE_BASES)[number];

/** Amounts in the billing currency, if that is not US dollars. */
export interface OriginalCost {
  /** ISO 4217, in capitals: `EUR`. */
  readonly currency: string;
  /** At most {@link ORIGINAL_PLACES} decimals. */
  readonly amount: Exact;
  readonly list?: Exact;
  readonly effective?: Exact;
}

/** Decimals kept of an amount in another currency. */
export const ORIGINAL_PLACES = 18;

export interface Invoice {
  /** The provider's invoice number. */
  readonly id: string;
  readonly issuedMs?: number;
}

export const COMMITMENT_STATUSES = ['used', 'unused', 'purchase'] as const;

/** A FOCUS commitment discount: the charge uses it, leaves it unused, or purchases it. */
export interface Commitment {
  readonly id: string;
  readonly status: (typeof COMMITMENT_STATUSES)[number];
}

/**
 * One line of a bill, identified permanently by `(sourceId, key)`. The same key with another amount
 * is a restatement, which becomes a new version of the same charge.
 */
export interface Charge {
  readonly sourceId: string;
  /** Stable within the source, e.g. `pod/7h9k2m4n6p/gpu/2026-06-01T00:00:00Z`. */
  readonly key: string;
  readonly resourceId: string;
  readonly resourceName?: string;
  readonly category: ChargeCategory;
  readonly pricingClass: PricingClass;
  /** Set if the source does not state the class. A class that is already stored then stays. */
  readonly isClassPresumed?: true;
  readonly period: Period;
  /** The amount on the invoice. */
  readonly billed: NanoUsd;
  readonly list?: NanoUsd;
  /** Reserved prepayments spread over their term; otherwise the billed cost. */
  readonly effective?: NanoUsd;
  readonly quantity?: Exact;
  /** As the bill spells it: `Hours`, `GPU-Hours`, `GB-Months`. */
  readonly unit?: string;
  readonly gpuType?: string;
  /** GPUs of the billed resource. */
  readonly gpuCount?: number;
  readonly basis: ChargeBasis;
  /** Set if billed in another currency. The US dollars are then this amount at a dated rate. */
  readonly original?: OriginalCost;
  readonly invoice?: Invoice;
  readonly commitment?: Commitment;
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * Selects charges of a source: all given keys must match, with `*` as a glob. Without any key it
 * selects everything of the source.
 */
export interface ChargeMatch {
  readonly name?: string;
  readonly id?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly gpuType?: string;
  /** Id or name of a serverless endpoint. */
  readonly endpoint?: string;
  /** Id or name of a cluster, or a tag value of its parts. */
  readonly cluster?: string;
  readonly pricingClass?: PricingClass;
  readonly category?: ChargeCategory;
  /** Matches charges from `fromMs` until before `untilMs`; absent is unlimited. */
  readonly fromMs?: number;
  readonly untilMs?: number;
  /** True for a match that takes only what no other match takes. */
  readonly isRest?: true;
}

/** A source's compute and commitment charges in summary. */
export interface SourceBilling {
  readonly sourceId: string;
  /** Length of the shortest charge. If all charges are a day or less, the length of any of them. */
  readonly shortestMs: number;
  /** Start of the first charge, end of the last. */
  readonly firstMs: number;
  readonly lastMs: number;
}

/** A worker belongs to a serverless endpoint, which is billed for it. */
export const RESOURCE_KINDS = [
  'pod',
  'serverless',
  'worker',
  'volume',
  'instance',
  'cluster',
] as const;

/** A billable resource as an inventory listed it at one moment. */
export interface Resource {
  readonly sourceId: string;
  readonly resourceId: string;
  readonly kind: (typeof RESOURCE_KINDS)[number];
  readonly name: string;
  readonly gpuType?: string;
  readonly gpuCount?: number;
  /** Rate of the whole resource while it runs; absent if the inventory does not state it. */
  readonly usdPerHour?: NanoUsd;
  readonly status?: string;
  readonly seenAtMs: number;
}

export interface TimeUnit {
  readonly of: 'gpu' | 'resource';
  readonly ms: bigint;
}

const NAMES: ReadonlyMap<string, bigint> = new Map([
  ['s', 1_000n],
  ['sec', 1_000n],
  ['second', 1_000n],
  ['min', 60_000n],
  ['minute', 60_000n],
  ['h', 3_600_000n],
  ['hr', 3_600_000n],
  ['hour', 3_600_000n],
  ['d', 86_400_000n],
  ['day', 86_400_000n],
]);

const UNIT = /^(?:(gpu|instance|pod|replica|worker|node)[-_ ])?([a-z]+?)s?$/;

/**
 * `GPU-Hours` is an hour of one GPU, `Hours` and `pod hours` an hour of the resource. `GB-Months`
 * is not a unit of time: `undefined`.
 */
export function parseTimeUnit(unit: string): TimeUnit | undefined {
  if (unit === last.unit) return last.time;
  last = { unit, time: parseUnit(unit) };
  return last.time;
}

/** Cache of the last unit: a bill uses one unit on all of its lines. */
let last: { readonly unit: string; readonly time: TimeUnit | undefined } = {
  unit: '',
  time: undefined,
};

function parseUnit(unit: string): TimeUnit | undefined {
  const match = UNIT.exec(unit.trim().toLowerCase());
  const ms = NAMES.get(match?.[2] ?? '');
  if (match === null || ms === undefined) return undefined;
  return { of: match[1] === 'gpu' ? 'gpu' : 'resource', ms };
}

/** All given keys must match. Without keys it matches everything of the source. */
export interface RecordMatch {
  readonly id?: string;
  readonly category?: ChargeCategory;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface RecordRule {
  /** The source whose bill counts. */
  readonly source: string;
  /** The source whose bill of the same charges is ignored. */
  readonly insteadOf: string;
  readonly match: RecordMatch;
}

/** Charges of the period that one rule left out. */
export interface LeftOutCharges {
  readonly sourceId: string;
  readonly recordId: string;
  readonly categories: readonly ChargeCategory[];
  readonly nanoUsd: NanoUsd;
}

type ChargeFields = Pick<Charge, 'sourceId' | 'resourceId' | 'category' | 'tags'>;

/** The first rule that excludes a charge; `undefined` if the charge counts. */
export function findRecordRule(
  rules: readonly RecordRule[],
  charge: ChargeFields,
): RecordRule | undefined {
  if (rules.length === 0) return undefined;
  return rules.find(
    ({ insteadOf, match }) => insteadOf === charge.sourceId && matches(match, charge),
  );
}

function matches({ id, category, tags = {} }: RecordMatch, charge: ChargeFields): boolean {
  if (category !== undefined && category !== charge.category) return false;
  if (id !== undefined && !matchesGlob(id, charge.resourceId)) return false;
  return Object.entries(tags).every(([name, pattern]) => {
    const value = charge.tags?.[name];
    return value !== undefined && matchesGlob(pattern, value);
  });
}
