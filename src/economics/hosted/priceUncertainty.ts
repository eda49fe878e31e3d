/**
 * Computes by how much a hosted cost is uncertain: gaps in price checks, prompt sizes and long
 * intervals.
 */

import { add, type Exact, larger, smaller, subtract, ZERO } from '../../domain/exact.ts';
import type { Period } from '../../domain/period.ts';
import type { HostedPrice, PriceGap } from '../../domain/price.ts';
import { firstWhere } from '../../domain/search.ts';
import type { UsageSeries } from '../../domain/usage.ts';
import type { DayGrid } from '../bill/days.ts';
import { type ResolvedPrices, priceInForce, resolveConditions } from './resolvedPrices.ts';
import type { HostCandidate } from './candidates.ts';
import {
  buildSegments,
  hourlySegments,
  meanSize,
  mostSize,
  sizeInWhole,
  type SplitSeries,
} from './segments.ts';
import type { PriceUncertainty } from './consideredHost.ts';
import {
  addTabs,
  atCacheShare,
  EMPTY_TAB,
  subtractTabs,
  type Tab,
  toTab,
  tabUsd,
  type TokenClasses,
} from './hostedCost.ts';
import { type HostTerms, hostPriceTerms, type WeighedHost } from './weighHost.ts';
import { batchSaving, tabForPeriod } from './tabs.ts';

/** A gap in price checks of the endpoint's model that has ended. */
export interface ClosedGap extends Period {
  /** Prices if the new price had been in force right after the last check. */
  readonly resolved: ResolvedPrices;
}

/**
 * Gaps after which the price differed. In a gap the last known price is used, though it may have
 * changed on any day of it.
 */
export function closedGaps(
  { equivalent, history }: HostCandidate,
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
    return [{ startMs, endMs, resolved: resolveConditions(prices, { ...terms, tokenRatio }) }];
  });
}

/** The prices if the one found after the gap had started with it. */
function changedAt(prices: readonly HostedPrice[], { startMs, endMs }: Period): HostedPrice[] {
  return prices.flatMap((price) => {
    if (price.validFromMs === endMs) return [{ ...price, validFromMs: startMs }];
    return price.validFromMs >= startMs && price.validFromMs < endMs ? [] : [price];
  });
}

export interface UncertaintyTerms {
  readonly terms: HostTerms;
  readonly gaps: readonly PriceGap[];
  readonly thresholds: readonly number[];
  readonly series: UsageSeries;
  /** The part of it that may wait. */
  readonly waiting?: UsageSeries;
  /** Rows of the series that were one interval. */
  readonly groups: SplitSeries['groups'];
  readonly grid: DayGrid;
  readonly changesMs: readonly number[];
}

/** Price doubts with their range; those without effect are left out. */
export function findPriceUncertainty(
  host: WeighedHost,
  from: UncertaintyTerms,
): PriceUncertainty[] {
  return [...gapDoubts(host, from), ...sizeDoubts(host, from), ...longDoubts(host, from)].filter(
    ({ lessUsd, moreUsd }) => lessUsd.num !== 0n || moreUsd.num !== 0n,
  );
}

function gapDoubts(
  host: WeighedHost,
  { terms, gaps, thresholds }: UncertaintyTerms,
): PriceUncertainty[] {
  const { candidate } = host;
  return closedGaps(candidate, gaps, { window: terms.window, thresholds }).map(
    ({ startMs, endMs, resolved }) => {
      const changed = { ...candidate, history: { ...candidate.history, resolved } };
      const ends = rangeOf(host, [costAt(changed, terms)], terms);
      return { code: 'gap', startMs, endMs, ...ends };
    },
  );
}

/** Range from all prompts being short to one request per interval having all of its tokens. */
function sizeDoubts(host: WeighedHost, from: UncertaintyTerms): PriceUncertainty[] {
  const bounds = promptSizeBounds(from);
  if (bounds === undefined) return [];
  const { terms } = from;
  const usds = bounds.map((bound) => costAt(host.candidate, { ...terms, ...bound }));
  return [{ code: 'prompt-size', ...rangeOf(host, usds, terms) }];
}

/** Bought tokens, by assumed prompt sizes. */
export type SizedTokens = Pick<HostTerms, 'segments' | 'batch'>;

export type SizeTerms = Pick<
  UncertaintyTerms,
  'series' | 'waiting' | 'grid' | 'changesMs' | 'thresholds'
>;

