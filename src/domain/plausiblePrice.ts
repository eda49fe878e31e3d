/** Which prices are in their unit: one that is not is quarantined until the config trusts it. */

import { compare, decimal, type Exact, isZero, multiply, parseExact } from './exact.ts';
import { matchesGlob } from './glob.ts';
import { type NanoUsd, type NanoUsdPerMtok, nanoFromUsd, nanoUsdPerMtok } from './money.ts';
import { type HostedPrice, PER_MTOK, type TokenPrices } from './price.ts';

/** US dollars for a million tokens; beyond them the unit is another one, or a point has slipped. */
const LEAST_USD = decimal('0.001');
/** For a request too. */
const MOST_USD = decimal('200');

const LEAST = nanoFromUsd(LEAST_USD);
const MOST = nanoFromUsd(MOST_USD);

export interface PriceDoubt {
  readonly field: keyof TokenPrices;
  /** In nano-dollars. */
  readonly value: bigint;
}

/**
 * The first price that is not between $0.001 and $200 for a million tokens, or is above $200 for a
 * request, of those that hold always or under a condition; 0 is free and no doubt.
 */
export function priceDoubt(price: HostedPrice): PriceDoubt | undefined {
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

/** Prices that hold as they are told, whatever their size. */
export interface PriceTrust {
  readonly source: string;
  /** A glob; unless told, every model. */
  readonly model?: string;
  /** A glob; unless told, every host. */
  readonly host?: string;
}

/** A price in doubt that nobody has vouched for: it is kept and shown, and never in force. */
export function isQuarantined(price: HostedPrice, trust: readonly PriceTrust[] = []): boolean {
  if (priceDoubt(price) === undefined) return false;
  return !trust.some(
    ({ source, model = '*', host = '*' }) =>
      source === price.sourceId && matchesGlob(model, price.model) && matchesGlob(host, price.host),
  );
}

/** More is no price in any unit, and does not fit a ledger. */
const NO_PRICE = decimal('1000000000');

/**
 * A price as a provider writes it, in nano-dollars for a million tokens; `scale` says how many
 * dollars a million tokens are at a written 1. A price is never rounded to free: what is less than
 * a nano-dollar is one. `undefined` for anything that is no price.
 */
export function toPerMtok(text: string, scale: Exact): NanoUsdPerMtok | undefined {
  const usd = amount(text);
  return usd === undefined ? undefined : perMtokOf(multiply(usd, scale));
}

/** The same of dollars for a million tokens that are no text any more, from 0 on. */
export function perMtokOf(usd: Exact): NanoUsdPerMtok | undefined {
  if (compare(usd, NO_PRICE) > 0) return undefined;
  const nano = nanoFromUsd(usd);
  return nanoUsdPerMtok(nano === 0n && !isZero(usd) ? 1n : nano);
}

/** Dollars for one token: `'0.00000057'` is $0.57 for a million. */
export const USD_PER_TOKEN = decimal('1000000');
/** Dollars for a million tokens. */
export const USD_PER_MTOK = decimal('1');

export function toPerRequest(text: string): NanoUsd | undefined {
  const usd = amount(text);
  return usd === undefined ? undefined : perRequestOf(usd);
}

/** The same of dollars that are no text any more, from 0 on. */
export function perRequestOf(usd: Exact): NanoUsd | undefined {
  return compare(usd, NO_PRICE) > 0 ? undefined : nanoFromUsd(usd);
}

/** Long texts are no amounts, and -1 is a router's "it depends". */
function amount(text: string): Exact | undefined {
  const value = text.length > 64 ? undefined : parseExact(text);
  return value === undefined || value.num < 0n ? undefined : value;
}
