/** Computes an endpoint's weekly price for a constant token mix, in doubles: for trends. */

import { toNumber } from '../../domain/exact.ts';
import { DAY_MS, dayStartMs, durationMs, overlapMs, type Period } from '../../domain/period.ts';
import type { HostedPrice } from '../../domain/price.ts';
import { priceFault } from './eligibility.ts';
import { atCacheShare, type TokenClasses, toTab, tabUsd } from './hostedCost.ts';
import { type HostTerms, hostPriceTerms, type WeighedHost } from './weighHost.ts';
import type { Segments } from './segments.ts';

export const WEEK_MS = 7 * DAY_MS;

/** The whole weeks that end at the period's last midnight UTC, oldest first: 13 in a quarter. */
export function wholeWeeks({ startMs, endMs }: Period): Period[] {
  const lastMs = dayStartMs(endMs);
  const count = Math.max(0, Math.floor((lastMs - startMs) / WEEK_MS));
  return Array.from({ length: count }, (_, week) => {
    const weekMs = lastMs - (count - week) * WEEK_MS;
    return { startMs: weekMs, endMs: weekMs + WEEK_MS };
  });
}

/** Share of a week with known price that is required for the week to count. */
export const KNOWN_SHARE = 0.9;

/**
 * Dollars per million tokens of the period's mix at each week's prices, so a changed mix is not a
 * price trend. A week counts if its price is known for most of it. Prompts count as short. Empty
 * without tokens.
 *
 * At $0.10 in and $0.30 out, five million in and one out are $0.1333, in each week.
 */
export function usdPerMtokByWeek(host: WeighedHost, terms: HostTerms): (number | undefined)[] {
  const mix = sumTokens(terms.segments);
  if (mix.uncached + mix.cached + mix.output === 0n) return [];
  const { resolved } = host.candidate.history;
  const usdByPrice = resolved.distinct.map((price) => usdPerMtok(price, mix, { host, terms }));
  const epochs = Array.from(resolved.startsMs, (startMs, at) => ({
    period: { startMs, endMs: resolved.startsMs[at + 1] ?? Number.MAX_SAFE_INTEGER },
    usd: usdByPrice[resolved.places[at * resolved.sizes] ?? -1],
  }));
  return wholeWeeks(terms.window).map((week) => weeklyMean(week, epochs));
}

function sumTokens(segments: Segments): TokenClasses {
  const whole = (column: Float64Array) => BigInt(column.reduce((sum, count) => sum + count, 0));
  return {
    uncached: whole(segments.uncached),
    cached: whole(segments.cached),
    output: whole(segments.output),
    requests: whole(segments.requests),
  };
}

interface Epoch {
  readonly period: Period;
  readonly usd?: number | undefined;
}

/** Weighted by the time for which each price is in force. */
function weeklyMean(week: Period, epochs: readonly Epoch[]): number | undefined {
  let [usdMs, knownMs] = [0, 0];
  for (const { period, usd } of epochs) {
    if (usd === undefined) continue;
    const heldMs = overlapMs(period, week);
    usdMs += usd * heldMs;
    knownMs += heldMs;
  }
  return knownMs < KNOWN_SHARE * durationMs(week) ? undefined : usdMs / knownMs;
}

function usdPerMtok(
  price: HostedPrice,
  mix: TokenClasses,
  { host, terms }: { readonly host: WeighedHost; readonly terms: HostTerms },
): number | undefined {
  const { equivalent } = host.candidate;
  const checks = { equivalent, hosted: terms.hosted };
  if (priceFault(price, price.validFromMs, checks) !== undefined) return undefined;
  const cost = tabUsd(toTab(price, mix), hostPriceTerms(equivalent, terms.hosted));
  const tokens = Number(mix.uncached + mix.cached + mix.output);
  return (toNumber(atCacheShare(cost, terms.cacheShare)) / tokens) * 1e6;
}
