/** The time for which a deployment was billed: where charges cover it, whatever they came to. */

import type { Period } from '../../domain/period.ts';
import type { DeploymentBill } from './bill.ts';

/**
 * In time order, free of overlap. Compute charges that bought time and charges of a commitment
 * count; storage, fees, credits and taxes pay for nothing that serves. Two pods from 0:00 to 2:00
 * and from 1:00 to 3:00 are one span.
 */
export function billedSpans({ pieces, committedTime }: DeploymentBill): Period[] {
  const spans = [...runsOf(pieces), ...committedTime].sort((a, b) => a.startMs - b.startMs);
  return runsOf(spans);
}

/** Joins each span with the one before where they meet; whole where they come in time order. */
function runsOf(spans: Iterable<Period>): Period[] {
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
