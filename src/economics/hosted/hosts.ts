/**
 * Computes what each considered endpoint would have cost for the period's tokens, or why it is not
 * eligible.
 */

import { compare } from '../../domain/exact.ts';
import type { Period } from '../../domain/period.ts';
import type { HostedPrice } from '../../domain/price.ts';
import type { Equivalent, HostedInput } from '../input.ts';
import type { HostLack } from '../lack.ts';
import { type ResolvedPrices, priceInForce } from './asked.ts';
import type { HostCandidate } from './candidates.ts';
import { hostFault, priceFault } from './eligibility.ts';
import type { ConsideredHost } from './host.ts';
import { atCacheShare, tabUsd, cacheWritePrice } from './hostedCost.ts';
import { limitFault, type PeakMinute } from './rateLimit.ts';
import { type BoughtSegments, segmentPrice, tabForPeriod } from './tabs.ts';

export interface HostTerms extends BoughtSegments {
  readonly window: Period;
  /** Absent if no limit is stated. */
  readonly peak?: PeakMinute;
}

/** An endpoint with what is needed to price parts of the period. */
export interface WeighedHost extends ConsideredHost {
  readonly candidate: HostCandidate;
}

export function weighHost(found: HostCandidate, terms: HostTerms): WeighedHost {
  const { equivalent, host, history } = found;
  const newest = history.prices.findLast(({ validFromMs }) => validFromMs < terms.window.endMs);
  const named = newest?.hostName === undefined ? {} : { hostName: newest.hostName };
  const identity = {
    sourceId: equivalent.sourceId,
    model: equivalent.model,
    host,
    ...named,
    quantization: newest?.quantization ?? 'unknown',
  };
  const reason =
    hostFault(found, terms.hosted, terms.window) ??
    loadFault(found, terms) ??
    limitFault(equivalent, terms.peak);
  if (reason !== undefined) return { ...identity, candidate: found, reason };
  const candidate = asUsed(found, terms);
  const cost = costOf(candidate, terms);
  return { ...identity, candidate, cost, usd: atCacheShare(cost, terms.cacheShare) };
}

function costOf(candidate: HostCandidate, terms: HostTerms) {
  const tab = tabForPeriod(candidate, terms, terms.window);
  return tabUsd(tab, hostPriceTerms(candidate.equivalent, terms.hosted));
}

/**
 * The first fault of a price under which tokens would have been bought; without tokens, of the last
 * price.
 */
function loadFault({ equivalent, history }: HostCandidate, terms: HostTerms): HostLack | undefined {
  const { segments, hosted, window } = terms;
  const checks = { equivalent, hosted };
  if (history.prices.length === 0 && history.batch.length > 0) {
    return { code: 'batches-only' };
  }
  let isIdle = true;
  for (const [at, instantMs] of segments.firstLoadMs.entries()) {
    if (Number.isNaN(instantMs)) continue;
    isIdle = false;
    const price = segmentPrice(history.resolved, segments, at);
    const fault = priceFault(price, instantMs, checks);
    if (fault !== undefined) return fault;
    const asksForRequests = (price?.perRequest ?? 0n) > 0n;
    if (asksForRequests && (segments.requestsUnknown[at] ?? 0) > 0) {
      return { code: 'requests-unknown' };
    }
  }
  if (!isIdle) return undefined;
  return priceFault(priceInForce(history.resolved, window.endMs - 1), window.endMs - 1, checks);
}

/** A buyer does not use a cache whose writes cost more than its hits save. */
function asUsed(found: HostCandidate, terms: HostTerms): HostCandidate {
  const isWritten = found.history.resolved.distinct.some(
    (price) => cacheWritePrice(price) !== undefined,
  );
  return isWritten && isCacheMoreExpensive(found, terms) ? withoutCache(found) : found;
}

function isCacheMoreExpensive(candidate: HostCandidate, terms: HostTerms): boolean {
  const { atZeroUsd, atOneUsd } = costOf(candidate, terms);
  return compare(atOneUsd, atZeroUsd) > 0;
}

function withoutCache({ batch, ...candidate }: HostCandidate): HostCandidate {
  const { history } = candidate;
  const asked = uncachedAsked(history.resolved);
  const waiting = batch === undefined ? {} : { batch: uncachedAsked(batch) };
  return { ...candidate, history: { ...history, resolved: asked }, ...waiting };
}

function uncachedAsked(asked: ResolvedPrices): ResolvedPrices {
  return { ...asked, distinct: asked.distinct.map(withoutCachePrices) };
}

/** A price with all prompts at the full price. */
function withoutCachePrices(price: HostedPrice): HostedPrice {
  const { cachedInputPerMtok: _, cacheWritePerMtok: __, ...plain } = price;
  return plain;
}

export function hostPriceTerms(equivalent: Equivalent, hosted: HostedInput) {
  return { tokenRatio: equivalent.tokenRatio, fee: hosted.fee };
}
