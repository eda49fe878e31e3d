/** Each host's dated standard prices and how reachable it was, by source, model and host. */

import type { HostAvailability, HostedPrice } from '../../domain/price.ts';

export interface HostHistory {
  /** Oldest first; a price holds until the next one. */
  readonly prices: readonly HostedPrice[];
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
  const standard = prices.filter(({ serviceTier }) => serviceTier === undefined);
  const byModel = Map.groupBy(standard, ({ sourceId, model }) => modelKey(sourceId, model));
  return new Map(
    [...byModel].map(([model, of]) => [
      model,
      new Map([...Map.groupBy(of, ({ host }) => host)].map(([host, own]) => [host, history(own)])),
    ]),
  );

  function history(own: readonly HostedPrice[]): HostHistory {
    const [first] = own;
    return {
      prices: own.toSorted((a, b) => a.validFromMs - b.validFromMs),
      availability: first === undefined ? [] : (seen.get(hostKey(first)) ?? []),
    };
  }
}

function hostKey(host: { sourceId: string; model: string; host: string }): string {
  return `${modelKey(host.sourceId, host.model)}\u0000${host.host}`;
}

/** The price in force at an instant: the newest that had begun; `undefined` before the first. */
export function priceAt(history: HostHistory, instantMs: number): HostedPrice | undefined {
  return history.prices.findLast(({ validFromMs }) => validFromMs <= instantMs);
}
