/** How fast a replica was in an interval, and which pace the rest of the usage supports. */

import { type Exact, exact, toNumber } from '../../domain/exact.ts';
import { HOUR_MS } from '../../domain/period.ts';
import { tokensAt, type UsageSeries } from '../../domain/usage.ts';

/** A first scrape tells the tokens of a start-up that it did not see: too short a look misleads. */
const SHORTEST_LOOK_MS = 150_000;

/**
 * Tokens a second of one replica; `NaN` where its replica time is unknown, or a replica was seen
 * for less than 150 s and less than half the interval.
 */
export function paceAt(series: UsageSeries, row: number): number {
  const replicaMs = series.replicaMs[row] ?? Number.NaN;
  const lengthMs = (series.endMs[row] ?? 0) - (series.startMs[row] ?? 0);
  const isSeen = replicaMs > 0 && replicaMs >= Math.min(SHORTEST_LOOK_MS, lengthMs / 2);
  return isSeen ? (tokensAt(series, row) * 1000) / replicaMs : Number.NaN;
}

/** The same to the last digit: 900,000 tokens in 300 replica-seconds are 3,000. */
export function exactPaceAt(series: UsageSeries, row: number): Exact {
  const replicaMs = BigInt(Math.round(series.replicaMs[row] ?? 0));
  return exact(BigInt(tokensAt(series, row)) * 1000n, replicaMs);
}

/** With fewer busy hours there is no rest of the usage to judge one hour by. */
const FEWEST_HOURS = 12;
/** What one bad hour, or two, can fake; a third one is evidence. */
const WITNESSES = 3;

/**
 * The pace that does not hang on one hour: that of the third-fastest hour of UTC by its fastest
 * interval, estimated ones left out, or the stated capacity if that is more. `undefined` below
 * twelve busy hours. *Peaks of 2,400,000, 3,100, 3,000 and less: 3,000.*
 */
export function supportedPace(
  all: readonly UsageSeries[],
  stated: Exact | undefined,
): number | undefined {
  const peaks = new Map<number, number>();
  for (const series of all) {
    let [hour, peak] = [Number.NaN, 0];
    const note = () => {
      if (peak > 0) peaks.set(hour, Math.max(peaks.get(hour) ?? 0, peak));
    };
    for (let row = 0; row < series.length; row += 1) {
      const pace = paceAt(series, row);
      if (!(pace > 0) || series.estimated[row] === 1) continue;
      const own = Math.floor((series.startMs[row] ?? 0) / HOUR_MS);
      if (own !== hour) {
        note();
        hour = own;
        peak = 0;
      }
      peak = Math.max(peak, pace);
    }
    note();
  }
  if (peaks.size < FEWEST_HOURS) return undefined;
  const third = [...peaks.values()].sort((a, b) => b - a)[WITNESSES - 1] ?? 0;
  return Math.max(third, stated === undefined ? 0 : toNumber(stated));
}
