/** What could make a host's dollars others: prices nobody saw, prompts and hours nobody counted. */

import { add, type Exact, larger, smaller, subtract, ZERO } from '../../domain/exact.ts';
import type { Period } from '../../domain/period.ts';
import type { HostedPrice, PriceGap } from '../../domain/price.ts';
import type { UsageSeries } from '../../domain/usage.ts';
import type { DayGrid } from '../bill/days.ts';
import { type Asked, askedAt, askedOf } from './asked.ts';
import type { Candidate } from './candidates.ts';
import type { CutSeries } from './cutRows.ts';
import type { PriceDoubt } from './host.ts';
import {
  addTabs,
  atCacheShare,
  EMPTY_TAB,
  subtractTabs,
  type Tab,
  tabOf,
  tabUsd,
  type TokenClasses,
} from './hostedCost.ts';
import { type HostTerms, termsOf, type WeighedHost } from './hosts.ts';
import { meanSize, mostSize, sizeInWhole } from './promptSizes.ts';
import { segmentsOf } from './segments.ts';
import { tabBetween } from './tabs.ts';

/** A gap of which both ends were seen, of the model that a host sells. */
export interface ClosedGap extends Period {
  /** What the host would have asked had its price changed right after the last look. */
  readonly asked: Asked;
}

/**
 * Gaps after which a host asked another price. In a gap a price stands as it was last seen; it may
 * have changed on any day of it.
 */
export function closedGaps(
  { equivalent, history }: Candidate,
  gaps: readonly PriceGap[],
  terms: { readonly window: Period; readonly thresholds: readonly number[] },
): ClosedGap[] {
  return gaps.flatMap(({ sourceId, model, startMs, endMs }) => {
    if (sourceId !== equivalent.sourceId || model !== equivalent.model) return [];
    if (endMs === undefined) return [];
    const after = history.prices.find(({ validFromMs }) => validFromMs === endMs);
    const before = history.prices.some(({ validFromMs }) => validFromMs <= startMs);
    if (!before || after?.offered !== true) return [];
    const prices = changedAt(history.prices, { startMs, endMs });
    const { tokenRatio } = equivalent;
    return [{ startMs, endMs, asked: askedOf(prices, { ...terms, tokenRatio }) }];
  });
}

/** The prices had the one that was found after the gap begun with it. */
function changedAt(prices: readonly HostedPrice[], { startMs, endMs }: Period): HostedPrice[] {
  return prices.flatMap((price) => {
    if (price.validFromMs === endMs) return [{ ...price, validFromMs: startMs }];
    return price.validFromMs >= startMs && price.validFromMs < endMs ? [] : [price];
  });
}

export interface DoubtTerms {
  readonly terms: HostTerms;
  readonly gaps: readonly PriceGap[];
  readonly thresholds: readonly number[];
  readonly series: UsageSeries;
  /** Of it the part that may wait. */
  readonly waiting?: UsageSeries;
  /** Rows of the series that were one interval. */
  readonly groups: CutSeries['groups'];
  readonly grid: DayGrid;
  readonly changesMs: readonly number[];
}

/** Each with what it may come to; one that moves no cent is none. */
export function priceDoubts(host: WeighedHost, from: DoubtTerms): PriceDoubt[] {
  return [...gapDoubts(host, from), ...sizeDoubts(host, from), ...longDoubts(host, from)].filter(
    ({ lessUsd, moreUsd }) => lessUsd.num !== 0n || moreUsd.num !== 0n,
  );
}

function gapDoubts(host: WeighedHost, { terms, gaps, thresholds }: DoubtTerms): PriceDoubt[] {
  const { candidate } = host;
  return closedGaps(candidate, gaps, { window: terms.window, thresholds }).map(
    ({ startMs, endMs, asked }) => {
      const changed = { ...candidate, history: { ...candidate.history, asked } };
      const ends = endsOf(host, [usdOf(changed, terms)], terms);
      return { code: 'gap', startMs, endMs, ...ends };
    },
  );
}