/** The same tokens with all prompts as short, and as long, as possible. */
export function promptSizeBounds(
  { series, waiting, grid, changesMs, thresholds }: SizeTerms,
  partOf?: (row: number) => number,
): readonly SizedTokens[] | undefined {
  if (thresholds.length === 0) return undefined;
  const part = partOf === undefined ? {} : { partOf };
  const with_ = { changesMs, thresholds };
  return [() => 0, mostSize(thresholds)].map((sizeOf) => ({
    segments: buildSegments(series, grid, { ...with_, ...part, sizeOf }),
    ...(waiting === undefined
      ? {}
      : {
          batch: hourlySegments(waiting, grid, { ...with_, sizeOf: sizeInWhole(series, sizeOf) }),
        }),
  }));
}

/**
 * Range from all tokens of a long interval in its cheapest hour to all in its most expensive hour.
 * Tokens that may wait change by the price they are bought at, so a batch price for the whole day
 * changes nothing.
 */
function longDoubts(host: WeighedHost, from: UncertaintyTerms): PriceUncertainty[] {
  if (from.groups.length === 0) return [];
  const { terms, series, waiting } = from;
  const { candidate } = host;
  const atShare = (tab: Tab) =>
    atCacheShare(tabUsd(tab, hostPriceTerms(candidate.equivalent, terms.hosted)), terms.cacheShare);
  const priceAt = pricing(candidate, from);
  let [lessUsd, moreUsd] = [ZERO, ZERO];
  for (const { from: first, to } of from.groups) {
    const rows = Array.from({ length: to - first }, (_, at) => first + at);
    const deferrable = rows.map((row) => tokensOf(waiting, rowAt(waiting, series.startMs[row])));
    const immediate = rows.map((row, at) => subtractTokens(tokensOf(series, row), deferrable[at]));
    for (const [tokens, tab] of [
      [immediate, priceAt.standard],
      [deferrable, priceAt.waiting],
    ] as const) {
      const base = rows.map((row, at) => tab(row, tokens[at] ?? NO_TOKENS)).reduce(addTabs);
      const all = tokens.reduce(addTokens, NO_TOKENS);
      const moved = rows.map((row) => atShare(subtractTabs(tab(row, all), base)));
      lessUsd = add(lessUsd, moved.reduce(smaller, ZERO));
      moreUsd = add(moreUsd, moved.reduce(larger, ZERO));
    }
  }
  return [{ code: 'long-interval', lessUsd, moreUsd }];
}

/** Prices tokens at the time of a row; tokens that may wait at the cheaper price. */
function pricing(candidate: HostCandidate, { terms, series, thresholds }: UncertaintyTerms) {
  const { resolved } = candidate.history;
  const meanOf = meanSize(thresholds);
  const sizeOf = (row: number) => (thresholds.length === 0 ? 0 : meanOf(series, row));
  const standard = (row: number, tokens: TokenClasses): Tab => {
    const price = priceInForce(resolved, series.startMs[row] ?? 0, sizeOf(row));
    return price === undefined ? EMPTY_TAB : toTab(price, tokens);
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

/** The row of waiting tokens that starts at the instant; -1 if there is none. */
function rowAt(waiting: UsageSeries | undefined, startMs: number | undefined): number {
  if (waiting === undefined || startMs === undefined) return -1;
  const row = firstWhere(waiting.startMs, (at) => at >= startMs);
  return waiting.startMs[row] === startMs ? row : -1;
}

const NO_TOKENS: TokenClasses = { uncached: 0n, cached: 0n, output: 0n, requests: 0n };

function addTokens(a: TokenClasses, b: TokenClasses): TokenClasses {
  return {
    uncached: a.uncached + b.uncached,
    cached: a.cached + b.cached,
    output: a.output + b.output,
    requests: a.requests + b.requests,
  };
}

function subtractTokens(whole: TokenClasses, part = NO_TOKENS): TokenClasses {
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

function costAt(candidate: HostCandidate, terms: HostTerms): Exact {
  const tab = tabForPeriod(candidate, terms, terms.window);
  return atCacheShare(
    tabUsd(tab, hostPriceTerms(candidate.equivalent, terms.hosted)),
    terms.cacheShare,
  );
}

function rangeOf({ usd, candidate }: WeighedHost, others: readonly Exact[], terms: HostTerms) {
  const base = usd ?? costAt(candidate, terms);
  const moved = others.map((usd) => subtract(usd, base));
  return { lessUsd: moved.reduce(smaller, ZERO), moreUsd: moved.reduce(larger, ZERO) };
}
