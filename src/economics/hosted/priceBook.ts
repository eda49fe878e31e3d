/** Each host's dated prices and how reachable it was, found by source, model and host. */

import type { HostAvailability, HostedPrice } from '../../domain/price.ts';
import { type Asked, plainly } from './asked.ts';

export interface HostHistory {
  /** At the standard tier, oldest first; a price holds until the next one. */
  readonly prices: readonly HostedPrice[];
  /** The same of the batch tier; empty where none is sold. */
  readonly batch: readonly HostedPrice[];
  /** What `prices` ask, their conditions met. */
  readonly asked: Asked;
  readonly availability: readonly HostAvailability[];
}

export type PriceBook = ReadonlyMap<string, ReadonlyMap<string, HostHistory>>;

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
      new Map([...Map.groupBy(of, ({ host }) => host)].map(([host, own]) => [host, history(own)])),
    ]),
  );

  function history(own: readonly HostedPrice[]): HostHistory {
    const [first] = own;
    const standard = ofTier(own, undefined);
    return {
      prices: standard,
      batch: ofTier(own, 'batch'),
      asked: plainly(standard),
      availability: first === undefined ? [] : (seen.get(hostKey(first)) ?? []),
    };
  }
}

function ofTier(prices: readonly HostedPrice[], tier: HostedPrice['serviceTier']): HostedPrice[] {
  const own = prices.filter(({ serviceTier }) => serviceTier === tier);
  return ownWordFirst(own.toSorted((a, b) => a.validFromMs - b.validFromMs));
}

/**
 * Prices at second hand stand only until the host's own word begins; from then on it alone says
 * what is asked, and that nothing is sold any more.
 */
export function ownWordFirst(prices: readonly HostedPrice[]): HostedPrice[] {
  const firstMs = prices.find(({ secondHand }) => secondHand !== true)?.validFromMs ?? Infinity;
  return prices.filter((each) => each.secondHand !== true || each.validFromMs < firstMs);
}

function hostKey(host: { sourceId: string; model: string; host: string }): string {
  return `${modelKey(host.sourceId, host.model)}\u0000${host.host}`;
}
