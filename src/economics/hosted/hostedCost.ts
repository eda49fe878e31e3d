/** Computes the hosted cost of tokens, in integers until the last step. */

import { add, type Exact, exact, multiply, ONE, subtract, ZERO } from '../../domain/exact.ts';
import type { HostedPrice } from '../../domain/price.ts';
import type { CacheLinear, CostLines } from './consideredHost.ts';

/** The cost if nothing is bought. */
export const NOTHING_HOSTED: CacheLinear = { atZeroUsd: ZERO, atOneUsd: ZERO };

/** Tokens by class, or any multiple of them. */
export interface TokenClasses {
  readonly uncached: bigint;
  readonly cached: bigint;
  readonly output: bigint;
  readonly requests: bigint;
}

/** Nano-USD x tokens / Mtok, with no cache hits and with all of ours, and nano-USD for requests. */
export interface Tab {
  readonly atZero: bigint;
  readonly atOne: bigint;
  readonly requests: bigint;
}

export const EMPTY_TAB: Tab = { atZero: 0n, atOne: 0n, requests: 0n };

/**
 * The cost of tokens at one price. Without a cached price, hits cost the full price. If cache
 * writes are sold, tokens to be hit later cost a write: with all of our hits, all tokens that
 * missed. Reasoning tokens are part of the output and cost once.
 */
export function toTab(price: HostedPrice, tokens: TokenClasses): Tab {
  const input = price.inputPerMtok ?? 0n;
  const output = tokens.output * (price.outputPerMtok ?? 0n);
  const cached = price.cachedInputPerMtok ?? input;
  return {
    atZero: (tokens.uncached + tokens.cached) * input + output,
    atOne: tokens.uncached * (cacheWritePrice(price) ?? input) + tokens.cached * cached + output,
    requests: tokens.requests * (price.perRequest ?? 0n),
  };
}

/** Price of a cache write; `undefined` if writes cost the same as other input. */
export function cacheWritePrice(price: HostedPrice): bigint | undefined {
  return price.cachedInputPerMtok === undefined ? undefined : price.cacheWritePerMtok;
}

export function subtractTabs(a: Tab, b: Tab): Tab {
  return {
    atZero: a.atZero - b.atZero,
    atOne: a.atOne - b.atOne,
    requests: a.requests - b.requests,
  };
}

export function addTabs(a: Tab, b: Tab): Tab {
  return {
    atZero: a.atZero + b.atZero,
    atOne: a.atOne + b.atOne,
    requests: a.requests + b.requests,
  };
}

export interface HostPriceTerms {
  /** Hosted tokens per token of ours. */
  readonly tokenRatio: Exact;
  readonly fee: Exact;
}

const NANO_USD = 1_000_000_000n;
const MTOK = 1_000_000n;

/**
 * Converts a tab to dollars, with token ratio and fee. `scale` is the multiple by which tokens were
 * counted.
 */
export function tabUsd(tab: Tab, { tokenRatio, fee }: HostPriceTerms, scale = 1n): CacheLinear {
  const withFee = add(ONE, fee);
  // Reduced once: a quarter has a tab for each day, endpoint and deployment.
  const requests = tab.requests * MTOK * tokenRatio.den;
  const den = NANO_USD * MTOK * scale * tokenRatio.den * withFee.den;
  const dollars = (tokens: bigint) =>
    exact((tokens * tokenRatio.num + requests) * withFee.num, den);
  return { atZeroUsd: dollars(tab.atZero), atOneUsd: dollars(tab.atOne) };
}

/**
 * The cost if `share` of our cache hits also hit at the hosted API: linear between none and all.
 * 13,000,000 prompt tokens, 2,600,000 of them cached, and 2,600,000 output tokens at $0.10, $0.05
 * and $0.30 with a fee of 5.5% cost $2.194400 at 0, $2.125825 at 0.5 and $2.057250 at 1.
 */
export function atCacheShare({ atZeroUsd, atOneUsd }: CacheLinear, share: Exact): Exact {
  return add(atZeroUsd, multiply(subtract(atOneUsd, atZeroUsd), share));
}

/**
 * Parts of a cost, which sum to it. $2.00 of tokens and $0.06 of batch discount at a fee of 5.5%
 * are $2.0467: 2.00 - 0.06 + 0.1067.
 */
export function costLines(
  { standard, discount }: { readonly standard: Tab; readonly discount: Tab },
  { tokenRatio, fee }: HostPriceTerms,
  share: Exact,
): CostLines {
  const usdOf = (tab: Tab) => atCacheShare(tabUsd(tab, { tokenRatio, fee: ZERO }), share);
  const tokensUsd = usdOf({ ...standard, requests: 0n });
  const requestsUsd = usdOf({ atZero: 0n, atOne: 0n, requests: standard.requests });
  const batchDiscountUsd = usdOf(discount);
  const asked = subtract(add(tokensUsd, requestsUsd), batchDiscountUsd);
  return { tokensUsd, requestsUsd, batchDiscountUsd, feeUsd: multiply(asked, fee) };
}
