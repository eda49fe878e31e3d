/** Knows money: US dollars as whole nano-dollars in the ledger, exact fractions in between. */

import { type Exact, exact, multiply, parseExact, toDecimal, toInteger } from './exact.ts';
import type { RoundingMode } from './rounding.ts';
import { sumWhole } from './whole.ts';

declare const unit: unique symbol;

/** Whole billionths of a US dollar. A brand: a count of tokens does not compile in its place. */
export type NanoUsd = bigint & { readonly [unit]: 'nano-usd' };

/** Whole billionths of a US dollar for a million tokens. */
export type NanoUsdPerMtok = bigint & { readonly [unit]: 'nano-usd-per-mtok' };

const NANO = 1_000_000_000n;

/** Marks a whole number of nano-dollars that has been read or computed as such. */
export function nanoUsd(value: bigint): NanoUsd {
  return value as NanoUsd;
}

export function nanoUsdPerMtok(value: bigint): NanoUsdPerMtok {
  return value as NanoUsdPerMtok;
}

/** Dollars to the nearest nano-dollar, half to even. */
export function nanoFromUsd(usd: Exact, mode: RoundingMode = 'half-even'): NanoUsd {
  return toInteger(multiply(usd, exact(NANO)), mode) as NanoUsd;
}

/** `'1.50'` becomes 1,500,000,000; anything that is not a decimal number is `undefined`. */
export function parseUsd(text: string): NanoUsd | undefined {
  const usd = parseExact(text);
  return usd === undefined ? undefined : nanoFromUsd(usd);
}

/** A price written in dollars for a million tokens, to the nearest nano-dollar. */
export function parseUsdPerMtok(text: string): NanoUsdPerMtok | undefined {
  const usd = parseExact(text);
  return usd === undefined ? undefined : nanoUsdPerMtok(nanoFromUsd(usd));
}

/** A price written in dollars for one token: `'0.00000057'` is $0.57 per Mtok. */
export function parseUsdPerToken(text: string): NanoUsdPerMtok | undefined {
  const usd = parseExact(text);
  if (usd === undefined) return undefined;
  return nanoUsdPerMtok(nanoFromUsd(multiply(usd, exact(1_000_000n))));
}

/** Nano-dollars as exact dollars. */
export function usd(nano: bigint): Exact {
  return exact(nano, NANO);
}

export function sumNano(amounts: Iterable<bigint>): NanoUsd {
  return sumWhole(amounts) as NanoUsd;
}

/** Dollars with six places, as every interface of ours writes money: `'6.000000'`. */
export function usdText(amount: Exact): string {
  return toDecimal(amount, 6);
}
