/** Resolves hosted prices with conditions to the price in force at an instant for a prompt size. */

import type { Exact } from '../../domain/exact.ts';
import { DAY_MS, dayStartMs, MINUTE_MS, type Period } from '../../domain/period.ts';
import type { HostedPrice, PriceOverride } from '../../domain/price.ts';
import { firstWhere } from '../../domain/search.ts';

/**
 * Unconditional prices by time and prompt size. Size `s` is a mean prompt above `thresholds[s - 1]`
 * and, except for the last, at most `thresholds[s]`; 0 is below all.
 */
export interface ResolvedPrices {
  readonly startsMs: ArrayLike<number>;
  /**
   * `distinct[places[epoch * sizes + size]]` is the price. There is one size more than thresholds.
   */
  readonly places: Uint32Array;
  readonly distinct: readonly HostedPrice[];
  readonly sizes: number;
}

export interface ResolveTerms {
  /** In our tokens, sorted. */
  readonly thresholds: readonly number[];
  /** Hosted tokens per token of ours. */
  readonly tokenRatio: Exact;
  readonly window: Period;
}

/** Prices without conditions: each is in force until the next one, for any prompt. */
export function withoutConditions(prices: readonly HostedPrice[]): ResolvedPrices {
  return {
    startsMs: prices.map(({ validFromMs }) => validFromMs),
    places: Uint32Array.from(prices, (_, place) => place),
    distinct: prices,
    sizes: 1,
  };
}

/**
 * Prices oldest first, resolved by daily price periods and prompt sizes inside the audited period.
 */
export function resolveConditions(
  prices: readonly HostedPrice[],
  terms: ResolveTerms,
): ResolvedPrices {
  const sizes = terms.thresholds.length + 1;
  const [startsMs, places, distinct] = [[] as number[], [] as number[], [] as HostedPrice[]];
  for (const [at, price] of prices.entries()) {
    const known = new Map<string, number>();
    const untilMs = prices[at + 1]?.validFromMs ?? Number.POSITIVE_INFINITY;
    for (const startMs of [price.validFromMs, ...edgesWithin(price, untilMs, terms.window)]) {
      startsMs.push(startMs);
      for (let size = 0; size < sizes; size += 1) places.push(placeOf(startMs, size));
    }

    function placeOf(startMs: number, size: number): number {
      const matching = (price.overrides ?? []).filter((each) =>
        isMet(each, startMs, { size, terms }),
      );
      const key = matching.map((each) => price.overrides?.indexOf(each)).join();
      const place = known.get(key) ?? distinct.push(applyOverrides(price, matching)) - 1;
      known.set(key, place);
      return place;
    }
  }
  return { startsMs, places: Uint32Array.from(places), distinct, sizes };
}

/** Index of the price in force, or -1 before the first. */
function placeAt({ startsMs, places, sizes }: ResolvedPrices, instantMs: number, size = 0): number {
  const epoch = firstWhere(startsMs, (startMs) => startMs > instantMs) - 1;
  return epoch < 0 ? -1 : (places[epoch * sizes + Math.min(size, sizes - 1)] ?? -1);
}

/**
 * The price in force at an instant, which is the newest started one; `undefined` before the first.
 */
export function priceInForce(
  asked: ResolvedPrices,
  instantMs: number,
  size = 0,
): HostedPrice | undefined {
  return asked.distinct[placeAt(asked, instantMs, size)];
}

/**
 * The prompt sizes with different prices in a history, in our tokens: 200,000 at a ratio of 2 is
 * 100,000.
 */
export function promptThresholds(prices: readonly HostedPrice[], tokenRatio: Exact): number[] {
  return prices
    .flatMap(({ overrides = [] }) => overrides)
    .flatMap((each) => (each.minPromptTokens === undefined ? [] : [ownSize(each, tokenRatio)]));
}

function ownSize({ minPromptTokens = 0 }: PriceOverride, { num, den }: Exact): number {
  return num === den ? minPromptTokens : (minPromptTokens * Number(den)) / Number(num);
}

/** Instants of the audited period at which a daily price period starts or ends. */
export function dailyPriceEdges(prices: readonly HostedPrice[], window: Period): number[] {
  return prices.flatMap((price, at) =>
    edgesWithin(price, prices[at + 1]?.validFromMs ?? Number.POSITIVE_INFINITY, window),
  );
}

function edgesWithin(
  { validFromMs, overrides = [] }: HostedPrice,
  untilMs: number,
  window: Period,
) {
  const times = overrides.flatMap(({ utc }) => (utc === undefined ? [] : [utc]));
  if (times.length === 0) return [];
  const minutes = new Set(times.flatMap(({ startMinute, endMinute }) => [startMinute, endMinute]));
  if (times.some(({ days }) => days !== undefined)) minutes.add(0);
  const fromMs = Math.max(validFromMs, window.startMs);
  const endMs = Math.min(untilMs, window.endMs);
  const edges = new Set(fromMs > validFromMs && fromMs < endMs ? [fromMs] : []);
  for (let dayMs = dayStartMs(fromMs); dayMs < endMs; dayMs += DAY_MS) {
    for (const minute of minutes) {
      const instantMs = dayMs + minute * MINUTE_MS;
      if (instantMs > fromMs && instantMs < endMs) edges.add(instantMs);
    }
  }
  return [...edges].sort((a, b) => a - b);
}

/** Whether all conditions of an override hold. A prompt must exceed a size, not equal it. */
function isMet(
  override: PriceOverride,
  instantMs: number,
  { size, terms }: { readonly size: number; readonly terms: ResolveTerms },
): boolean {
  const { minPromptTokens, utc } = override;
  const above = terms.thresholds[size - 1] ?? Number.NEGATIVE_INFINITY;
  const isLong = minPromptTokens === undefined || ownSize(override, terms.tokenRatio) <= above;
  return isLong && (utc === undefined || isInDailyWindow(utc, instantMs));
}

/** 22:00 to 06:00 runs past midnight. If start and end are equal, it is the whole day. */
function isInDailyWindow(
  { startMinute, endMinute, days }: NonNullable<PriceOverride['utc']>,
  instantMs: number,
): boolean {
  if (days !== undefined && !days.includes(weekdayOf(instantMs))) return false;
  const minute = Math.floor((instantMs - dayStartMs(instantMs)) / MINUTE_MS);
  if (startMinute === endMinute) return true;
  if (startMinute < endMinute) return minute >= startMinute && minute < endMinute;
  return minute >= startMinute || minute < endMinute;
}

/** 0 is Sunday; January 1, 1970 was a Thursday. */
function weekdayOf(instantMs: number): number {
  return (((Math.floor(instantMs / DAY_MS) + 4) % 7) + 7) % 7;
}

/**
 * Applies overrides: the last one wins, price by price. Prices that no override states stay
 * unchanged.
 */
function applyOverrides(price: HostedPrice, matching: readonly PriceOverride[]): HostedPrice {
  const { overrides: _, ...base } = price;
  return matching.reduce<HostedPrice>((asked, { minPromptTokens: __, utc: ___, ...prices }) => {
    return { ...asked, ...prices };
  }, base);
}
