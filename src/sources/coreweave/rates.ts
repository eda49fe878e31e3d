/** What a unit of CoreWeave usage costs: by your rates or list prices, and by capacity plan. */

import type { PricingClass } from '../../domain/charge.ts';
import {
  add,
  compare,
  decimal,
  divide,
  type Exact,
  exactInteger,
  isZero,
  multiply,
  ONE,
  sum,
  toDecimal,
  ZERO,
} from '../../domain/exact.ts';
import { matchesGlob } from '../../domain/glob.ts';
import { instantText, parseInstant, type Period } from '../../domain/period.ts';
import type { CoreweaveOptions, RatePeriod } from './options.ts';

interface ListPrice {
  readonly gpus: number;
  readonly gpuType: string;
  /** US dollars per hour of the whole instance. */
  readonly onDemand: string;
  readonly spot?: string;
}

/** Date of the list prices below. */
export const LIST_PRICE_DATE = '2026-09-20';

/**
 * On-demand and spot prices (spot: North America) from https://www.coreweave.com/pricing on
 * 2026-09-20, by the instance type of CoreWeave's documentation. Reserved capacity is up to 60%
 * cheaper and negotiated.
 */
const LIST_PRICES: Readonly<Record<string, ListPrice>> = {
  'gb200-4x': { gpus: 4, gpuType: 'GB200', onDemand: '42.00' },
  'b200-8x': { gpus: 8, gpuType: 'B200', onDemand: '68.80', spot: '34.11' },
  'gd-8xh200ib-i128': { gpus: 8, gpuType: 'H200', onDemand: '50.44', spot: '20.93' },
  'gd-8xh100ib-i128': { gpus: 8, gpuType: 'H100 80GB', onDemand: '49.24', spot: '19.71' },
  'gd-8xa100-i128': { gpus: 8, gpuType: 'A100', onDemand: '21.60', spot: '9.65' },
  'gd-8xl40s-i128': { gpus: 8, gpuType: 'L40S', onDemand: '18.00' },
  'gd-8xl40-i128': { gpus: 8, gpuType: 'L40', onDemand: '10.00' },
  'gd-1xgh200': { gpus: 1, gpuType: 'GH200', onDemand: '6.50' },
  'rtxp6000-8x': { gpus: 8, gpuType: 'RTX PRO 6000 Blackwell', onDemand: '20.00' },
};

/** What a price is looked up for. */
export interface CoreweaveUsage {
  readonly sku: string;
  readonly unit: string;
  /** As spelled in the export. */
  readonly plan: string | undefined;
  readonly startMs: number;
}

export interface UnitPrice {
  readonly basis: 'negotiated' | 'list';
  readonly usd: Exact;
  /** The published list price, whichever price is paid. */
  readonly list?: Exact;
}

/** The price of one unit, or why it is unknown. */
export type PriceLookup = UnitPrice | { readonly missing: string };

export type RateCard = (usage: CoreweaveUsage) => PriceLookup;

/** Normalizes a unit: `Instance-Hour` and `instance hours` are equal. */
function unitOf(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/g, '-')
    .replace(/s$/, '');
}

/** Normalizes a plan: `Reserved Capacity` becomes `reserved`. Unknown names stay as they are. */
function planName(plan: string): string {
  const name = plan.trim().toLowerCase();
  if (/^(?:reserv|commit)/.test(name)) return 'reserved';
  if (/^(?:spot|dynamic|preempt)/.test(name)) return 'spot';
  return /^(?:on.?demand|standard)/.test(name) ? 'on-demand' : name;
}

/** The pricing class of a plan. Unknown plans count as on demand. */
export function toPricingClass(plan: string | undefined): PricingClass {
  const name = planName(plan ?? '');
  return name === 'reserved' || name === 'spot' ? name : 'on-demand';
}

