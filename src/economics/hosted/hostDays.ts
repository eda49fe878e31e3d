/**
 * Computes the daily cost of each eligible endpoint in doubles: for probabilities, never for money.
 */

import { toNumber } from '../../domain/exact.ts';
import type { HostedPrice, PriceGap } from '../../domain/price.ts';
import { type DayGrid, dayIndex } from '../bill/days.ts';
import type { HostDays } from '../offer.ts';
import { addAt } from '../columns.ts';
import type { ResolvedPrices } from './resolvedPrices.ts';
import type { HostCandidate } from './candidates.ts';
import { closedGaps } from './priceUncertainty.ts';
import { cacheWritePrice } from './hostedCost.ts';
import { hostPriceTerms, type WeighedHost } from './weighHost.ts';
import type { Segments } from './segments.ts';
import { batchHours, type BoughtSegments, withAllCacheHits, segmentPrice } from './tabs.ts';

/** From nano-USD per million tokens to dollars per token, and from nano-USD to dollars. */
const PER_TOKEN = 1e15;
const PER_DOLLAR = 1e9;

export interface HostDaysTerms extends BoughtSegments {
  readonly grid: DayGrid;
  readonly gaps: readonly PriceGap[];
  readonly thresholds: readonly number[];
  /** The same tokens with prompts as short, and as long, as possible. */
  readonly bounds?: readonly Pick<BoughtSegments, 'segments' | 'batch'>[];
}

type Days = Pick<HostDays, 'atZeroUsd' | 'atOneUsd'>;

/**
 * Daily cost: 1,000,000 uncached prompt tokens at $0.10 per million with a fee of 5.5% are $0.1055.
 * If their cache hits are unknown and a cached token costs $0.05 per million, they are $0.05275 if
 * all were hits.
 */
export function hostDays(host: WeighedHost, terms: HostDaysTerms): HostDays {
  const { candidate, ...considered } = host;
  const base = daysOf(candidate, terms);
  const days = { host: considered, ...base, ...priceRange(candidate, base, terms) };
  if (!terms.segments.cacheUnknown.some((tokens) => tokens > 0)) return days;
  const all = daysOf(candidate, withAllCacheHits(terms));
  return { ...days, atAllHitsUsd: all.atOneUsd };
}

function daysOf(candidate: HostCandidate, terms: HostDaysTerms): Days {
  const { segments, batch, hosted, grid } = terms;
  const { tokenRatio, fee } = hostPriceTerms(candidate.equivalent, hosted);
  const [ratio, withFee] = [toNumber(tokenRatio), 1 + toNumber(fee)];
  const days = { atZeroUsd: new Float64Array(grid.count), atOneUsd: new Float64Array(grid.count) };
  const { resolved } = candidate.history;
  for (const index of segments.startMs.keys()) addOne(segments, index, { resolved, sign: 1 });
  if (batch === undefined || candidate.batch === undefined) return days;
  for (const index of batchHours(candidate, terms)) {
    addOne(batch, index, { resolved: candidate.batch, sign: 1 });
    addOne(batch, index, { resolved, sign: -1 });
  }
  return days;

  function addOne(of: Segments, index: number, { resolved: prices, sign }: PricedSide): void {
    const price = segmentPrice(prices, of, index);
    if (price === undefined || Number.isNaN(of.firstLoadMs[index] ?? Number.NaN)) return;
    const day = dayIndex(grid, of.startMs[index] ?? 0);
    const { atZero, atOne, calls } = dollarsOf(price, of, index);
    addAt(days.atZeroUsd, day, sign * (atZero * ratio + calls) * withFee);
    addAt(days.atOneUsd, day, sign * (atOne * ratio + calls) * withFee);
  }
}

interface PricedSide {
  readonly resolved: ResolvedPrices;
  readonly sign: 1 | -1;
}

function dollarsOf(price: HostedPrice, segments: Segments, at: number) {
  const input = Number(price.inputPerMtok ?? 0n) / PER_TOKEN;
  const cached = Number(price.cachedInputPerMtok ?? price.inputPerMtok ?? 0n) / PER_TOKEN;
  const written = Number(cacheWritePrice(price) ?? price.inputPerMtok ?? 0n) / PER_TOKEN;
  const output = (segments.output[at] ?? 0) * (Number(price.outputPerMtok ?? 0n) / PER_TOKEN);
  const calls = (segments.requests[at] ?? 0) * (Number(price.perRequest ?? 0n) / PER_DOLLAR);
  const [fresh, hits] = [segments.uncached[at] ?? 0, segments.cached[at] ?? 0];
  const atZero = (fresh + hits) * input + output;
  return { atZero, atOne: fresh * written + hits * cached + output, calls };
}

/**
 * Range of the cost due to the price itself, without cache hits: a gap from its start to its end,
 * and prompts from all short to all long. Absent if nothing changes.
 */
function priceRange(
  candidate: HostCandidate,
  base: Days,
  terms: HostDaysTerms,
): Pick<HostDays, 'priceRange'> {
  const { gaps, thresholds, grid, bounds = [] } = terms;
  const closed = closedGaps(candidate, gaps, { window: grid.window, thresholds });
  if (closed.length === 0 && bounds.length === 0) return {};
  const baseUsd = totalOf(base);
  const others = closed.map(({ resolved }) => {
    const changed = { ...candidate, history: { ...candidate.history, resolved } };
    return [totalOf(daysOf(changed, terms)) - baseUsd];
  });
  const sizes = bounds.map((bound) => totalOf(daysOf(candidate, { ...terms, ...bound })) - baseUsd);
  const ranges = [...others, sizes];
  const sumOf = (end: (...usd: number[]) => number) =>
    ranges.reduce((sum, usd) => sum + end(0, ...usd), 0);
  return { priceRange: { lessUsd: sumOf(Math.min), moreUsd: sumOf(Math.max) } };
}

function totalOf({ atZeroUsd }: Days): number {
  return atZeroUsd.reduce((sum, usd) => sum + usd, 0);
}
