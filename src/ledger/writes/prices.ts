/** Writes hosted prices: single dated prices, and their rows. */

import type { Database } from 'better-sqlite3';
import type { HostedPrice } from '../../domain/price.ts';
import type { Located } from '../../domain/provenance.ts';
import { toOverridesJson } from '../priceTerms.ts';
import type { Store } from '../store.ts';
import type { RepeatLog } from './confirmed.ts';
import { type PriceFact, PRICES } from './factTables.ts';
import { reportFact } from './meeting.ts';
import {
  type FactOrigin,
  type PutResult,
  extendReach,
  type Tally,
  type FetchOrigin,
} from './place.ts';
import { createVersionedWriter } from './versioned.ts';

export type PutPrice = (fact: PriceFact, place: FactOrigin) => PutResult;

/** The row of a price. */
export function toPriceFact({ overrides, supports, ...price }: HostedPrice): PriceFact {
  return {
    ...price,
    serviceTier: price.serviceTier ?? '',
    overridesJson: toOverridesJson(overrides),
    supportsJson: supports === undefined ? null : JSON.stringify(supports),
  };
}

/** Writes a price under its source, model, host, quantization, service tier and start. */
export function createPricePut(db: Database, confirmed: RepeatLog): PutPrice {
  const versions = createVersionedWriter(db, confirmed, PRICES);
  return (fact, place) => versions.put(fact, place).put;
}

/** Writes the prices of a file one by one. A missing host does not mean that its offer ended. */
export function createPriceWriter(store: Store, confirmed: RepeatLog) {
  const { shape, put } = createVersionedWriter(store.db, confirmed, PRICES);
  const { nameOf } = confirmed;
  return (located: readonly Located<HostedPrice>[], origin: FetchOrigin, tally: Tally): void => {
    for (const { position, fact } of located) {
      const what = `the price of "${fact.host}" for "${fact.model}"`;
      const place = { ...origin, position };
      const result = put(toPriceFact(fact), place);
      reportFact(tally, result, { shape, place, what, fact, nameOf });
      extendReach(tally, result.put, fact.validFromMs);
    }
  };
}
