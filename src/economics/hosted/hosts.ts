/**
 * Knows what every considered host would have asked for the window's tokens, or why it was not
 * eligible.
 */

import type { Exact } from '../../domain/exact.ts';
import type { Period } from '../../domain/period.ts';
import type { HostedPrice } from '../../domain/price.ts';
import { firstWhere } from '../../domain/search.ts';
import type { Equivalent, HostedInput } from '../input.ts';
import { type Candidate, hostFault, priceFault } from './eligibility.ts';
import type { ConsideredHost } from './host.ts';
import { addTabs, atCacheShare, EMPTY_TAB, type Tab, tabOf, tabUsd } from './hostedCost.ts';
import { modelKey, type PriceBook, priceAt } from './priceBook.ts';
import type { Segments } from './segments.ts';

export interface HostTerms {
  readonly hosted: HostedInput;
  readonly segments: Segments;
  readonly window: Period;
  /** The base share of cache hits. */
  readonly cacheShare: Exact;
}

/** A host with what is needed to price parts of the window by it. */
export interface WeighedHost extends ConsideredHost {
  readonly candidate: Candidate;
}

export function candidatesOf(hosted: HostedInput, book: PriceBook): Candidate[] {
  return hosted.equivalents.flatMap((equivalent) =>
    [...(book.get(modelKey(equivalent.sourceId, equivalent.model)) ?? [])].map(
      ([host, history]) => ({ equivalent, host, history }),
    ),
  );
}

export function weighHost(candidate: Candidate, terms: HostTerms): WeighedHost {
  const { equivalent, host, history } = candidate;
  const newest = history.prices.findLast(({ validFromMs }) => validFromMs < terms.window.endMs);
  const named = newest?.hostName === undefined ? {} : { hostName: newest.hostName };
  const identity = {
    candidate,
    sourceId: equivalent.sourceId,
    model: equivalent.model,
    host,
    ...named,
    quantization: newest?.quantization ?? 'unknown',
  };
  const reason = hostFault(candidate, terms.hosted, terms.window) ?? loadFault(candidate, terms);
  if (reason !== undefined) return { ...identity, reason };
  const cost = tabUsd(
    tabBetween(candidate, terms.segments, terms.window),
    termsOf(equivalent, terms.hosted),
  );
  return { ...identity, cost, usd: atCacheShare(cost, terms.cacheShare) };
}

/**
 * The first fault of a price under which tokens would have been bought; without tokens, of the last
 * price.
 */
function loadFault({ equivalent, history }: Candidate, terms: HostTerms): string | undefined {
  const { segments, hosted, window } = terms;
  const checks = { equivalent, hosted };
  let isIdle = true;
  for (const [at, instantMs] of segments.firstLoadMs.entries()) {
    if (Number.isNaN(instantMs)) continue;
    isIdle = false;
    const price = priceAt(history, instantMs);
    const fault = priceFault(price, instantMs, checks);
    if (fault !== undefined) return fault;
    const asksForRequests = (price?.perRequest ?? 0n) > 0n;
    if (asksForRequests && (segments.requestsUnknown[at] ?? 0) > 0) {
      return 'asks for each request, and the number of requests is unknown';
    }
  }
  if (!isIdle) return undefined;
  return priceFault(priceAt(history, window.endMs - 1), window.endMs - 1, checks);
}

/**
 * The tab of the segments inside a span; sums stay plain numbers for as long as one price holds.
 */
export function tabBetween(candidate: Candidate, segments: Segments, span: Period): Tab {
  let tab = EMPTY_TAB;
  let price: HostedPrice | undefined;
  let sums = NO_TOKENS;
  const first = firstWhere(segments.startMs, (startMs) => startMs >= span.startMs);
  const last = firstWhere(segments.startMs, (startMs) => startMs >= span.endMs);
  for (let at = first; at < last; at += 1) {
    if (Number.isNaN(segments.firstLoadMs[at] ?? Number.NaN)) continue;
    const next = priceAt(candidate.history, segments.startMs[at] ?? 0);
    if (next !== price) {
      tab = priced(tab, price, sums);
      [price, sums] = [next, NO_TOKENS];
    }
    sums = plus(sums, segments, at);
  }
  return priced(tab, price, sums);
}

const NO_TOKENS = { uncached: 0, cached: 0, output: 0, requests: 0 };

function plus(sums: typeof NO_TOKENS, segments: Segments, at: number): typeof NO_TOKENS {
  return {
    uncached: sums.uncached + (segments.uncached[at] ?? 0),
    cached: sums.cached + (segments.cached[at] ?? 0),
    output: sums.output + (segments.output[at] ?? 0),
    requests: sums.requests + (segments.requests[at] ?? 0),
  };
}

function priced(tab: Tab, price: HostedPrice | undefined, sums: typeof NO_TOKENS): Tab {
  if (price === undefined) return tab;
  const tokens = {
    uncached: BigInt(sums.uncached),
    cached: BigInt(sums.cached),
    output: BigInt(sums.output),
    requests: BigInt(sums.requests),
  };
  return addTabs(tab, tabOf(price, tokens));
}

export function termsOf(equivalent: Equivalent, hosted: HostedInput) {
  return { tokenRatio: equivalent.tokenRatio, fee: hosted.fee };
}
