/** What every eligible host would have asked by day, in doubles: for odds, not for money. */

import { toNumber } from '../../domain/exact.ts';
import type { HostedPrice, PriceGap } from '../../domain/price.ts';
import { type DayGrid, dayIndex } from '../bill/days.ts';
import type { HostDays } from '../offer.ts';
import { bump } from '../usage/column.ts';
import type { Asked } from './asked.ts';
import { closedGaps } from './doubts.ts';
import { writePerMtok } from './hostedCost.ts';
import { termsOf, type WeighedHost } from './hosts.ts';
import type { Segments } from './segments.ts';
import { type Bought, hadAllHit, priceOf } from './tabs.ts';

/** Nano-USD a million tokens in dollars a token, and nano-USD in dollars. */
const PER_TOKEN = 1e15;
const PER_DOLLAR = 1e9;

export interface HostDaysTerms extends Bought {
  readonly grid: DayGrid;
  readonly gaps: readonly PriceGap[];
  readonly thresholds: readonly number[];
  /** The same tokens had prompts been as short, and as long, as can be. */
  readonly bounds?: readonly Pick<Bought, 'segments' | 'batch'>[];
}

type Days = Pick<HostDays, 'atZeroUsd' | 'atOneUsd'>;

/**
 * 1,000,000 uncached prompt tokens at $0.10 a million with a fee of 5.5 % are $0.1055. Where their
 * hits are unknown and a cached one costs $0.05, they are $0.05275 had all been hits.
 */
export function hostDays(host: WeighedHost, terms: HostDaysTerms): HostDays {
  const { candidate, ...told } = host;
  const { asked } = candidate.history;
  const days = { host: told, ...daysOf(host, asked, terms), ...strayOf(host, terms) };
  if (!terms.segments.blind.some((tokens) => tokens > 0)) return days;
  const all = daysOf(host, asked, hadAllHit(terms));
  return { ...days, atAllHitsUsd: all.atOneUsd };
}

function daysOf({ candidate }: WeighedHost, asked: Asked, terms: HostDaysTerms): Days {
  const { segments, batch, hosted, grid } = terms;
  const { tokenRatio, fee } = termsOf(candidate.equivalent, hosted);
  const [ratio, withFee] = [toNumber(tokenRatio), 1 + toNumber(fee)];
  const days = { atZeroUsd: new Float64Array(grid.count), atOneUsd: new Float64Array(grid.count) };
  addAll(segments, { asked, sign: 1 });
  const waiting = candidate.batch;
  if (batch === undefined || waiting === undefined) return days;
  addAll(batch, { asked: waiting, beside: asked, sign: 1 });
  addAll(batch, { asked, beside: waiting, sign: -1 });
  return days;

  /** Where another price must be in force too, only segments for which it is. */
  function addAll(of: Segments, { asked: at, beside = at, sign }: Asking): void {
    for (const [index, startMs] of of.startMs.entries()) {
      const price = priceOf(at, of, index);
      const isBought = !Number.isNaN(of.firstLoadMs[index] ?? Number.NaN);
      if (price === undefined || !isBought || priceOf(beside, of, index) === undefined) continue;
      const day = dayIndex(grid, startMs);
      const { atZero, atOne, calls } = dollarsOf(price, of, index);
      bump(days.atZeroUsd, day, sign * (atZero * ratio + calls) * withFee);
      bump(days.atOneUsd, day, sign * (atOne * ratio + calls) * withFee);
    }
  }
}

interface Asking {
  readonly asked: Asked;
  readonly beside?: Asked;
  readonly sign: 1 | -1;
}

function dollarsOf(price: HostedPrice, segments: Segments, at: number) {
  const input = Number(price.inputPerMtok ?? 0n) / PER_TOKEN;
  const cached = Number(price.cachedInputPerMtok ?? price.inputPerMtok ?? 0n) / PER_TOKEN;
  const written = Number(writePerMtok(price) ?? price.inputPerMtok ?? 0n) / PER_TOKEN;
  const output = (segments.output[at] ?? 0) * (Number(price.outputPerMtok ?? 0n) / PER_TOKEN);
  const calls = (segments.requests[at] ?? 0) * (Number(price.perRequest ?? 0n) / PER_DOLLAR);
  const [fresh, hits] = [segments.uncached[at] ?? 0, segments.cached[at] ?? 0];
  const atZero = (fresh + hits) * input + output;
  return { atZero, atOne: fresh * written + hits * cached + output, calls };
}

/**
 * What the price itself may move, none of our hits being one of the host's: a gap from its start
 * to its end, prompts from all short to all long. Absent where nothing does.
 */
function strayOf(host: WeighedHost, terms: HostDaysTerms): Pick<HostDays, 'stray'> {
  const { gaps, thresholds, grid, bounds = [] } = terms;
  const { asked } = host.candidate.history;
  const closed = closedGaps(host.candidate, gaps, { window: grid.window, thresholds });
  if (closed.length === 0 && bounds.length === 0) return {};
  const base = totalOf(daysOf(host, asked, terms));
  const others = closed.map((gap) => [totalOf(daysOf(host, gap.asked, terms)) - base]);
  const sizes = bounds.map((bound) => totalOf(daysOf(host, asked, { ...terms, ...bound })) - base);
  const moved = [...others, sizes];
  const sumOf = (end: (...usd: number[]) => number) =>
    moved.reduce((sum, usd) => sum + end(0, ...usd), 0);
  return { stray: { lessUsd: sumOf(Math.min), moreUsd: sumOf(Math.max) } };
}

function totalOf({ atZeroUsd }: Days): number {
  return atZeroUsd.reduce((sum, usd) => sum + usd, 0);
}
