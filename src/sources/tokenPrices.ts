/** How prices that a provider writes per token or per million become prices, and which are none. */

import type { Exact } from '../domain/exact.ts';
import { toPerMtok, toPerRequest } from '../domain/plausiblePrice.ts';
import type { TokenPrices } from '../domain/price.ts';
import { shortText } from '../platform/json.ts';

/** Which price it is, the field of the answer, and its text. */
export type PriceText = readonly [
  price: keyof TokenPrices,
  field: string,
  text: string | null | undefined,
];

/**
 * The prices that an answer tells, or what is wrong with the first that is none. With a scale of a
 * million, `'0.00000057'` for a token is $0.57 for a million. 0 is free, an absent price is not
 * told, and -1 is a router's "it depends", which is no price at all.
 */
export function readPrices(texts: readonly PriceText[], scale: Exact): TokenPrices | string {
  const prices: { -readonly [Price in keyof TokenPrices]: TokenPrices[Price] } = {};
  for (const [price, field, text] of texts) {
    if (text === null || text === undefined) continue;
    if (price === 'perRequest') {
      const read = toPerRequest(text);
      if (read === undefined) return fault(field, text);
      prices.perRequest = read;
      continue;
    }
    const read = toPerMtok(text, scale);
    if (read === undefined) return fault(field, text);
    prices[price] = read;
  }
  return prices;
}

function fault(field: string, text: string): string {
  const told = `${field}: "${shortText(text, 40)}"`;
  const isNegative = /^-\d/.test(text.trim());
  if (isNegative) return `${told}, which means "it depends" and is not a price`;
  return `${told}, which is not a decimal price`;
}
