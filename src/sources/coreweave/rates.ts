/** What a unit of CoreWeave's usage costs: by the user's rate card, or else by list prices. */

import type { PricingClass } from '../../domain/charge.ts';
import { decimal, divide, type Exact, exactInteger, multiply } from '../../domain/exact.ts';
import { matchesGlob } from '../../domain/glob.ts';
import { parseInstant } from '../../domain/period.ts';
import type { CoreweaveOptions, RatePeriod } from './options.ts';

interface ListPrice {
  readonly gpus: number;
  readonly gpuType: string;
  /** USD an hour of the whole instance. */
  readonly onDemand: string;
  readonly spot?: string;
}

/** When the list prices were read. */
export const LISTED_ON = '2026-09-20';

/**
 * On-demand and spot prices (spot: North America) as https://www.coreweave.com/pricing showed them
 * on 2026-09-20, by the instance type of CoreWeave's documentation. Reserved capacity is up to 60%
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

/** A quantity and whose it is. */
export interface Usage {
  readonly sku: string;
  readonly unit: string;
  /** As the export spells it; absent where it is not known. */
  readonly plan?: string;
  readonly startMs: number;
}

export interface Price {
  readonly basis: 'negotiated' | 'list';
  readonly usd: Exact;
  /** The published price, whichever is paid. */
  readonly list?: Exact;
}

/** The price of one unit, or why there is none. */
export type Priced = Price | { readonly missing: string };

export type RateCard = (usage: Usage) => Priced;

/** `Instance-Hour` and `instance hours` are the same. */
function unitOf(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/g, '-')
    .replace(/s$/, '');
}

/** One spelling of a plan: `Reserved Capacity` is `reserved`, and a new name stays as it is. */
function planName(plan: string): string {
  const name = plan.trim().toLowerCase();
  if (/^(?:reserv|commit)/.test(name)) return 'reserved';
  if (/^(?:spot|dynamic|preempt)/.test(name)) return 'spot';
  return /^(?:on.?demand|standard)/.test(name) ? 'on-demand' : name;
}

/** The class that a plan's name means; a new name is taken as on demand. */
export function classOf(plan: string | undefined): PricingClass {
  const name = planName(plan ?? '');
  return name === 'reserved' || name === 'spot' ? name : 'on-demand';
}

/** GPUs of one instance and their type; `gd-8xh100ib-i128` says 8 of itself. */
export function gpusOf(
  sku: string,
): { readonly gpuType: string; readonly gpuCount: number } | undefined {
  const known = LIST_PRICES[sku];
  if (known !== undefined) return { gpuType: known.gpuType, gpuCount: known.gpus };
  const told = /(?:^|-)(\d{1,3})x(?:[a-z]|$|-)/.exec(sku)?.[1];
  return told === undefined ? undefined : { gpuType: sku, gpuCount: Number(told) };
}

interface CardRate {
  /** Of any plan where absent. */
  readonly plan: string | undefined;
  readonly glob: string;
  /** Latest first. */
  readonly periods: readonly { fromMs: number; usd: Exact; per: string | undefined }[];
}

/**
 * A rate for a plan comes before one for any plan, a whole name before a pattern, and of patterns
 * the one with more letters. A rate of an instance is one of its GPUs divided by their number.
 */
export function rateCardOf({ rates }: Pick<CoreweaveOptions, 'rates'>): RateCard {
  const card = Object.entries(rates).map(([key, value]) => cardRate(key, value));
  card.sort((a, b) => rankOf(b) - rankOf(a));
  return (usage) => {
    const list = listPriceOf(usage);
    const of = planName(usage.plan ?? 'on-demand');
    const [rate] = card
      .filter(({ plan, glob }) => matchesGlob(glob, usage.sku) && (plan ?? of) === of)
      .flatMap(({ periods }) => periods.find(({ fromMs }) => fromMs <= usage.startMs) ?? []);
    const shown = list === undefined ? {} : { list };
    if (rate !== undefined) {
      const usd = converted(rate.usd, { from: rate.per ?? usage.unit, usage });
      if (usd !== undefined) return { basis: 'negotiated', usd, ...shown };
      return { missing: `the rate is per ${rate.per ?? ''}, but the usage is in ${usage.unit}` };
    }
    return list === undefined
      ? { missing: missingText(usage) }
      : { basis: 'list', usd: list, list };
  };
}

function cardRate(key: string, value: CoreweaveOptions['rates'][string]): CardRate {
  const slash = key.indexOf('/');
  const all: readonly RatePeriod[] =
    typeof value === 'object' ? (Array.isArray(value) ? value : [value]) : [{ usd: value }];
  const periods = all.map(({ usd, from, per }) => ({
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

function listPriceOf({ sku, unit, plan }: Usage): Exact | undefined {
  const known = LIST_PRICES[sku];
  if (known === undefined) return undefined;
  const text = classOf(plan) === 'spot' ? known.spot : known.onDemand;
  if (text === undefined) return undefined;
  return converted(decimal(text), { from: 'Instance-Hour', usage: { sku, unit } });
}

/** A price per instance as one per GPU, or the other way around. */
function converted(
  usd: Exact,
  { from, usage }: { from: string; usage: Pick<Usage, 'sku' | 'unit'> },
): Exact | undefined {
  const [of, to] = [unitOf(from), unitOf(usage.unit)];
  if (of === to) return usd;
  const gpus = gpusOf(usage.sku)?.gpuCount;
  if (gpus === undefined || gpus === 0) return undefined;
  if (of === 'instance-hour' && to === 'gpu-hour') return divide(usd, exactInteger(gpus));
  if (of === 'gpu-hour' && to === 'instance-hour') return multiply(usd, exactInteger(gpus));
  return undefined;
}

function missingText({ sku, unit, plan }: Usage): string {
  const key = classOf(plan) === 'spot' ? `spot/${sku}` : sku;
  return (
    `no list price is known; add the rate per ${unit} under rates in rentcheck.yaml (0 if ` +
    `it is free): rates: { ${JSON.stringify(key)}: … }`
  );
}
