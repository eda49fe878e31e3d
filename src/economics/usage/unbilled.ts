/** Splits usage into billed time and time without a bill. */

import { type Exact, exact, ZERO } from '../../domain/exact.ts';
import { DAY_MS, overlapMs, type Period } from '../../domain/period.ts';
import { firstWhere } from '../../domain/search.ts';
import { emptySeries, rowsWhere, tokensAt, type UsageSeries } from '../../domain/usage.ts';
import { type DayGrid, dayIndex } from '../bill/days.ts';
import type { PaidPiece } from '../bill/replicaTime.ts';
import type { ServedTokens, UnbilledUsage } from '../result.ts';
import { paidWithin } from './coverage.ts';
import type { DeploymentBill } from '../bill/bill.ts';

export interface SplitUsage {
  readonly billed: UsageSeries;
  /** In no comparison, because its cost is unknown. */
  readonly unbilled: UsageSeries;
}

export interface BilledSpans {
  /** In time order, without overlap. */
  readonly spans: readonly Period[];
  readonly pieces: Iterable<PaidPiece>;
  readonly window: Period;
}

/**
 * Splits by whole intervals, so no token is divided and clocks that differ by seconds change
 * nothing: an interval that touches billed time is billed. An interval longer than a day must be
 * billed for half of its time, or for half of its replica time. The invoice of the first month does
 * not pay for a row of a whole quarter.
 */
export function splitByBill(series: UsageSeries, time: BilledSpans): SplitUsage {
  const endsMs = time.spans.map(({ endMs }) => endMs);
  const isBilled = new Uint8Array(series.length);
  for (let row = 0; row < series.length; row += 1) {
    const startMs = series.startMs[row] ?? 0;
    const period = { startMs, endMs: series.endMs[row] ?? startMs };
    const first = firstWhere(endsMs, (endMs) => endMs > startMs);
    const nextMs = time.spans[first]?.startMs ?? Number.POSITIVE_INFINITY;
    const isTouched = nextMs < period.endMs;
    const isShort = period.endMs - startMs <= DAY_MS;
    const replicaMs = series.replicaMs[row] ?? Number.NaN;
    isBilled[row] = isTouched && (isShort || isHalfBilled({ period, replicaMs }, time)) ? 1 : 0;
  }
  if (!isBilled.includes(0)) return { billed: series, unbilled: emptySeries(0) };
  return {
    billed: rowsWhere(series, (row) => isBilled[row] === 1),
    unbilled: rowsWhere(series, (row) => isBilled[row] === 0),
  };
}

interface LongRow {
  readonly period: Period;
  /** `NaN` if unknown. */
  readonly replicaMs: number;
}

function isHalfBilled({ period, replicaMs }: LongRow, { spans, pieces, window }: BilledSpans) {
  const { startMs } = period;
  const clipped = { startMs, endMs: Math.min(period.endMs, window.endMs) };
  const billedMs = spans.reduce((sum, span) => sum + overlapMs(span, clipped), 0);
  if (billedMs * 2 >= clipped.endMs - startMs) return true;
  if (Number.isNaN(replicaMs)) return false;
  const stretch = { startMs: [startMs], endMs: [period.endMs] };
  let paidNs = 0n;
  for (const piece of pieces) paidNs += paidWithin(piece, stretch);
  return paidNs * 2n >= BigInt(Math.round(replicaMs)) * 1_000_000n;
}

export interface UnbilledTerms {
  readonly grid: DayGrid;
  /** Tokens of billed time. */
  readonly billedTokens: number;
  /** Sources of the deployment's resources. */
  readonly sources: readonly string[];
}

/** Sums of unbilled usage; `undefined` if there is none. */
export function sumUnbilled(split: SplitUsage, terms: UnbilledTerms): UnbilledUsage | undefined {
  const { unbilled } = split;
  if (unbilled.length === 0) return undefined;
  const tokensByDay = Array.from({ length: terms.grid.count }, () => 0);
  let [tokens, replicaMs] = [0, 0];
  for (let row = 0; row < unbilled.length; row += 1) {
    const day = dayIndex(terms.grid, unbilled.startMs[row] ?? 0);
    const served = tokensAt(unbilled, row);
    tokensByDay[day] = (tokensByDay[day] ?? 0) + served;
    tokens += served;
    replicaMs += unbilled.replicaMs[row] ?? Number.NaN;
  }
  return {
    tokens,
    tokensByDay,
    share: shareOf(tokens, terms.billedTokens),
    ...(Number.isNaN(replicaMs) ? {} : { replicaMs: Math.round(replicaMs) }),
    periods: runsOf(split),
    sources: [...new Set(terms.sources)].sort(),
  };
}

/**
 * Share of unbilled tokens: 2,000,000 beside 1,000,000 billed ones are two thirds; 0 without
 * tokens.
 */
function shareOf(tokens: number, billedTokens: number): Exact {
  const all = BigInt(tokens) + BigInt(billedTokens);
  return all === 0n ? ZERO : exact(BigInt(tokens), all);
}

export interface StackUnbilled extends Pick<UnbilledUsage, 'tokens' | 'share' | 'periods'> {
  readonly billedTokens: number;
}

/** Sums over deployments, and the runs of all of them, earliest first. */
export function stackUnbilled(
  deployments: readonly { readonly served: ServedTokens; readonly unbilled?: UnbilledUsage }[],
): StackUnbilled {
  const of = (count: (each: (typeof deployments)[number]) => number) =>
    deployments.reduce((sum, each) => sum + count(each), 0);
  const tokens = of(({ unbilled }) => unbilled?.tokens ?? 0);
  const billedTokens = of(({ served }) => served.tokens);
  const periods = deployments
    .flatMap(({ unbilled }) => unbilled?.periods ?? [])
    .sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
  return { tokens, billedTokens, share: shareOf(tokens, billedTokens), periods };
}

/** From the first to the last interval of each run without billed intervals in between. */
function runsOf({ billed, unbilled }: SplitUsage): Period[] {
  const runs: { startMs: number; endMs: number }[] = [];
  let billedBefore = 0;
  for (let row = 0; row < unbilled.length; row += 1) {
    const startMs = unbilled.startMs[row] ?? 0;
    const endMs = unbilled.endMs[row] ?? startMs;
    const before = firstWhere(billed.startMs, (billedMs) => billedMs >= startMs);
    const last = runs.at(-1);
    if (last !== undefined && before === billedBefore) last.endMs = endMs;
    else runs.push({ startMs, endMs });
    billedBefore = before;
  }
  return runs;
}

/**
 * In time order, without overlap. Compute charges that bought time and commitment charges count.
 * Storage, fees, credits and taxes do not, because they pay for nothing that serves. Two pods from
 * 0:00 to 2:00 and from 1:00 to 3:00 are one span.
 */
export function billedSpans({ pieces, committedTime }: DeploymentBill): Period[] {
  const spans = [...joinSpans(pieces), ...committedTime].sort((a, b) => a.startMs - b.startMs);
  return joinSpans(spans);
}

/** Joins spans that overlap or touch; complete if they are in time order. */
function joinSpans(spans: Iterable<Period>): Period[] {
  const runs: { startMs: number; endMs: number }[] = [];
  for (const { startMs, endMs } of spans) {
    const last = runs.at(-1);
    if (last !== undefined && startMs <= last.endMs && startMs >= last.startMs) {
      last.endMs = Math.max(last.endMs, endMs);
    } else {
      runs.push({ startMs, endMs });
    }
  }
  return runs;
}
