/** Reads market rates of GPUs from the ledger, beside the rates that were paid. */

import { daysBefore } from '../calendar/horizons.ts';
import type { Config } from '../config/config.ts';
import type { PricingClass } from '../domain/charge.ts';
import { compare, decimal, type Exact, toDecimal } from '../domain/exact.ts';
import { matchesGlob } from '../domain/glob.ts';
import { type GpuKind, parseGpu, formatGpu, isSameGpuName, isSameGpu } from '../domain/gpu.ts';
import { usd } from '../domain/money.ts';
import { instantText } from '../domain/period.ts';
import type { GpuRate } from '../domain/price.ts';
import { findProviderTier } from '../domain/providers.ts';
import { type BilledGpuRate, createBilledGpuRates } from '../economics/bill/billedGpuRates.ts';
import { normalizeProvider } from '../economics/option/rateBook.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { latestKnownMs } from './completeness.ts';

/** The length of most bills. */
const OWN_DAYS = 31;

export interface RateQuery {
  /** A GPU in any spelling, or a pattern with `*`; all GPUs if absent. */
  readonly gpu?: string | undefined;
  readonly atMs: number;
  readonly nowMs: number;
}

interface RateLedger {
  readonly config: Pick<Config, 'deployments'>;
  readonly ledger: Pick<Ledger, 'facts'>;
}

/** `rentcheck/rates/1`: dollars per GPU-hour with six places; null if unknown. */
export interface RatesDocument {
  readonly schema: 'rentcheck/rates/1';
  /** The time at which the rates were in force. */
  readonly at: string;
  readonly gpus: readonly MarketGpuRates[];
}

export interface MarketGpuRates {
  readonly gpu: string;
  /** Whether the GPU's name was recognized, so that its rates can be compared. */
  readonly isComparable: boolean;
  readonly classes: readonly ClassRates[];
  /** What was paid for the same GPU, as billed in the 31 days before. */
  readonly own: { readonly usdPerGpuHour: string; readonly gpuHours: string } | null;
}

export interface ClassRates {
  readonly pricingClass: PricingClass;
  /** The cheapest first. */
  readonly rates: readonly ListedRate[];
  /** Of the rates that count. */
  readonly leastUsd: string | null;
  readonly medianUsd: string | null;
  readonly mostUsd: string | null;
  /** Across all regions of the rates that count; null if no region is known. */
  readonly byRegion: { readonly least: ProviderRegion; readonly most: ProviderRegion } | null;
}

export interface ListedRate {
  readonly provider: string;
  readonly tier: string | null;
  readonly usdPerGpuHour: string;
  readonly since: string;
  readonly source: string;
  /** As its source spells it. */
  readonly gpuType: string;
  readonly secondHand: boolean;
  /** False for a catalog's rate if the provider's own is known. */
  readonly counts: boolean;
  /** Rates by region, the cheapest first; empty if no region is known. */
  readonly regions: readonly RegionalPrice[];
}

export interface RegionalPrice {
  readonly region: string;
  readonly usdPerGpuHour: string;
}

/** A region at one of the providers. */
export interface ProviderRegion extends RegionalPrice {
  readonly provider: string;
}

export async function readMarketRates(
  { config, ledger }: RateLedger,
  { gpu, atMs, nowMs }: RateQuery,
): Promise<RatesDocument> {
  const asOfMs = await latestKnownMs(ledger, nowMs);
  const regions = new Map(
    (await ledger.facts.regionalRates(asOfMs, atMs)).map((one) => [keyOf(one), one.regions]),
  );
  const listed = inForce(await ledger.facts.gpuRates(asOfMs), atMs)
    .filter((rate) => isRequested(gpu, rate))
    .map((rate) => ({ ...rate, regions: regions.get(keyOf(rate)) ?? [] }));
  const terms = {
    resources: await ledger.facts.resources(asOfMs),
    deployments: config.deployments.map(({ gpu: deploymentGpu, resources }) => ({
      gpu: deploymentGpu,
      resources: resources.map(({ source, ...match }) => ({ sourceId: source, ...match })),
    })),
  };
  const own = createBilledGpuRates(terms);
  await ledger.facts.eachCharge(daysBefore(atMs, OWN_DAYS), asOfMs, (charge) => {
    own.add(charge);
  });
  const paid = own.close();
  const gpus = [...Map.groupBy(listed, ({ gpuType }) => nameOf(gpuType))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, rates]): MarketGpuRates => {
      const kind = parseGpu(name);
      return {
        gpu: name,
        isComparable: kind?.memoryGb !== undefined,
        classes: classesOf(rates, listed),
        own: ownOf(kind, paid),
      };
    });
  return { schema: 'rentcheck/rates/1', at: instantText(atMs), gpus };
}

