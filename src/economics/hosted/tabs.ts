/** Computes the cost (tab) of tokens at an endpoint over a span, and the savings of batches. */

import { type Exact, exact, ZERO } from '../../domain/exact.ts';
import type { Period } from '../../domain/period.ts';
import type { HostedPrice } from '../../domain/price.ts';
import { firstWhere } from '../../domain/search.ts';
import type { HostedInput } from '../input.ts';
import { priceInForce } from './resolvedPrices.ts';
import type { HostCandidate } from './candidates.ts';
import { priceFault } from './eligibility.ts';
import {
  addTabs,
  atCacheShare,
  EMPTY_TAB,
  subtractTabs,
  type Tab,
  tabUsd,
  type TokenClasses,
  toTab,
} from './hostedCost.ts';
import { type Segments, withAllHits } from './segments.ts';

/** Bought tokens, and the part that may wait. */
export interface BoughtSegments {
  readonly segments: Segments;
  /** Split by hour; absent if unknown. */
  readonly batch?: Segments;
  readonly hosted: HostedInput;
  /** The base share of cache hits, by which the cheaper of two prices is chosen. */
  readonly cacheShare: Exact;
}

/**
 * The same if every prompt token with unknown cache hits were a hit, including those that may wait.
 */
export function withAllCacheHits<Terms extends BoughtSegments>(terms: Terms): Terms {
  const { segments, batch } = terms;
  const waiting = batch === undefined ? {} : { batch: withAllHits(batch) };
  return { ...terms, segments: withAllHits(segments), ...waiting };
}

/** The standard price of all tokens, minus the batch discount. */
export function tabForPeriod(candidate: HostCandidate, bought: BoughtSegments, span: Period): Tab {
  const whole = standardTab(candidate, bought.segments, span);
  const saved = batchDiscount(candidate, bought, span);
  return saved === EMPTY_TAB ? whole : subtractTabs(whole, saved);
}

/** The tab of the segments inside a span; sums stay plain numbers while one price is in force. */
export function standardTab({ history }: HostCandidate, segments: Segments, span: Period): Tab {
  let tab = EMPTY_TAB;
  let price: HostedPrice | undefined;
  let sums = NO_TOKENS;
  const to = firstAt(segments, span.endMs);
  for (let at = firstAt(segments, span.startMs); at < to; at += 1) {
    if (Number.isNaN(segments.firstLoadMs[at] ?? Number.NaN)) continue;
    const next = segmentPrice(history.resolved, segments, at);
    if (next !== price) {
      tab = addPriced(tab, price, sums);
      [price, sums] = [next, NO_TOKENS];
    }
    sums = addSegment(sums, segments, at);
  }
  return addPriced(tab, price, sums);
}

/** The batch discount, summed over the hours in which batches are bought. */
export function batchDiscount(candidate: HostCandidate, bought: BoughtSegments, span: Period): Tab {
  const { batch } = bought;
  if (candidate.batch === undefined || batch === undefined) return EMPTY_TAB;
  let tab = EMPTY_TAB;
  const to = firstAt(batch, span.endMs);
  for (let at = firstAt(batch, span.startMs); at < to; at += 1) {
    tab = addTabs(tab, batchSaving(candidate, bought, waitingIn(batch, at)) ?? EMPTY_TAB);
  }
  return tab;
}

/** Indexes of segments whose waiting tokens are bought in batches. */
export function batchHours(candidate: HostCandidate, bought: BoughtSegments): number[] {
  const { batch } = bought;
  if (candidate.batch === undefined || batch === undefined) return [];
  return [...batch.startMs.keys()].filter(
    (at) => batchSaving(candidate, bought, waitingIn(batch, at)) !== undefined,
  );
}

/** Tokens that may wait, and when they are requested. */
export interface BatchTokens {
  readonly startMs: number;
  readonly size: number;
  readonly tokens: TokenClasses;
  readonly isRequestsUnknown: boolean;
}

