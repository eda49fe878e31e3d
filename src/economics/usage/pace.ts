/**
 * Computes a replica's rate in an interval, and the highest rate supported by the rest of the
 * usage.
 */

import { type Exact, exact, toNumber } from '../../domain/exact.ts';
import { HOUR_MS } from '../../domain/period.ts';
import { tokensAt, type UsageSeries } from '../../domain/usage.ts';

/** A first scrape includes tokens from before observation, so very short observations mislead. */
const SHORTEST_OBSERVATION_MS = 150_000;

/**
 * Tokens per second of one replica; `NaN` if its replica time is unknown, or if a replica was
 * observed for less than 150 s and less than half of the interval.
 */
export function throughputAt(series: UsageSeries, row: number): number {
  const replicaMs = series.replicaMs[row] ?? Number.NaN;
  const lengthMs = (series.endMs[row] ?? 0) - (series.startMs[row] ?? 0);
  const isObserved = replicaMs > 0 && replicaMs >= Math.min(SHORTEST_OBSERVATION_MS, lengthMs / 2);
  return isObserved ? (tokensAt(series, row) * 1000) / replicaMs : Number.NaN;
}

/** The same, exactly: 900,000 tokens in 300 replica-seconds are 3,000. */
export function exactThroughputAt(series: UsageSeries, row: number): Exact {
  const replicaMs = BigInt(Math.round(series.replicaMs[row] ?? 0));
  return exact(BigInt(tokensAt(series, row)) * 1000n, replicaMs);
}

/** With fewer busy hours there is not enough other usage to compare an hour with. */
const FEWEST_HOURS = 12;
/** One or two wrong hours can mislead; a third one is evidence. */
const EVIDENCE_RANK = 3;

/**
 * The rate that does not depend on one hour: that of the third-fastest UTC hour by its fastest
 * interval, without estimates, or the stated capacity if higher. `undefined` below twelve busy
 * hours. *Peaks of 2,400,000, 3,100, 3,000 and less: 3,000.*
 */
export function supportedThroughput(
  all: readonly UsageSeries[],
  stated: Exact | undefined,
): number | undefined {
  const peaks = new Map<number, number>();
  for (const series of all) {
    let [hour, peak] = [Number.NaN, 0];
    const addPeak = () => {
      if (peak > 0) peaks.set(hour, Math.max(peaks.get(hour) ?? 0, peak));
    };
    for (let row = 0; row < series.length; row += 1) {
      const rate = throughputAt(series, row);
      if (!(rate > 0) || series.estimated[row] === 1) continue;
      const own = Math.floor((series.startMs[row] ?? 0) / HOUR_MS);
      if (own !== hour) {
        addPeak();
        hour = own;
        peak = 0;
      }
      peak = Math.max(peak, rate);
    }
    addPeak();
  }
  if (peaks.size < FEWEST_HOURS) return undefined;
  const third = [...peaks.values()].sort((a, b) => b - a)[EVIDENCE_RANK - 1] ?? 0;
  return Math.max(third, stated === undefined ? 0 : toNumber(stated));
}
