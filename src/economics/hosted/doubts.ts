/** What could make a host's dollars others: prices nobody saw, prompts and hours nobody counted. */

import { add, type Exact, larger, smaller, subtract, ZERO } from '../../domain/exact.ts';
import type { Period } from '../../domain/period.ts';
import type { HostedPrice, PriceGap } from '../../domain/price.ts';
import { firstWhere } from '../../domain/search.ts';
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
import { hourlySegments, segmentsOf } from './segments.ts';
import { batchSaving, tabBetween } from './tabs.ts';

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
      : {
          batch: hourlySegments(waiting, grid, { ...with_, sizeOf: sizeInWhole(series, sizeOf) }),
        }),
  }));
}

/**
 * From all tokens of a long interval in its cheapest hour to all in its most expensive one. Those
 * that may wait move by the price that they are bought at: a batch price of the whole day by none.
 */
function longDoubts(host: WeighedHost, from: DoubtTerms): PriceDoubt[] {
  if (from.groups.length === 0) return [];
  const { terms, series, waiting } = from;
  const { candidate } = host;
  const atShare = (tab: Tab) =>
    atCacheShare(tabUsd(tab, termsOf(candidate.equivalent, terms.hosted)), terms.cacheShare);
  const askedFor = pricing(candidate, from);
  let [lessUsd, moreUsd] = [ZERO, ZERO];
  for (const { from: first, to } of from.groups) {
    const rows = Array.from({ length: to - first }, (_, at) => first + at);
    const mayWait = rows.map((row) => tokensOf(waiting, rowAt(waiting, series.startMs[row])));
    const mayNot = rows.map((row, at) => without(tokensOf(series, row), mayWait[at]));
    for (const [tokens, tab] of [
      [mayNot, askedFor.standard],
      [mayWait, askedFor.waiting],
    ] as const) {
      const base = rows.map((row, at) => tab(row, tokens[at] ?? NO_TOKENS)).reduce(addTabs);
      const all = tokens.reduce(plus, NO_TOKENS);
      const moved = rows.map((row) => atShare(subtractTabs(tab(row, all), base)));
      lessUsd = add(lessUsd, moved.reduce(smaller, ZERO));
      moreUsd = add(moreUsd, moved.reduce(larger, ZERO));
    }
  }
  return [{ code: 'long-interval', lessUsd, moreUsd }];
}

/** What tokens cost in the place of a row, those that may wait at the cheaper price. */
function pricing(candidate: Candidate, { terms, series, thresholds }: DoubtTerms) {
  const { asked } = candidate.history;
  const meanOf = meanSize(thresholds);
  const sizeOf = (row: number) => (thresholds.length === 0 ? 0 : meanOf(series, row));
  const standard = (row: number, tokens: TokenClasses): Tab => {
    const price = askedAt(asked, series.startMs[row] ?? 0, sizeOf(row));
    return price === undefined ? EMPTY_TAB : tabOf(price, tokens);
  };
  return {
    standard,
    waiting: (row: number, tokens: TokenClasses): Tab => {
      const saving = batchSaving(candidate, terms, {
        startMs: series.startMs[row] ?? 0,
        size: sizeOf(row),
        tokens,
        isRequestsUnknown: Number.isNaN(series.requests[row] ?? Number.NaN),
      });
      return subtractTabs(standard(row, tokens), saving ?? EMPTY_TAB);
    },
  };
}

/** The row of what may wait that is a part of the one that starts then; -1 where none is. */
function rowAt(waiting: UsageSeries | undefined, startMs: number | undefined): number {
  if (waiting === undefined || startMs === undefined) return -1;
  const row = firstWhere(waiting.startMs, (at) => at >= startMs);
  return waiting.startMs[row] === startMs ? row : -1;
}

const NO_TOKENS: TokenClasses = { uncached: 0n, cached: 0n, output: 0n, requests: 0n };

function plus(a: TokenClasses, b: TokenClasses): TokenClasses {
  return {
    uncached: a.uncached + b.uncached,
    cached: a.cached + b.cached,
    output: a.output + b.output,
    requests: a.requests + b.requests,
  };
}

function without(whole: TokenClasses, part = NO_TOKENS): TokenClasses {
  return {
    uncached: whole.uncached - part.uncached,
    cached: whole.cached - part.cached,
    output: whole.output - part.output,
    requests: whole.requests - part.requests,
  };
}

function tokensOf(series: UsageSeries | undefined, row: number): TokenClasses {
  if (series === undefined || row < 0) return NO_TOKENS;
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

function endsOf({ usd, candidate }: WeighedHost, others: readonly Exact[], terms: HostTerms) {
  const base = usd ?? usdOf(candidate, terms);
  const moved = others.map((usd) => subtract(usd, base));
  return { lessUsd: moved.reduce(smaller, ZERO), moreUsd: moved.reduce(larger, ZERO) };
}
