/** Computes the periods for which a deployment was billed, whatever the amounts. */

import type { Period } from '../../domain/period.ts';
import type { DeploymentBill } from './bill.ts';

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
