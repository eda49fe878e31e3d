/** Computes figures reported beside usage, which are in no price. */

import {
  compare,
  decimal,
  divide,
  type Exact,
  exact,
  multiply,
  sumWhole,
} from '../../domain/exact.ts';
import {
  type Demand,
  DEMANDS,
  type GpuActivity,
  type LatencyHistogram,
  type LatencyMeasure,
  type UsageFacts,
} from '../../domain/usageFacts.ts';
import type { DeploymentInput } from '../input.ts';
import type { DeploymentEconomics } from '../result.ts';
import type { DemandRows } from './demand.ts';
import { computeEscalation, type Escalation, type MetersCompared } from './meters.ts';
import { nearestReference, type ThroughputReference } from './references.ts';

/** Facts of the period. */
export interface ExtraUsage {
  readonly facts: UsageFacts;
  /** Absent if no part states its purpose. */
  readonly demand?: DemandRows;
  /** Absent without a gateway, or if the two never cover the same time. */
  readonly meters?: MetersCompared;
}

export interface ExtraFigures {
  /** Tokens of billed time by demand; they sum to all tokens served in it. */
  readonly demand?: Readonly<Record<Demand | 'not-told', number>>;
  readonly latency?: ReturnType<typeof combineLatency>;
  readonly gpu?: GpuFigures;
  readonly reference?: ReferenceFigures;
  readonly meters?: MetersCompared;
  readonly escalation?: Escalation;
}

export interface GpuFigures {
  readonly gpuMs: number;
  readonly gpuUtil?: Exact;
  readonly engineActive?: Exact;
  readonly tensorActive?: Exact;
  readonly dramActive?: Exact;
  /** Share of billed hours with known usage in which anything was served. */
  readonly worked?: Exact;
  /** True if GPU_UTIL and throughput ÷ capacity differ by more than a factor of three. */
  readonly disagrees: boolean;
}

export interface ReferenceFigures extends ThroughputReference {
  /** Tokens per second of one GPU, without cached prompts. */
  readonly ours: Exact;
  /** `above`: more than 1.5 times the published figure. `below`: less than a tenth of it. */
  readonly judgment: 'above' | 'within' | 'below';
}

interface Weighed {
  readonly input: DeploymentInput;
  readonly economics: DeploymentEconomics;
  readonly beside: ExtraUsage | undefined;
}

export function computeExtraFigures({ input, economics, beside }: Weighed): ExtraFigures {
  const latency = combineLatency(beside?.facts.latency ?? []);
  const gpu = gpuFigures(beside?.facts.gpuActivity ?? [], economics);
  const reference = referenceFigures(input, economics);
  const escalation = computeEscalation(beside?.facts.requestCounts ?? []);
  return {
    ...(beside?.demand === undefined ? {} : { demand: demandFigures(beside.demand, economics) }),
    ...(Object.keys(latency).length === 0 ? {} : { latency }),
    ...(gpu === undefined ? {} : { gpu }),
    ...(reference === undefined ? {} : { reference }),
    ...(beside?.meters === undefined ? {} : { meters: beside.meters }),
    ...(escalation === undefined ? {} : { escalation }),
  };
}

function demandFigures(
  { startMs, whole, tokens }: DemandRows,
  { unbilled }: DeploymentEconomics,
): NonNullable<ExtraFigures['demand']> {
  const periods = unbilled?.periods ?? [];
  const isBilled = (atMs: number) =>
    !periods.some((each) => each.startMs <= atMs && atMs < each.endMs);
  const billed = Uint8Array.from(startMs, (atMs) => (isBilled(atMs) ? 1 : 0));
  const sum = (column: Float64Array) =>
    column.reduce((total, value, row) => (billed[row] === 1 ? total + value : total), 0);
  const byDemand = Object.fromEntries(
    DEMANDS.map((demand) => [demand, sum(tokens[demand])]),
  ) as Record<Demand, number>;
  const all = DEMANDS.reduce((total, demand) => total + byDemand[demand], 0);
  return { ...byDemand, 'not-told': sum(whole) - all };
}

const MILLION = 1_000_000n;

function gpuFigures(
  all: readonly GpuActivity[],
  { utilization, load }: DeploymentEconomics,
): GpuFigures | undefined {
  if (all.length === 0) return undefined;
  const mean = (of: (each: GpuActivity) => number | undefined): Exact | undefined => {
    const known = all.filter((each) => of(each) !== undefined && each.gpuMs > 0);
    if (known.length === 0) return undefined;
    const weighed = known.map((each) => BigInt(of(each) ?? 0) * BigInt(each.gpuMs));
    const weight = sumWhole(known.map(({ gpuMs }) => BigInt(gpuMs)));
    return exact(sumWhole(weighed), weight * MILLION);
  };
  const values = {
    gpuUtil: mean(({ gpuUtilMillionths }) => gpuUtilMillionths),
    engineActive: mean(({ engineActiveMillionths }) => engineActiveMillionths),
    tensorActive: mean(({ tensorActiveMillionths }) => tensorActiveMillionths),
    dramActive: mean(({ dramActiveMillionths }) => dramActiveMillionths),
    worked: shareOfHoursWorked(load),
  };
  const present = Object.entries(values).filter(([, value]) => value !== undefined);
  return {
    gpuMs: all.reduce((sum, { gpuMs }) => sum + gpuMs, 0),
    ...(Object.fromEntries(present) as Partial<Record<keyof typeof values, Exact>>),
    disagrees: disagree(values.gpuUtil, utilization),
  };
}

