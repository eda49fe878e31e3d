/** Computes the most replicas paid for at the same time, and the span of paid time. */

import type { Period } from '../../domain/period.ts';
import type { PaidPiece } from './paidPieces.ts';

/** Less than a millionth of a replica is rounding of time, not another replica. */
const ROUNDING = 1e-6;

/**
 * The most replicas at one time, at least 1. Two pods billed for the same hour are 2; one after the
 * other 1; 59 of 60 minutes still 1.
 */
export function mostReplicas(pieces: Iterable<PaidPiece>): number {
  const steps: { readonly atMs: number; readonly by: number }[] = [];
  for (const { startMs, endMs, ns } of pieces) {
    const replicas = Number(ns) / ((endMs - startMs) * 1_000_000);
    steps.push({ atMs: startMs, by: replicas }, { atMs: endMs, by: -replicas });
  }
  steps.sort((a, b) => a.atMs - b.atMs || a.by - b.by);
  let [now, most] = [0, 0];
  for (const { by } of steps) {
    now += by;
    most = Math.max(most, now);
  }
  return Math.max(1, Math.ceil(most - ROUNDING));
}

/** From the first paid instant to the last; `undefined` if no time was paid for. */
export function paidSpan(pieces: Iterable<PaidPiece>): Period | undefined {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { startMs, endMs, ns } of pieces) {
    if (ns <= 0n) continue;
    first = Math.min(first, startMs);
    last = Math.max(last, endMs);
  }
  return last > first ? { startMs: first, endMs: last } : undefined;
}