/** Returns the newest rate of each offer that was in force. */
function inForce(rates: readonly GpuRate[], atMs: number): GpuRate[] {
  const current = new Map<string, GpuRate>();
  for (const rate of rates) {
    if (rate.validFromMs > atMs) continue;
    current.set(keyOf(rate), rate);
  }
  return [...current.values()];
}

type RateName = Pick<GpuRate, 'sourceId' | 'provider' | 'gpuType' | 'pricingClass' | 'secondHand'>;

function keyOf({ sourceId, provider, gpuType, pricingClass, secondHand }: RateName): string {
  return JSON.stringify([sourceId, provider, gpuType, pricingClass, secondHand === true]);
}

function isRequested(requested: string | undefined, { gpuType }: GpuRate): boolean {
  if (requested === undefined) return true;
  const [wanted, found] = [parseGpu(requested), parseGpu(gpuType)];
  if (wanted === undefined || found === undefined) return matchesGlob(requested, gpuType);
  if (wanted.model !== found.model) return false;
  const isSized = wanted.memoryGb === undefined || wanted.memoryGb === found.memoryGb;
  return isSized && (wanted.form === undefined || wanted.form === (found.form ?? wanted.form));
}

function nameOf(gpuType: string): string {
  const kind = parseGpu(gpuType);
  return kind === undefined ? gpuType : formatGpu(kind);
}

function classesOf(rates: readonly GpuRate[], all: readonly GpuRate[]): ClassRates[] {
  return [...Map.groupBy(rates, ({ pricingClass }) => pricingClass)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([pricingClass, ofClass]) => {
      const listed = ofClass.toSorted(byPrice).map((rate) => toListedRate(rate, all));
      const counted = listed.filter(({ counts }) => counts);
      const counting = counted.map((rate) => rate.usdPerGpuHour);
      return {
        pricingClass,
        rates: listed,
        leastUsd: counting.at(0) ?? null,
        // Of an even number of rates, the cheaper of the two in the middle.
        medianUsd: counting[Math.floor((counting.length - 1) / 2)] ?? null,
        mostUsd: counting.at(-1) ?? null,
        byRegion: byRegion(counted),
      };
    });
}

function byRegion(rates: readonly ListedRate[]): ClassRates['byRegion'] {
  const all = rates
    .flatMap(({ provider, regions }) => regions.map((each) => ({ provider, ...each })))
    .sort((a, b) => compare(decimal(a.usdPerGpuHour), decimal(b.usdPerGpuHour)));
  const [least, most] = [all[0], all.at(-1)];
  return least === undefined || most === undefined ? null : { least, most };
}

function toListedRate(rate: GpuRate, all: readonly GpuRate[]): ListedRate {
  const { provider, usdPerGpuHour, validFromMs, sourceId, gpuType } = rate;
  const secondHand = rate.secondHand === true;
  const isFirstHand = (other: GpuRate) =>
    other.secondHand !== true &&
    other.pricingClass === rate.pricingClass &&
    normalizeProvider(other.provider) === normalizeProvider(provider) &&
    isSameGpuName(other.gpuType, gpuType);
  return {
    provider,
    tier: findProviderTier(provider) ?? null,
    usdPerGpuHour: six(usd(usdPerGpuHour)),
    since: instantText(validFromMs),
    source: sourceId,
    gpuType,
    secondHand,
    counts: !secondHand || !all.some(isFirstHand),
    regions: (rate.regions ?? [])
      .toSorted((a, b) => (a.usdPerGpuHour < b.usdPerGpuHour ? -1 : 1))
      .map(({ region, usdPerGpuHour: each }) => ({ region, usdPerGpuHour: six(usd(each)) })),
  };
}

function byPrice(a: GpuRate, b: GpuRate): number {
  if (a.usdPerGpuHour !== b.usdPerGpuHour) return a.usdPerGpuHour < b.usdPerGpuHour ? -1 : 1;
  return a.provider < b.provider ? -1 : 1;
}

/**
 * Returns the most expensive rate paid if several spellings match, so that the market never looks
 * expensive in comparison.
 */
function ownOf(kind: GpuKind | undefined, paid: readonly BilledGpuRate[]): MarketGpuRates['own'] {
  if (kind === undefined) return null;
  const fitting = paid.filter(({ gpu }) => isSameGpu(gpu, kind));
  const [first, ...others] = fitting;
  if (first === undefined) return null;
  const { usdPerGpuHour, gpuHours } = others.reduce(
    (a, b) => (compare(b.usdPerGpuHour, a.usdPerGpuHour) > 0 ? b : a),
    first,
  );
  return { usdPerGpuHour: six(usdPerGpuHour), gpuHours: six(gpuHours) };
}

function six(value: Exact): string {
  return toDecimal(value, 6);
}
