/** Writes hosted prices: single dated prices, and their rows. */

import type { Database } from 'better-sqlite3';
import type { HostedPrice } from '../../domain/price.ts';
import type { Located } from '../../domain/provenance.ts';
import { overridesText } from '../priceTerms.ts';
import type { Store } from '../store.ts';
import type { Confirmed } from './confirmed.ts';
import { type PriceFact, PRICES } from './factTables.ts';
import { tellPut } from './meeting.ts';
import { type Place, type Put, reachTo, type Tally, type FetchOrigin } from './place.ts';
import { versionedWriter } from './versioned.ts';

export type PricePut = (fact: PriceFact, place: Place) => Put;

/** The row of a price. */
export function priceFact({ overrides, supports, ...price }: HostedPrice): PriceFact {
  return {
    ...price,
    serviceTier: price.serviceTier ?? '',
    overridesJson: overridesText(overrides),
    supportsJson: supports === undefined ? null : JSON.stringify(supports),
  };
}

/** Writes a price under its source, model, host, quantization, service tier and start. */
export function createPricePut(db: Database, confirmed: Confirmed): PricePut {
  const versions = versionedWriter(db, confirmed, PRICES);
  return (fact, place) => versions.put(fact, place).put;
}

/** Writes the prices of a file one by one. A missing host does not mean that its offer ended. */
export function createPriceWriter(store: Store, confirmed: Confirmed) {
  const { shape, put } = versionedWriter(store.db, confirmed, PRICES);
  const { nameOf } = confirmed;
  return (located: readonly Located<HostedPrice>[], origin: FetchOrigin, tally: Tally): void => {
    for (const { position, fact } of located) {
      const what = `the price of "${fact.host}" for "${fact.model}"`;
      const place = { ...origin, position };
      const result = put(priceFact(fact), place);
      tellPut(tally, result, { shape, place, what, fact, nameOf });
      reachTo(tally, result.put, fact.validFromMs);
    }
  };
}