/**
 * The discount of a batch at the provider's own batch price, if one is in force and it is cheaper:
 * a million at $0.10 and $0.04 saves $0.06. `undefined` if no batch is bought. A batch price is
 * never derived from another one.
 */
export function batchSaving(
  { equivalent, history, batch: asked }: HostCandidate,
  { hosted, cacheShare }: Pick<BoughtSegments, 'hosted' | 'cacheShare'>,
  { startMs, size, tokens, isRequestsUnknown }: BatchTokens,
): Tab | undefined {
  if (asked === undefined) return undefined;
  const [standard, batch] = [
    priceInForce(history.resolved, startMs, size),
    priceInForce(asked, startMs, size),
  ];
  if (standard === undefined || batch === undefined) return undefined;
  if (priceFault(batch, startMs, { equivalent, hosted }) !== undefined) return undefined;
  if ((batch.perRequest ?? 0n) > 0n && isRequestsUnknown) return undefined;
  const saved = subtractTabs(toTab(standard, tokens), toTab(batch, tokens));
  const usd = tabUsd(saved, { tokenRatio: equivalent.tokenRatio, fee: ZERO });
  return atCacheShare(usd, cacheShare).num > 0n ? saved : undefined;
}

function waitingIn(batch: Segments, at: number): BatchTokens {
  return {
    startMs: batch.startMs[at] ?? 0,
    size: batch.size[at] ?? 0,
    tokens: wholeTokens(addSegment(NO_TOKENS, batch, at)),
    isRequestsUnknown: (batch.requestsUnknown[at] ?? 0) > 0,
  };
}

export function segmentPrice(
  asked: HostCandidate['history']['resolved'],
  segments: Segments,
  at: number,
) {
  return priceInForce(asked, segments.startMs[at] ?? 0, segments.size[at] ?? 0);
}

function firstAt(segments: Segments, instantMs: number): number {
  return firstWhere(segments.startMs, (startMs) => startMs >= instantMs);
}

const NO_TOKENS = { uncached: 0, cached: 0, output: 0, requests: 0 };

function addSegment(sums: typeof NO_TOKENS, segments: Segments, at: number): typeof NO_TOKENS {
  return {
    uncached: sums.uncached + (segments.uncached[at] ?? 0),
    cached: sums.cached + (segments.cached[at] ?? 0),
    output: sums.output + (segments.output[at] ?? 0),
    requests: sums.requests + (segments.requests[at] ?? 0),
  };
}

function addPriced(tab: Tab, price: HostedPrice | undefined, sums: typeof NO_TOKENS): Tab {
  return price === undefined ? tab : addTabs(tab, toTab(price, wholeTokens(sums)));
}

function wholeTokens(sums: typeof NO_TOKENS): TokenClasses {
  return {
    uncached: BigInt(sums.uncached),
    cached: BigInt(sums.cached),
    output: BigInt(sums.output),
    requests: BigInt(sums.requests),
  };
}

export interface SecondHandShare {
  /** Share of the period's tokens. */
  readonly tokenShare: Exact;
  /** The last time of tokens priced that way. */
  readonly untilMs: number;
}

/** The second-hand share; `undefined` if the provider's own prices cover every token. */
export function computeSecondHandShare(
  { history }: HostCandidate,
  segments: Segments,
): SecondHandShare | undefined {
  let [all, indirect, untilMs] = [0, 0, 0];
  for (const [at, loadMs] of segments.firstLoadMs.entries()) {
    if (Number.isNaN(loadMs)) continue;
    const { uncached, cached, output } = segments;
    const tokens = (uncached[at] ?? 0) + (cached[at] ?? 0) + (output[at] ?? 0);
    all += tokens;
    if (segmentPrice(history.resolved, segments, at)?.secondHand !== true) continue;
    indirect += tokens;
    untilMs = Math.max(untilMs, segments.startMs[at] ?? 0);
  }
  return indirect === 0 ? undefined : { tokenShare: exact(BigInt(indirect), BigInt(all)), untilMs };
}
