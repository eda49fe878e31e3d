/** Computes how much of a cost relies on second-hand prices. */

import { type Exact, exact } from '../../domain/exact.ts';
import type { HostCandidate } from './candidates.ts';
import type { Segments } from './segments.ts';
import { segmentPrice } from './tabs.ts';

export interface SecondHandShare {
  /** Share of the period's tokens. */
  readonly tokenShare: Exact;
  /** The last time of tokens priced that way. */
  readonly untilMs: number;
}

/** The second-hand share; `undefined` if the provider's own prices cover every token. */
export function computeSecondHandShare(
  { history }: HostCandidate,
  segments: Segments,
): SecondHandShare | undefined {
  let [all, indirect, untilMs] = [0, 0, 0];
  for (const [at, loadMs] of segments.firstLoadMs.entries()) {
    if (Number.isNaN(loadMs)) continue;
    const { uncached, cached, output } = segments;
    const tokens = (uncached[at] ?? 0) + (cached[at] ?? 0) + (output[at] ?? 0);
    all += tokens;
    if (segmentPrice(history.resolved, segments, at)?.secondHand !== true) continue;
    indirect += tokens;
    untilMs = Math.max(untilMs, segments.startMs[at] ?? 0);
  }
  return indirect === 0 ? undefined : { tokenShare: exact(BigInt(indirect), BigInt(all)), untilMs };
}