function shareOfHoursWorked({
  tokensByHour,
  paidNsByHour,
}: DeploymentEconomics['load']): Exact | undefined {
  let [worked, known] = [0n, 0n];
  for (const [hour, tokens] of tokensByHour.entries()) {
    if (Number.isNaN(tokens)) continue;
    const paidNs = BigInt(Math.round(paidNsByHour[hour] ?? 0));
    known += paidNs;
    if (tokens > 0) worked += paidNs;
  }
  return known === 0n ? undefined : exact(worked, known);
}

const THREE = exact(3n);

function disagree(a: Exact | undefined, b: Exact | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return compare(a, multiply(b, THREE)) > 0 || compare(b, multiply(a, THREE)) > 0;
}

const ABOVE_FACTOR = decimal('1.5');
const BELOW_FACTOR = decimal('0.1');

/** Published runs have no cached prompts, which cost almost nothing, so ours are left out. */
function referenceFigures(
  { gpu, model }: DeploymentInput,
  { capacity, served }: DeploymentEconomics,
): ReferenceFigures | undefined {
  const { cachedTokens = 0, promptTokens, outputTokens, tokens } = served;
  const computed = promptTokens - cachedTokens;
  if (capacity === undefined || computed <= 0 || outputTokens <= 0) return undefined;
  if (gpu.share !== undefined) return undefined;
  const found = nearestReference({ gpu: gpu.type, model, inputPerOutput: computed / outputTokens });
  if (found === undefined) return undefined;
  const share = exact(BigInt(tokens - cachedTokens), BigInt(tokens));
  const ours = divide(multiply(capacity.tokensPerSecond, share), exact(BigInt(gpu.count)));
  const ratio = divide(ours, exact(BigInt(found.tokensPerSecond)));
  return { ...found, ours, judgment: judge(ratio) };
}

function judge(ratio: Exact): ReferenceFigures['judgment'] {
  if (compare(ratio, ABOVE_FACTOR) > 0) return 'above';
  return compare(ratio, BELOW_FACTOR) < 0 ? 'below' : 'within';
}

/** At most this many seconds; with `isMore`, an unknown time above the last bucket. */
export interface Quantile {
  readonly seconds: number;
  readonly isMore: boolean;
}

export interface LatencyFigures {
  readonly count: number;
  readonly p50: Quantile;
  readonly p95: Quantile;
}

/** Latency figures by measure, without measures that have no counts. */
export function combineLatency(
  histograms: readonly LatencyHistogram[],
): Partial<Record<LatencyMeasure, LatencyFigures>> {
  const byMeasure = Map.groupBy(histograms, ({ measure }) => measure);
  const figures = [...byMeasure].flatMap(([measure, all]) => {
    const { bounds, counts } = combine(all);
    const count = counts.reduce((sum, each) => sum + each, 0);
    const [p50, p95] = [0.5, 0.95].map((share) => quantile(bounds, counts, share));
    return p50 === undefined || p95 === undefined ? [] : [[measure, { count, p50, p95 }] as const];
  });
  return Object.fromEntries(figures);
}

interface CombinedHistogram {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
}

/**
 * Sums histograms over their common bounds, so no count is guessed: [1, 2, 4] and [1, 4] share 1
 * and 4, and counts between 1 and 2 go between 1 and 4.
 */
function combine(all: readonly LatencyHistogram[]): CombinedHistogram {
  const counted = all.filter(({ counts }) => counts.some((count) => count > 0));
  const [first, ...others] = counted.map(({ boundsSeconds }) => boundsSeconds);
  const sets = others.map((bounds) => new Set(bounds));
  const bounds = (first ?? []).filter((bound) => sets.every((set) => set.has(bound)));
  const counts = Array.from({ length: bounds.length + 1 }, () => 0);
  for (const { boundsSeconds, counts: own } of counted) {
    let bucket = 0;
    for (const [at, count] of own.entries()) {
      const upper = boundsSeconds[at] ?? Number.POSITIVE_INFINITY;
      while (bucket < bounds.length && upper > (bounds[bucket] ?? 0)) bucket += 1;
      counts[bucket] = (counts[bucket] ?? 0) + count;
    }
  }
  return { bounds, counts };
}

/**
 * Linear within a bucket, starting at 0, like Prometheus' `histogram_quantile`. For 10, 30 and 10
 * counts up to 0.1, 0.5 and 1 second the median is 0.1 + 0.4 × 15/30 = 0.3.
 */
export function quantile(
  bounds: readonly number[],
  counts: readonly number[],
  share: number,
): Quantile | undefined {
  const wanted = share * counts.reduce((sum, count) => sum + count, 0);
  if (wanted === 0) return undefined;
  let below = 0;
  for (const [at, upper] of bounds.entries()) {
    const count = counts[at] ?? 0;
    if (below + count >= wanted && count > 0) {
      const lower = bounds[at - 1] ?? Math.min(0, upper);
      return { seconds: lower + ((upper - lower) * (wanted - below)) / count, isMore: false };
    }
    below += count;
  }
  return { seconds: bounds.at(-1) ?? 0, isMore: true };
}
