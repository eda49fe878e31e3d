/**
 * Parses prices that providers write per token or per million tokens, and warns of unusual ones.
 */

import type { Exact } from '../domain/exact.ts';
import {
  findImplausiblePrice,
  type HostedPrice,
  parsePerMtok,
  parsePerRequest,
  type TokenPrices,
} from '../domain/price.ts';
import { shortText } from '../platform/json.ts';
import { usdDigits } from '../domain/figures.ts';
import { usd } from '../domain/money.ts';
import type { PullWarning } from '../domain/pullWarning.ts';

/** The kind of price, the field of the answer, and its text. */
export type PriceText = readonly [
  price: keyof TokenPrices,
  field: string,
  text: string | null | undefined,
];

/**
 * Parses the prices of an answer, or returns the fault of the first invalid price. With a scale of
 * a million, `'0.00000057'` per token is $0.57 per million tokens. 0 means free, and an absent
 * price is left out. OpenRouter's routers write -1 for "it depends", which is not a price.
 */
export function parseTokenPrices(texts: readonly PriceText[], scale: Exact): TokenPrices | string {
  const prices: { -readonly [Price in keyof TokenPrices]: TokenPrices[Price] } = {};
  for (const [price, field, text] of texts) {
    if (text === null || text === undefined) continue;
    if (price === 'perRequest') {
      const read = parsePerRequest(text);
      if (read === undefined) return fault(field, text);
      prices.perRequest = read;
      continue;
    }
    const read = parsePerMtok(text, scale);
    if (read === undefined) return fault(field, text);
    prices[price] = read;
  }
  return prices;
}

function fault(field: string, text: string): string {
  const found = `${field}: "${shortText(text, 40)}"`;
  const isNegative = /^-\d/.test(text.trim());
  if (isNegative) return `${found}, which means "it depends" and is not a price`;
  return `${found}, which is not a decimal price`;
}

/** One warning if the price is implausible, otherwise none. */
export function doubtText(price: HostedPrice): PullWarning[] {
  const doubt = findImplausiblePrice(price);
  if (doubt === undefined) return [];
  return [
    {
      code: 'price-in-doubt',
      price: doubt.field,
      host: shortText(price.host, 80),
      model: shortText(price.model, 80),
      usd: usdDigits(usd(doubt.value)),
    },
  ];
}
