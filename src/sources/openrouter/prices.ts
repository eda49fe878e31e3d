/** Knows how OpenRouter's price texts become prices, and which texts are none. */

import { compare, decimal, type Exact, isZero, multiply, parseExact } from '../../domain/exact.ts';
import {
  type NanoUsd,
  type NanoUsdPerMtok,
  nanoFromUsd,
  nanoUsdPerMtok,
} from '../../domain/money.ts';
import { shortText } from '../../platform/json.ts';
import type { Endpoint } from './wire.ts';

export interface Prices {
  readonly inputPerMtok: NanoUsdPerMtok;
  readonly outputPerMtok: NanoUsdPerMtok;
  readonly cachedInputPerMtok?: NanoUsdPerMtok;
  readonly perRequest?: NanoUsd;
}

const MTOK = decimal('1000000');
const LOWEST_USD_PER_MTOK = decimal('0.001');
const HIGHEST_USD_PER_MTOK = decimal('200');
const HIGHEST_USD_PER_REQUEST = decimal('200');

/**
 * The prices of one endpoint, or what is wrong with them. `'0.00000057'` for a token is $0.57 for a
 * million. 0 is free, an absent price is not told, and -1 is a router's "it depends", which is no
 * price at all. A price for a million tokens above $200 or between 0 and $0.001, or one for a
 * request above $200, means that the unit has changed.
 */
export function pricesOf(pricing: Endpoint['pricing']): Prices | string {
  const input = perMtok('prompt', pricing.prompt);
  const output = perMtok('completion', pricing.completion);
  const cached = told(pricing.input_cache_read, (text) => perMtok('input_cache_read', text));
  const request = told(pricing.request, (text) => perRequest('request', text));
  if (typeof input === 'string') return input;
  if (typeof output === 'string') return output;
  if (typeof cached === 'string') return cached;
  if (typeof request === 'string') return request;
  return {
    inputPerMtok: input,
    outputPerMtok: output,
    ...(cached === undefined ? {} : { cachedInputPerMtok: cached }),
    ...(request === undefined ? {} : { perRequest: nanoFromUsd(request) }),
  };
}

function told<T>(text: string | null | undefined, read: (text: string) => T): T | undefined {
  return text === null || text === undefined ? undefined : read(text);
}

function perMtok(field: string, text: string): NanoUsdPerMtok | string {
  const usdPerToken = amount(field, text);
  if (typeof usdPerToken === 'string') return usdPerToken;
  const usd = multiply(usdPerToken, MTOK);
  const isUsual =
    isZero(usd) ||
    (compare(usd, LOWEST_USD_PER_MTOK) >= 0 && compare(usd, HIGHEST_USD_PER_MTOK) <= 0);
  if (isUsual) return nanoUsdPerMtok(nanoFromUsd(usd));
  return (
    `${fault(field, text)}, which is not between $0.001 and $200 for a million tokens: ` +
    'has its unit changed?'
  );
}

function perRequest(field: string, text: string): Exact | string {
  const usd = amount(field, text);
  if (typeof usd === 'string' || compare(usd, HIGHEST_USD_PER_REQUEST) <= 0) return usd;
  return `${fault(field, text)}, which is more than $200 for a request: has its unit changed?`;
}

function amount(field: string, text: string): Exact | string {
  const value = text.length > 64 ? undefined : parseExact(text);
  if (value === undefined) return `${fault(field, text)}, which is not a decimal price`;
  if (value.num < 0n) {
    return `${fault(field, text)}, which stands for "it depends" and is not a price`;
  }
  return value;
}

function fault(field: string, text: string): string {
  return `pricing.${field}: "${shortText(text, 40)}"`;
}
