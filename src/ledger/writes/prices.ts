/**
 * Knows how hosts' prices are written: single dated prices, and snapshots in which absence
 * speaks.
 */

import type { Database } from 'better-sqlite3';
import type { HostedPrice } from '../../domain/price.ts';
import type { Located } from '../../domain/provenance.ts';
import type { Store } from '../store.ts';
import { hostedPrices } from '../tables/price.ts';
import type { Confirmed } from './confirmed.ts';
import { contradiction, count, type Place, type Put, type Tally } from './place.ts';
import { type FactOf, versionedWriter } from './versioned.ts';

export type PriceFact = FactOf<typeof hostedPrices>;
export type PricePut = (fact: PriceFact, place: Place) => Put;

/**
 * Writes a price under its source, model, host, quantization and the moment from which it holds.
 */
export function createPricePut(db: Database, confirmed: Confirmed): PricePut {
  const versions = versionedWriter(db, confirmed, {
    table: hostedPrices,
    key: ['sourceId', 'model', 'host', 'quantization', 'validFromMs'],
  });
  return (fact, place) => versions.put(fact, place).put;
}

/** Prices of a file, each for itself: a host that is not named has not stopped selling. */
export function createPriceWriter(store: Store, confirmed: Confirmed) {
  const put = createPricePut(store.db, confirmed);
  return (
    located: readonly Located<HostedPrice>[],
    origin: Omit<Place, 'position'>,
    tally: Tally,
  ): void => {
    for (const { position, fact } of located) {
      const what = `the price of "${fact.host}" for "${fact.model}"`;
      const outcome = put(fact, { ...origin, position });
      count(tally, outcome, () => contradiction(position, what, fact));
    }
  };
}
