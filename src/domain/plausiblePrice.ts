/** Checks that prices have plausible units. Others are quarantined until config trusts them. */

import { compare, decimal, type Exact, isZero, multiply, parseExact } from './exact.ts';
import { matchesGlob } from './glob.ts';
import { type NanoUsd, type NanoUsdPerMtok, nanoFromUsd, nanoUsdPerMtok } from './money.ts';
import { type HostedPrice, PER_MTOK, type TokenPrices } from './price.ts';

/** US dollars per million tokens. Outside this range the unit or the decimal point is wrong. */
const LEAST_USD = decimal('0.001');
/** Also the limit per request. */
const MOST_USD = decimal('200');

const LEAST = nanoFromUsd(LEAST_USD);
const MOST = nanoFromUsd(MOST_USD);

export interface ImplausiblePrice {
  readonly field: keyof TokenPrices;
  /** In nano-dollars. */
  readonly value: bigint;
}

/**
 * The first implausible price, with or without conditions: outside $0.001 to $200 per million
 * tokens, or above $200 per request. 0 means free and is plausible.
 */
export function findImplausiblePrice(price: HostedPrice): ImplausiblePrice | undefined {
  for (const of of [price, ...(price.overrides ?? [])]) {
    for (const field of PER_MTOK) {
      const value = of[field] ?? 0n;
      if (value !== 0n && (value < LEAST || value > MOST)) return { field, value };
    }
    const value = of.perRequest ?? 0n;
    if (value > MOST) return { field: 'perRequest', value };
  }
  return undefined;
}

/** Prices that config trusts whatever their size. */
export interface PriceTrust {
  readonly source: string;
  /** A glob; every model by default. */
  readonly model?: string;
  /** A glob; every endpoint by default. */
  readonly host?: string;
}

/** Whether a price is implausible and not trusted: it is stored and shown, but never in force. */
export function isQuarantined(price: HostedPrice, trust: readonly PriceTrust[] = []): boolean {
  if (findImplausiblePrice(price) === undefined) return false;
  return !trust.some(
    ({ source, model = '*', host = '*' }) =>
      source === price.sourceId && matchesGlob(model, price.model) && matchesGlob(host, price.host),
  );
}

/** More is not a price in any unit, and does not fit the ledger. */
const NO_PRICE = decimal('1000000000');

/**
 * A provider's price as nano-dollars per million tokens. `scale` is dollars per million tokens for
 * a written 1. A price is never rounded to free: less than a nano-dollar becomes one. `undefined`
 * if the text is not a price.
 */
export function parsePerMtok(text: string, scale: Exact): NanoUsdPerMtok | undefined {
  const usd = amount(text);
  return usd === undefined ? undefined : toNanoUsdPerMtok(multiply(usd, scale));
}

/** The same for an amount of dollars per million tokens, from 0 on. */
export function toNanoUsdPerMtok(usd: Exact): NanoUsdPerMtok | undefined {
  if (compare(usd, NO_PRICE) > 0) return undefined;
  const nano = nanoFromUsd(usd);
  return nanoUsdPerMtok(nano === 0n && !isZero(usd) ? 1n : nano);
}

/** Scale for dollars per token: `'0.00000057'` is $0.57 per million. */
export const USD_PER_TOKEN = decimal('1000000');
/** Scale for dollars per million tokens. */
export const USD_PER_MTOK = decimal('1');

export function parsePerRequest(text: string): NanoUsd | undefined {
  const usd = amount(text);
  return usd === undefined ? undefined : toNanoUsdPerRequest(usd);
}

/** The same for an amount of dollars, from 0 on. */
export function toNanoUsdPerRequest(usd: Exact): NanoUsd | undefined {
  return compare(usd, NO_PRICE) > 0 ? undefined : nanoFromUsd(usd);
}

/** Long texts are not amounts, and -1 is a router's "it depends". */
function amount(text: string): Exact | undefined {
  const value = text.length > 64 ? undefined : parseExact(text);
  return value === undefined || value.num < 0n ? undefined : value;
}
