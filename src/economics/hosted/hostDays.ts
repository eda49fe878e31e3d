/** Knows what every eligible host would have asked by day, in doubles: for odds, not for money. */

import { toNumber } from '../../domain/exact.ts';
import { type DayGrid, dayIndex } from '../bill/days.ts';
import type { HostedInput } from '../input.ts';
import type { HostDays } from '../offer.ts';
import { bump } from '../usage/column.ts';
import type { WeighedHost } from './hosts.ts';
import { termsOf } from './hosts.ts';
import { priceAt } from './priceBook.ts';
import { type Segments, withAllHits } from './segments.ts';

/** Nano-USD a million tokens in dollars a token, and nano-USD in dollars. */
const PER_TOKEN = 1e15;
const PER_DOLLAR = 1e9;

export interface HostDaysTerms {
  readonly segments: Segments;
  readonly hosted: HostedInput;
  readonly grid: DayGrid;
}

/**
 * 1,000,000 uncached prompt tokens at $0.10 a million with a fee of 5.5 % are $0.1055. Where their
 * hits are unknown and a cached one costs $0.05, they are $0.05275 had all been hits.
 */
export function hostDays(host: WeighedHost, terms: HostDaysTerms): HostDays {
  const days = daysOf(host, terms);
  if (!terms.segments.blind.some((tokens) => tokens > 0)) return days;
  const all = daysOf(host, { ...terms, segments: withAllHits(terms.segments) });
  return { ...days, atAllHitsUsd: all.atOneUsd };
}

function daysOf(host: WeighedHost, { segments, hosted, grid }: HostDaysTerms) {
  const { candidate, ...told } = host;
  const { tokenRatio, fee } = termsOf(candidate.equivalent, hosted);
  const [ratio, withFee] = [toNumber(tokenRatio), 1 + toNumber(fee)];
  const days = { atZeroUsd: new Float64Array(grid.count), atOneUsd: new Float64Array(grid.count) };
  for (const [at, startMs] of segments.startMs.entries()) {
    const price = priceAt(candidate.history, startMs);
    if (price === undefined || Number.isNaN(segments.firstLoadMs[at] ?? Number.NaN)) continue;
    const day = dayIndex(grid, startMs);
    const input = Number(price.inputPerMtok ?? 0n) / PER_TOKEN;
    const cached = Number(price.cachedInputPerMtok ?? price.inputPerMtok ?? 0n) / PER_TOKEN;
    const output = (segments.output[at] ?? 0) * (Number(price.outputPerMtok ?? 0n) / PER_TOKEN);
    const calls = (segments.requests[at] ?? 0) * (Number(price.perRequest ?? 0n) / PER_DOLLAR);
    const [fresh, hits] = [segments.uncached[at] ?? 0, segments.cached[at] ?? 0];
    const atZero = (fresh + hits) * input + output;
    const atOne = fresh * input + hits * cached + output;
    bump(days.atZeroUsd, day, (atZero * ratio + calls) * withFee);
    bump(days.atOneUsd, day, (atOne * ratio + calls) * withFee);
  }
  return { host: told, ...days };
}
