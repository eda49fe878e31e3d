/** Reads the token prices of one endpoint, with and without conditions. */

import { USD_PER_TOKEN } from '../../domain/plausiblePrice.ts';
import type { PriceOverride, TokenPrices } from '../../domain/price.ts';
import { parseTokenPrices } from '../tokenPrices.ts';
import { findRegularPrices, readOverrides } from './overrides.ts';
import type { OpenrouterEndpoint } from './wire.ts';

export interface EndpointPrices extends TokenPrices {
  readonly inputPerMtok: NonNullable<TokenPrices['inputPerMtok']>;
  readonly outputPerMtok: NonNullable<TokenPrices['outputPerMtok']>;
}

export interface EndpointPricing {
  readonly prices: EndpointPrices;
  readonly overrides: readonly PriceOverride[];
  /** Descriptions of conditions that are not used. */
  readonly unknown: readonly string[];
}

/** Reads the prices of one endpoint. A string is the fault. */
export function readEndpointPrices(
  pricing: OpenrouterEndpoint['pricing'],
  askedAtMs: number,
): EndpointPricing | string {
  const top = parseTokenPrices(
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
  const overrides = readOverrides(pricing.overrides);
  if (typeof overrides === 'string') return overrides;
  // The schema requires both prices.
  const prices = findRegularPrices(top as EndpointPrices, overrides.overrides, askedAtMs);
  return prices === undefined ? NO_REGULAR_PRICE : { prices, ...overrides };
}

const NO_REGULAR_PRICE =
  'pricing: the response is from an hour with a special price and does not state the regular ' +
  'price; a later pull adds it';