/** From every prompt being short to one request of each interval having had all of its tokens. */
function sizeDoubts(host: WeighedHost, from: DoubtTerms): PriceDoubt[] {
  const bounds = sizeBounds(from);
  if (bounds === undefined) return [];
  const { terms } = from;
  const usds = bounds.map((bound) => usdOf(host.candidate, { ...terms, ...bound }));
  return [{ code: 'prompt-size', ...endsOf(host, usds, terms) }];
}

/** What is bought, by sizes of prompts that are supposed. */
export type SizedTokens = Pick<HostTerms, 'segments' | 'batch'>;

export type SizeTerms = Pick<
  DoubtTerms,
  'series' | 'waiting' | 'grid' | 'changesMs' | 'thresholds'
>;

/** The same tokens with every prompt short, and with all as long as can be. */
export function sizeBounds(
  { series, waiting, grid, changesMs, thresholds }: SizeTerms,
  partOf?: (row: number) => number,
): readonly SizedTokens[] | undefined {
  if (thresholds.length === 0) return undefined;
  const part = partOf === undefined ? {} : { partOf };
  const with_ = { changesMs, thresholds };
  return [() => 0, mostSize(thresholds)].map((sizeOf) => ({
    segments: segmentsOf(series, grid, { ...with_, ...part, sizeOf }),
    ...(waiting === undefined
      ? {}
      : { batch: segmentsOf(waiting, grid, { ...with_, sizeOf: sizeInWhole(series, sizeOf) }) }),
  }));
}

/** From all tokens of a long interval in its cheapest hour to all in its dearest. */
function longDoubts(host: WeighedHost, { terms, series, groups, thresholds }: DoubtTerms) {
  if (groups.length === 0) return [];
  const { candidate } = host;
  const { asked } = candidate.history;
  const sizeOf = meanSize(thresholds);
  const atShare = (tab: Tab) =>
    atCacheShare(tabUsd(tab, termsOf(candidate.equivalent, terms.hosted)), terms.cacheShare);
  let [lessUsd, moreUsd] = [ZERO, ZERO];
  for (const { from, to } of groups) {
    const rows = Array.from({ length: to - from }, (_, at) => from + at);
    const tokens = rows.map((row) => tokensOf(series, row));
    const prices = rows.map((row) =>
      askedAt(asked, series.startMs[row] ?? 0, asked.sizes === 1 ? 0 : sizeOf(series, row)),
    );
    const tabs = (of: readonly TokenClasses[], price: HostedPrice | undefined) =>
      price === undefined ? EMPTY_TAB : of.map((each) => tabOf(price, each)).reduce(addTabs);
    const base = prices.map((price, at) => tabs(tokens.slice(at, at + 1), price)).reduce(addTabs);
    const moved = prices.map((price) => atShare(subtractTabs(tabs(tokens, price), base)));
    lessUsd = add(lessUsd, moved.reduce(smaller, ZERO));
    moreUsd = add(moreUsd, moved.reduce(larger, ZERO));
  }
  return [{ code: 'long-interval' as const, lessUsd, moreUsd }];
}

function tokensOf(series: UsageSeries, row: number): TokenClasses {
  const whole = (count: number | undefined) => BigInt(count || 0);
  return {
    uncached: whole(series.uncachedPromptTokens[row]),
    cached: whole(series.cachedPromptTokens[row]),
    output: whole(series.outputTokens[row]),
    requests: whole(series.requests[row]),
  };
}

function usdOf(candidate: Candidate, terms: HostTerms): Exact {
  const tab = tabBetween(candidate, terms, terms.window);
  return atCacheShare(tabUsd(tab, termsOf(candidate.equivalent, terms.hosted)), terms.cacheShare);
}

function endsOf({ candidate }: WeighedHost, others: readonly Exact[], terms: HostTerms) {
  const base = usdOf(candidate, terms);
  const moved = others.map((usd) => subtract(usd, base));
  return { lessUsd: moved.reduce(smaller, ZERO), moreUsd: moved.reduce(larger, ZERO) };
}
