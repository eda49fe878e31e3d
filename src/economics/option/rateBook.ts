/** Finds dated GPU rates comparable with ours, or the reason why there are none. */

import type { PricingClass } from '../../domain/charge.ts';
import { type GpuKind, parseGpu, formatGpu, isSameGpu } from '../../domain/gpu.ts';
import type { GpuRate } from '../../domain/price.ts';
import { findProviderTier } from '../../domain/providers.ts';
import type { MarketInput, StackInput } from '../input.ts';
import type { NoOffer } from '../offer.ts';

/** One provider's rates for one GPU, as one source names and reports it. */
export interface RateHistory {
  readonly sourceId: string;
  readonly provider: string;
  readonly gpuType: string;
  /** Oldest first, at least one; a rate is in force until the next one. */
  readonly rates: readonly GpuRate[];
}

/**
 * Rate histories of the same GPU and class at allowed providers, sorted by name; otherwise the
 * first filter that leaves none.
 */
export function comparableRates(
  { rates, market }: Pick<StackInput, 'rates' | 'market'>,
  gpuType: string,
  pricingClass: PricingClass,
): RateHistory[] | NoOffer {
  const kind = parseGpu(gpuType);
  if (kind === undefined) return { reason: { code: 'gpu-not-understood', gpu: gpuType } };
  if (kind.memoryGb === undefined) {
    return { reason: { code: 'gpu-memory-unknown', gpu: gpuType } };
  }
  const gpu = formatGpu(kind);
  const same = ratesForGpu(kind, rates);
  if (same.length === 0) return { reason: { code: 'no-rate', gpu } };
  const inClass = same.filter((rate) => rate.pricingClass === pricingClass);
  if (inClass.length === 0) return { reason: { code: 'no-rate', gpu, pricingClass } };
  const inTiers = inClass.filter(({ provider }) => isInTiers(provider, market));
  if (inTiers.length === 0) {
    const { tiers = [] } = market;
    return { reason: { code: 'no-rate', gpu, pricingClass, tiers } };
  }
  const allowed = inTiers.filter(({ provider }) => isAllowed(provider, market));
  if (allowed.length === 0) {
    return { reason: { code: 'no-rate-of-allowed-provider', gpu, pricingClass } };
  }
  return groupHistories(allowed);
}

/**
 * The rate in force at an instant, which is the newest started one; `undefined` before the first.
 */
export function rateAt({ rates }: RateHistory, instantMs: number): GpuRate | undefined {
  return rates.findLast(({ validFromMs }) => validFromMs <= instantMs);
}

/** Each name is parsed once, however many rates have it. */
function ratesForGpu(kind: GpuKind, rates: readonly GpuRate[]): GpuRate[] {
  return [...Map.groupBy(rates, ({ gpuType }) => gpuType)].flatMap(([gpuType, of]) => {
    const other = parseGpu(gpuType);
    return other !== undefined && isSameGpu(kind, other) ? of : [];
  });
}

/** A provider of unknown tier is in no tier. */
function isInTiers(provider: string, { tiers }: MarketInput): boolean {
  if (tiers === undefined) return true;
  const tier = findProviderTier(provider);
  return tier !== undefined && tiers.includes(tier);
}

function isAllowed(provider: string, { providers, excludeProviders = [] }: MarketInput): boolean {
  const isNamed = (names: readonly string[]) =>
    names.some((name) => normalizeProvider(name) === normalizeProvider(provider));
  return (providers === undefined || isNamed(providers)) && !isNamed(excludeProviders);
}

/** Normalized like tier names: `Vast.ai` and `vast ai` are one provider. */
export function normalizeProvider(provider: string): string {
  return provider.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

function groupHistories(rates: readonly GpuRate[]): RateHistory[] {
  const keyOf = ({ provider, sourceId, gpuType, secondHand }: GpuRate) =>
    [provider, sourceId, gpuType, secondHand === true].join('\u0000');
  const all = [...Map.groupBy(rates, keyOf)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, of]) => {
      const [first] = of;
      if (first === undefined) return [];
      const { sourceId, provider, gpuType } = first;
      return { sourceId, provider, gpuType, rates: of.toSorted(byTime) };
    });
  return [...Map.groupBy(all, ({ provider }) => normalizeProvider(provider)).values()].flatMap(
    mergeCatalogs,
  );
}

/**
 * Combines one provider's rates: catalog rates count only until its own first rate. A catalog's
 * $2.00 from April and an own $3.00 from June are $2.00 in April and May, $3.00 from June on.
 */
function mergeCatalogs(histories: readonly RateHistory[]): RateHistory[] {
  const isSecondHand = ({ rates: [first] }: RateHistory) => first?.secondHand === true;
  const catalogs = histories.filter(isSecondHand);
  const own = histories.filter((history) => !isSecondHand(history));
  if (own.length === 0) return catalogs;
  return own.flatMap((history) => {
    const fromMs = history.rates[0]?.validFromMs ?? Number.POSITIVE_INFINITY;
    const before = catalogs
      .map(({ rates }) => rates.filter(({ validFromMs }) => validFromMs < fromMs))
      .filter((rates) => rates.length > 0);
    if (before.length === 0) return history;
    return before.map((rates) => ({ ...history, rates: [...rates, ...history.rates] }));
  });
}

/**
 * Of two rates with the same start, the more expensive one counts, so a move is never made too
 * cheap.
 */
function byTime(a: GpuRate, b: GpuRate): number {
  if (a.validFromMs !== b.validFromMs) return a.validFromMs - b.validFromMs;
  return a.usdPerGpuHour < b.usdPerGpuHour ? -1 : 1;
}
