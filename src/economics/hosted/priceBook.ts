/** Each endpoint's dated prices and availability, by source, model and host. */

import type { HostAvailability, HostedPrice } from '../../domain/price.ts';
import { type ResolvedPrices, withoutConditions } from './asked.ts';

export interface PriceHistory {
  /** At the standard tier, oldest first; a price is in force until the next one. */
  readonly prices: readonly HostedPrice[];
  /** The same for the batch tier; empty if none is sold. */
  readonly batch: readonly HostedPrice[];
  /** `prices` with resolved conditions. */
  readonly resolved: ResolvedPrices;
  readonly availability: readonly HostAvailability[];
}

/** A host's offer of a model: one, or one for each quantization sold at the same time. */
export interface ModelOffer {
  readonly host: string;
  readonly history: PriceHistory;
}

/** Offers by model of a source. */
export type PriceBook = ReadonlyMap<string, readonly ModelOffer[]>;

export function modelKey(sourceId: string, model: string): string {
  return `${sourceId}\u0000${model}`;
}

export function priceBook(
  prices: readonly HostedPrice[],
  availability: readonly HostAvailability[],
): PriceBook {
  const seen = Map.groupBy(availability, (each) => hostKey(each));
  const weighed = prices.filter(({ serviceTier: tier }) => tier === undefined || tier === 'batch');
  const byModel = Map.groupBy(weighed, ({ sourceId, model }) => modelKey(sourceId, model));
  return new Map(
    [...byModel].map(([model, of]) => [
      model,
      [...Map.groupBy(of, ({ host }) => host)].flatMap(([host, own]) =>
        offersIn(own).map((each) => ({ host, history: history(each) })),
      ),
    ]),
  );

  function history(own: readonly HostedPrice[]): PriceHistory {
    const [first] = own;
    const standard = ofTier(own, undefined);
    return {
      prices: standard,
      batch: ofTier(own, 'batch'),
      resolved: withoutConditions(standard),
      availability: first === undefined ? [] : (seen.get(hostKey(first)) ?? []),
    };
  }
}

/**
 * A host that changes from one quantization to another has one offer. If it sells several at once,
 * each is an offer: fp8 at $0.10 does not end when bf16 comes at $0.90. Prices without a
 * quantization apply to all.
 */
function offersIn(prices: readonly HostedPrice[]): (readonly HostedPrice[])[] {
  const standard = ofTier(prices, undefined);
  const own = standard.filter(({ secondHand }) => secondHand !== true);
  const relevant = own.length > 0 ? own : standard;
  if (!isSoldInParallel(relevant)) return [prices];
  const sold = relevant.filter(({ offered, quantization }) => offered && quantization !== UNKNOWN);
  const names = new Set(sold.map(({ quantization }) => quantization));
  return [...names].map((name) =>
    prices.filter(({ quantization }) => quantization === name || quantization === UNKNOWN),
  );
}

const UNKNOWN = 'unknown';

/** Whether two named quantizations are sold at one time. Prices are oldest first. */
function isSoldInParallel(prices: readonly HostedPrice[]): boolean {
  const sold = new Set<string>();
  return prices.some(({ quantization, offered, validFromMs }, at) => {
    if (quantization === UNKNOWN) sold.clear();
    else if (offered) sold.add(quantization);
    else sold.delete(quantization);
    return sold.size > 1 && prices[at + 1]?.validFromMs !== validFromMs;
  });
}

function ofTier(prices: readonly HostedPrice[], tier: HostedPrice['serviceTier']): HostedPrice[] {
  const own = prices.filter(({ serviceTier }) => serviceTier === tier);
  return preferOwnPrices(own.toSorted((a, b) => a.validFromMs - b.validFromMs));
}

/**
 * Second-hand prices count only until the first price of the provider itself. From then on only its
 * own prices count, including that nothing is sold any more.
 */
export function preferOwnPrices(prices: readonly HostedPrice[]): HostedPrice[] {
  const firstMs = prices.find(({ secondHand }) => secondHand !== true)?.validFromMs ?? Infinity;
  return prices.filter((each) => each.secondHand !== true || each.validFromMs < firstMs);
}

function hostKey(host: { sourceId: string; model: string; host: string }): string {
  return `${modelKey(host.sourceId, host.model)}\u0000${host.host}`;
}
