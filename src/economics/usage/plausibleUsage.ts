/** Leaves out implausible usage intervals, and lists them. */

import { rowsWhere, tokensAt, type UsageSeries } from '../../domain/usage.ts';
import type { StatedCapacity, UsageDoubt } from '../input.ts';
import { gpusPerReplica, type ReplicaGpu } from '../replicaGpus.ts';
import { type Exact, exact, toNumber } from '../../domain/exact.ts';
import { HOUR_MS } from '../../domain/period.ts';
import { parseGpu } from '../../domain/gpu.ts';

/** The most times an interval may be as fast as the rest of the usage supports. */
const MOST_TIMES_SUPPORTED = 10;

export interface PlausibleUsage {
  readonly series: UsageSeries;
  readonly doubts: readonly UsageDoubt[];
}

interface PlausibilityTerms {
  readonly gpu: ReplicaGpu;
  readonly capacity?: StatedCapacity;
}

/**
 * Usage without implausible intervals: faster than plausible for their GPUs, or over ten times as
 * fast as the stated capacity and the third-fastest hour. Their tokens and time then count as
 * unknown, so the spend in that time is on neither side of a comparison. *2,400,000 tokens/s on one
 * H100, the next hours at 15,000: left out.*
 */
export function dropImplausibleUsage(
  series: UsageSeries,
  { gpu, capacity }: PlausibilityTerms,
): PlausibleUsage {
  const most = plausibleThroughput(gpu);
  const plausible = hasImplausible(series, most)
    ? rowsWhere(series, (row) => !(throughputAt(series, row) > most))
    : series;
  const supported =
    supportedThroughput([plausible], capacity?.tokensPerSecond) ?? Number.POSITIVE_INFINITY;
  const doubts: UsageDoubt[] = [];
  const doubted = new Set<number>();
  for (let row = 0; row < series.length; row += 1) {
    const rate = throughputAt(series, row);
    const isBeyond = rate > most;
    if (!isBeyond && !(rate > MOST_TIMES_SUPPORTED * supported)) continue;
    doubted.add(row);
    doubts.push({
      ...toUsageDoubt(series, row),
      code: isBeyond ? 'beyond-published' : 'alone',
      supported: isBeyond ? most : supported,
    });
  }
  if (doubted.size === 0) return { series, doubts };
  return { series: rowsWhere(series, (row) => !doubted.has(row)), doubts };
}

/** Usually there is none, so a quarter of intervals need not be copied. */
function hasImplausible(series: UsageSeries, most: number): boolean {
  for (let row = 0; row < series.length; row += 1)
    if (throughputAt(series, row) > most) return true;
  return false;
}

/** The interval of a row, and its rate. */
export function toUsageDoubt(series: UsageSeries, row: number) {
  return {
    startMs: series.startMs[row] ?? 0,
    endMs: series.endMs[row] ?? 0,
    tokens: tokensAt(series, row),
    tokensPerSecond: exactThroughputAt(series, row),
  };
}

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

/**
 * Prompt plus output tokens per second of one GPU: the highest of 184 published runs that were
 * compared, none with a cached prompt:
 * - A100: gpt-oss-20b MXFP4, vLLM 0.11, 128 in and 4 out (gpustack performance lab, a100).
 * - H100: Llama-3.1-8B FP8, TensorRT-LLM 1.0, 2048 in and 128 out (its perf-overview): 3,450 out.
 * - H200: the same run: 3,538 out.
 * - B200: gpt-oss-20b MXFP4, TensorRT-LLM after 1.0, 1000 in and 1000 out: 53,812 out.
 */
const PUBLISHED: Readonly<Record<string, number>> = {
  A100: 25_173,
  H100: 58_650,
  H200: 60_146,
  B200: 107_624,
};

/** A GPU that is not in the table may be as fast as the fastest one. */
const FASTEST = Math.max(...Object.values(PUBLISHED));

/**
 * Cached prompts cost almost nothing: with nine hits in ten, ten times as many tokens are served.
 */
const CACHED = 10;

/**
 * The highest plausible tokens per second of one replica: ten times the published figure for each
 * GPU. Two H100 are 1,173,000, a quarter of one is 146,625.
 */
export function plausibleThroughput(gpu: ReplicaGpu): number {
  const published = PUBLISHED[parseGpu(gpu.type)?.model ?? ''] ?? FASTEST;
  return published * CACHED * toNumber(gpusPerReplica(gpu));
}
