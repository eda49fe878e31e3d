/** Checks whether the busiest minutes would have been within a provider's rate limits. */

import { compare, divide, type Exact, exact, exactInteger, multiply } from '../../domain/exact.ts';
import { sixPlaces } from '../../domain/figures.ts';
import { MINUTE_MS } from '../../domain/period.ts';
import { tokensAt, type UsageSeries } from '../../domain/usage.ts';
import type { Equivalent } from '../input.ts';
import type { HostLack } from '../lack.ts';

/**
 * The rate not exceeded during 99% of the time. An interval longer than a minute gives its mean,
 * and its busiest minute was at least as busy, so both are lower bounds.
 */
export interface PeakMinute {
  /** In our tokens. */
  readonly tokens: Exact;
  /** Absent if an interval with tokens has unknown requests. */
  readonly requests?: Exact;
}

/**
 * 99 hours of 600,000 tokens and one of 6,000,000 are 10,000 tokens per minute; with two such hours
 * in 102 it is 100,000. `undefined` without intervals.
 */
export function peakMinute(series: UsageSeries): PeakMinute | undefined {
  const tokens = upTo99(series, (row) => tokensAt(series, row));
  if (tokens === undefined) return undefined;
  const hasUnknownRequests = (row: number) =>
    tokensAt(series, row) > 0 && Number.isNaN(series.requests[row]);
  const isKnown = !series.startMs.filter((_, row) => hasUnknownRequests(row)).length;
  const requests = isKnown ? upTo99(series, (row) => series.requests[row] || 0) : undefined;
  return { tokens, ...(requests === undefined ? {} : { requests }) };
}

function upTo99(series: UsageSeries, countAt: (row: number) => number): Exact | undefined {
  const lengthAt = (row: number) => (series.endMs[row] ?? 0) - (series.startMs[row] ?? 0);
  const rows = Array.from({ length: series.length }, (_, row) => row)
    .filter((row) => lengthAt(row) > 0)
    .sort((a, b) => countAt(a) / lengthAt(a) - countAt(b) / lengthAt(b));
  const allMs = rows.reduce((sum, row) => sum + lengthAt(row), 0);
  let passedMs = 0;
  for (const row of rows) {
    passedMs += lengthAt(row);
    if (passedMs * 100 < allMs * 99) continue;
    return exact(BigInt(countAt(row)) * BigInt(MINUTE_MS), BigInt(lengthAt(row)));
  }
  return undefined;
}

/**
 * The first limit below its peak; `undefined` if no limit is stated, or there is nothing to
 * compare.
 */
export function limitFault(
  { rateLimit, tokenRatio }: Equivalent,
  peak: PeakMinute | undefined,
): HostLack | undefined {
  if (rateLimit === undefined || peak === undefined) return undefined;
  const { tokensPerMinute, requestsPerMinute } = rateLimit;
  const tokens = multiply(peak.tokens, tokenRatio);
  return (
    compareLimit('tokens', tokensPerMinute, tokens) ??
    compareLimit('requests', requestsPerMinute, peak.requests)
  );
}

function compareLimit(
  of: 'tokens' | 'requests',
  limit: number | undefined,
  peak: Exact | undefined,
): HostLack | undefined {
  if (limit === undefined || peak === undefined) return undefined;
  if (compare(peak, exactInteger(limit)) <= 0) return undefined;
  return { code: 'rate-limit-too-low', of, limitPerMinute: limit, peakPerMinute: sixPlaces(peak) };
}

/** The peak's share of a limit: 450,000 of 600,000 tokens are 0.75. */
export function rateLimitShare(
  limit: number | undefined,
  peak: Exact | undefined,
): Exact | undefined {
  if (limit === undefined || peak === undefined) return undefined;
  return divide(peak, exactInteger(limit));
}
