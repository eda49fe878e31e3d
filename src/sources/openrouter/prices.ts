/** What one endpoint asks for tokens, always and under conditions. */

import { USD_PER_TOKEN } from '../../domain/plausiblePrice.ts';
import type { PriceOverride, TokenPrices } from '../../domain/price.ts';
import { readPrices } from '../tokenPrices.ts';
import { priceOtherwise, readOverrides } from './overrides.ts';
import type { Endpoint } from './wire.ts';

export interface Prices extends TokenPrices {
  readonly inputPerMtok: NonNullable<TokenPrices['inputPerMtok']>;
  readonly outputPerMtok: NonNullable<TokenPrices['outputPerMtok']>;
}

export interface Asked {
  readonly prices: Prices;
  readonly overrides: readonly PriceOverride[];
  /** Conditions that are not used. */
  readonly unknown: readonly string[];
}

/** The prices of one endpoint, or what is wrong with them. */
export function pricesOf(pricing: Endpoint['pricing'], askedAtMs: number): Asked | string {
  const top = readPrices(
    [
      ['inputPerMtok', 'pricing.prompt', pricing.prompt],
      ['outputPerMtok', 'pricing.completion', pricing.completion],
      ['cachedInputPerMtok', 'pricing.input_cache_read', pricing.input_cache_read],
      ['cacheWritePerMtok', 'pricing.input_cache_write', pricing.input_cache_write],
      ['perRequest', 'pricing.request', pricing.request],
    ],
    USD_PER_TOKEN,
  );
  if (typeof top === 'string') return top;
  const told = readOverrides(pricing.overrides);
  if (typeof told === 'string') return told;
  // The schema requires both.
  const prices = priceOtherwise(top as Prices, told.overrides, askedAtMs);
  return prices === undefined ? WITHIN : { prices, ...told };
}

const WITHIN =
  'pricing: the response is from an hour with a special price and does not state the regular ' +
  'price; a later pull adds it';
