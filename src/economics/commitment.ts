/** Knows what stays owed for nothing when the machines of a commitment are left. */

import { add, exact, type Exact, multiply, ZERO } from '../domain/exact.ts';
import { usd } from '../domain/money.ts';
import { durationMs, overlapMs, type Period } from '../domain/period.ts';
import type { CommitmentInput } from './input.ts';
import type { SharedStranding } from './result.ts';

/** Who is served by each committed source; a source that serves nobody is owed either way. */
export function strandings(
  commitments: readonly CommitmentInput[],
  window: Period,
  users: (sourceId: string) => readonly string[],
): SharedStranding[] {
  return commitments
    .map(({ sourceId, usdPerMonth, untilMs }) => {
      const months = committedMonths(window, untilMs);
      return { sourceId, deployments: users(sourceId), usd: multiply(usd(usdPerMonth), months) };
    })
    .filter(({ deployments, usd: owed }) => deployments.length > 0 && owed.num > 0n);
}

/**
 * Months of the next window's length that are still committed, each calendar month by its own
 * length. After July to September 2026, a commitment until 2026-11-16 has 1.5 months left.
 */
export function committedMonths(window: Period, untilMs: number): Exact {
  const endMs = Math.min(untilMs, window.endMs + durationMs(window));
  if (endMs <= window.endMs) return ZERO;
  const left = { startMs: window.endMs, endMs };
  let months = ZERO;
  for (let month = monthAt(left.startMs, 0); month.startMs < endMs; ) {
    months = add(months, exact(BigInt(overlapMs(month, left)), BigInt(durationMs(month))));
    month = monthAt(month.startMs, 1);
  }
  return months;
}

function monthAt(instantMs: number, offset: number): Period {
  const date = new Date(instantMs);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + offset];
  return { startMs: Date.UTC(year, month, 1), endMs: Date.UTC(year, month + 1, 1) };
}
