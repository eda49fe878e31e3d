/** How much of a host's cost rests on prices that somebody else told. */

import { type Exact, exact } from '../../domain/exact.ts';
import type { Candidate } from './candidates.ts';
import type { Segments } from './segments.ts';
import { priceOf } from './tabs.ts';

export interface Hearsay {
  /** Of the window's tokens. */
  readonly tokenShare: Exact;
  /** The last moment of tokens priced so. */
  readonly untilMs: number;
}

/** Absent where the host's own word priced every token. */
export function hearsayOf({ history }: Candidate, segments: Segments): Hearsay | undefined {
  let [all, heard, untilMs] = [0, 0, 0];
  for (const [at, loadMs] of segments.firstLoadMs.entries()) {
    if (Number.isNaN(loadMs)) continue;
    const { uncached, cached, output } = segments;
    const tokens = (uncached[at] ?? 0) + (cached[at] ?? 0) + (output[at] ?? 0);
    all += tokens;
    if (priceOf(history.asked, segments, at)?.secondHand !== true) continue;
    heard += tokens;
    untilMs = Math.max(untilMs, segments.startMs[at] ?? 0);
  }
  return heard === 0 ? undefined : { tokenShare: exact(BigInt(heard), BigInt(all)), untilMs };
}
