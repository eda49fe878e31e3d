/** Money types: whole nano-dollars in the ledger, exact fractions in computations. */

import {
  type Exact,
  exact,
  multiply,
  parseExact,
  toDecimal,
  toInteger,
  type RoundingMode,
  sumWhole,
} from './exact.ts';

declare const unit: unique symbol;

/** Whole billionths of a US dollar. Branded, so a token count does not compile in its place. */
export type NanoUsd = bigint & { readonly [unit]: 'nano-usd' };

/** Whole billionths of a US dollar per million tokens. */
export type NanoUsdPerMtok = bigint & { readonly [unit]: 'nano-usd-per-mtok' };

declare const per: unique symbol;

/** Prompt plus output tokens. Branded, so output tokens alone do not compile in its place. */
export type AllTokens = number & { readonly [per]: 'prompt and output' };

/**
 * Dollars per million tokens, prompt plus output: the only token price that may be compared with
 * another. A price for output tokens alone does not compile in its place.
 */
export type UsdPerMtok = Exact & { readonly [per]: 'mtok of prompt and output' };

const NANO = 1_000_000_000n;
const MTOK = 1_000_000n;

/** Marks an integer as nano-dollars. */
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

/** Parses a price in dollars per million tokens, to the nearest nano-dollar. */
export function parseUsdPerMtok(text: string): NanoUsdPerMtok | undefined {
  const usd = parseExact(text);
  return usd === undefined ? undefined : nanoUsdPerMtok(nanoFromUsd(usd));
}

/** Parses a price in dollars per token: `'0.00000057'` is $0.57 per Mtok. */
export function parseUsdPerToken(text: string): NanoUsdPerMtok | undefined {
  const usd = parseExact(text);
  if (usd === undefined) return undefined;
  return nanoUsdPerMtok(nanoFromUsd(multiply(usd, exact(1_000_000n))));
}

/**
 * Nano-dollars as exact dollars. A price per million tokens of one class does not compile: as a
 * bare number it could be compared with a price of all tokens.
 */
export function usd<Nano extends bigint>(nano: Nano extends NanoUsdPerMtok ? never : Nano): Exact {
  return exact(nano, NANO);
}

export function sumNano(amounts: Iterable<bigint>): NanoUsd {
  return sumWhole(amounts) as NanoUsd;
}

export function allTokens(promptTokens: number, outputTokens: number): AllTokens {
  return (promptTokens + outputTokens) as AllTokens;
}

export function sumTokens(counts: Iterable<AllTokens>): AllTokens {
  let all = 0;
  for (const count of counts) all += count;
  return all as AllTokens;
}

/** $6.00 for 15,600,000 tokens is $0.384615 per million; `undefined` for 0 tokens. */
export function usdPerMtok({ num, den }: Exact, tokens: AllTokens): UsdPerMtok | undefined {
  return tokens === 0 ? undefined : (exact(num * MTOK, den * BigInt(tokens)) as UsdPerMtok);
}

/** Dollars with six decimals, as all machine output writes money: `'6.000000'`. */
export function usdText(amount: Exact): string {
  return toDecimal(amount, 6);
}