/** GPU type and count of one instance. Unlisted SKUs are parsed: `gd-8xh100ib-i128` has 8. */
export function findInstanceGpus(
  sku: string,
): { readonly gpuType: string; readonly gpuCount: number } | undefined {
  const known = LIST_PRICES[sku];
  if (known !== undefined) return { gpuType: known.gpuType, gpuCount: known.gpus };
  const count = /(?:^|-)(\d{1,3})x(?:[a-z]|$|-)/.exec(sku)?.[1];
  return count === undefined ? undefined : { gpuType: sku, gpuCount: Number(count) };
}

interface CardRate {
  /** The rate applies to every plan if absent. */
  readonly plan: string | undefined;
  readonly glob: string;
  /** Latest first. */
  readonly periods: readonly { fromMs: number; usd: Exact; per: string | undefined }[];
}

/**
 * Builds the price lookup. A rate for a plan beats one for any plan, an exact SKU beats a pattern,
 * and a longer pattern beats a shorter one. Rates per GPU and per instance are converted by the
 * number of GPUs.
 */
export function buildRateCard({ rates }: Pick<CoreweaveOptions, 'rates'>): RateCard {
  const card = Object.entries(rates).map(([key, value]) => cardRate(key, value));
  card.sort((a, b) => rankOf(b) - rankOf(a));
  return (usage) => {
    const list = listPriceOf(usage);
    const usagePlan = planName(usage.plan ?? 'on-demand');
    const [rate] = card
      .filter(({ plan, glob }) => matchesGlob(glob, usage.sku) && (plan ?? usagePlan) === usagePlan)
      .flatMap(({ periods }) => periods.find(({ fromMs }) => fromMs <= usage.startMs) ?? []);
    const listed = list === undefined ? {} : { list };
    if (rate !== undefined) {
      const usd = converted(rate.usd, { from: rate.per ?? usage.unit, usage });
      if (usd !== undefined) return { basis: 'negotiated', usd, ...listed };
      return { missing: `the rate is per ${rate.per ?? ''}, but the usage is in ${usage.unit}` };
    }
    return list === undefined
      ? { missing: missingText(usage) }
      : { basis: 'list', usd: list, list };
  };
}

function cardRate(key: string, value: CoreweaveOptions['rates'][string]): CardRate {
  const slash = key.indexOf('/');
  const ratePeriods: readonly RatePeriod[] =
    typeof value === 'object' ? (Array.isArray(value) ? value : [value]) : [{ usd: value }];
  const periods = ratePeriods.map(({ usd, from, per }) => ({
    fromMs: from === undefined ? Number.NEGATIVE_INFINITY : (parseInstant(from) ?? 0),
    usd: decimal(String(usd)),
    per,
  }));
  return {
    plan: slash < 0 ? undefined : planName(key.slice(0, slash)),
    glob: key.slice(slash + 1).trim(),
    periods: periods.sort((a, b) => (a.fromMs < b.fromMs ? 1 : -1)),
  };
}

function rankOf({ plan, glob }: CardRate): number {
  const letters = glob.replaceAll('*', '').length;
  return (plan === undefined ? 0 : 1_000_000) + (glob.includes('*') ? 0 : 100_000) + letters;
}

function listPriceOf({ sku, unit, plan }: CoreweaveUsage): Exact | undefined {
  const known = LIST_PRICES[sku];
  if (known === undefined) return undefined;
  const text = toPricingClass(plan) === 'spot' ? known.spot : known.onDemand;
  if (text === undefined) return undefined;
  return converted(decimal(text), { from: 'Instance-Hour', usage: { sku, unit } });
}

/** Converts a price per instance to one per GPU, or the reverse. */
function converted(
  usd: Exact,
  { from, usage }: { from: string; usage: Pick<CoreweaveUsage, 'sku' | 'unit'> },
): Exact | undefined {
  const [fromUnit, toUnit] = [unitOf(from), unitOf(usage.unit)];
  if (fromUnit === toUnit) return usd;
  const gpus = findInstanceGpus(usage.sku)?.gpuCount;
  if (gpus === undefined || gpus === 0) return undefined;
  if (fromUnit === 'instance-hour' && toUnit === 'gpu-hour') return divide(usd, exactInteger(gpus));
  if (fromUnit === 'gpu-hour' && toUnit === 'instance-hour')
    return multiply(usd, exactInteger(gpus));
  return undefined;
}

function missingText({ sku, unit, plan }: CoreweaveUsage): string {
  const key = toPricingClass(plan) === 'spot' ? `spot/${sku}` : sku;
  return (
    `no list price is known; add the rate per ${unit} under rates in rentcheck.yaml (0 if ` +
    `it is free): rates: { ${JSON.stringify(key)}: … }`
  );
}

/** A row of either view: one hour of a SKU. The rows by location have no plan. */
interface UsageHour {
  readonly period: Period;
  readonly sku: string;
  readonly unit: string;
  readonly plan: string | undefined;
  readonly quantity: Exact;
}

/**
 * The share of each capacity plan in one hour of one SKU. Shares divide the usage by location; they
 * are never added to it.
 */
export class PlanMix {
  /** Whether every row by plan was read without a reject. */
  isWhole = false;
  /** Whether a row by plan could not be read. */
  hasRejects = false;
  readonly #byHour = new Map<string, Map<string | undefined, Exact>>();
  readonly #skus = new Set<string>();
  /** Sums of the rows by location, to compare with the rows by plan. */
  readonly #located = new Map<string, { hourMs: number; quantity: Exact }>();

  addPlanned(row: UsageHour): void {
    const plans = this.#byHour.get(usageHourKey(row)) ?? new Map<string | undefined, Exact>();
    plans.set(row.plan, add(plans.get(row.plan) ?? ZERO, row.quantity));
    this.#byHour.set(usageHourKey(row), plans);
    this.#skus.add(row.sku);
  }

  addLocated(row: UsageHour): void {
    const quantity = add(this.#located.get(usageHourKey(row))?.quantity ?? ZERO, row.quantity);
    this.#located.set(usageHourKey(row), { hourMs: row.period.startMs, quantity });
  }

  /**
   * Shares that sum to 1. A SKU without plans has one share without a plan; `undefined` if the plan
   * is unknown.
   */
  sharesOf(row: UsageHour): readonly PlanShare[] | undefined {
    const plans = [...(this.#byHour.get(usageHourKey(row)) ?? [])].filter(
      ([, part]) => !isZero(part),
    );
    const total = sum(plans.map(([, part]) => part));
    if (!isZero(total)) {
      return plans.map(([plan, part]) => ({ plan, share: divide(part, total) }));
    }
    const hasNoPlans = this.#skus.size > 0 && !this.#skus.has(row.sku);
    return hasNoPlans || isZero(row.quantity) ? [{ plan: undefined, share: ONE }] : undefined;
  }

  /** Hours of a SKU before a time whose usage by location differs from that by plan. */
  differences(beforeMs: number): string[] {
    return [...this.#located].flatMap(([name, { hourMs, quantity: located }]) => {
      const plans = this.#byHour.get(name);
      if (plans === undefined || hourMs >= beforeMs) return [];
      const planned = sum(plans.values());
      if (compare(planned, located) === 0) return [];
      return [`${name}: ${toDecimal(located, 4)} by location, ${toDecimal(planned, 4)} by plan`];
    });
  }

  /** Hours of a SKU before a time that are missing in the usage by location. */
  missing(beforeMs: number): string[] {
    return [...this.#byHour.keys()].filter(
      (name) => !this.#located.has(name) && Date.parse(name.split(' ')[0] ?? '') < beforeMs,
    );
  }
}

export interface PlanShare {
  readonly plan: string | undefined;
  readonly share: Exact;
}

/** Key of an hour of a SKU, the same in both views. */
export function usageHourKey({ period, sku, unit }: UsageHour): string {
  return `${instantText(period.startMs)} ${sku} ${unit}`;
}
