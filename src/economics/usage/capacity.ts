/**
 * Computes the sustained tokens per second of one replica: measured, or observed as a lower bound.
 */

import { compare, decimal, type Exact } from '../../domain/exact.ts';
import { sixPlaces } from '../../domain/figures.ts';
import { tokensAt, type UsageSeries } from '../../domain/usage.ts';
import type { DeploymentInput, StatedCapacity, UsageDoubt } from '../input.ts';
import type { Capacity } from '../result.ts';
import type { Warning } from '../warning.ts';
import {
  exactThroughputAt,
  plausibleThroughput,
  supportedThroughput,
  throughputAt,
  toUsageDoubt,
} from './plausibleUsage.ts';

export interface CapacityFinding {
  readonly capacity?: Capacity;
  /** Intervals that would have raised it but did not. */
  readonly doubts: readonly UsageDoubt[];
  readonly warnings: readonly Warning[];
}

/**
 * An interval raises the capacity to at most this many times what the rest of the usage supports.
 */
const MOST_RAISE = 2;

/**
 * The stated capacity, else the observed one. Either is raised to the fastest interval of the
 * period that the rest of the usage supports. A quarter of 92 days starts before the trailing 90
 * days: if only those first days were busy, they are used. A stated capacity that is implausible
 * for the GPUs is ignored.
 */
export function findCapacity(input: DeploymentInput, window: UsageSeries): CapacityFinding {
  if (input.capacity?.isFromUsage === true) return fromToday(input.capacity, input);
  const most = plausibleThroughput(input.gpu);
  const configured = input.capacity?.tokensPerSecond;
  const isPlausible = configured === undefined || compare(configured, decimal(`${most}`)) <= 0;
  const stated = isPlausible ? configured : undefined;
  const warnings =
    isPlausible || configured === undefined ? [] : [implausibleWarning(configured, most)];
  const limit = raiseLimit([window, input.trailingUsage], stated, most);
  const seen = (series: UsageSeries) => observedCapacity(series, limit.tokensPerSecond);
  const base = stated ?? seen(input.trailingUsage) ?? seen(window);
  const doubts = findDoubts(window, limit);
  if (base === undefined) return { doubts, warnings };
  const basis = stated === undefined ? 'observed' : 'measured';
  const evidence = isPlausible ? evidenceOf(input) : {};
  const peak = peakThroughput(window, limit.tokensPerSecond);
  if (peak === undefined || compare(peak, base) <= 0) {
    return { capacity: { tokensPerSecond: base, basis, ...evidence }, doubts, warnings };
  }
  const raised = { tokensPerSecond: peak, basis, isRaised: true, ...evidence } as const;
  const understated = stated === undefined ? [] : [understatedWarning(stated, peak)];
  return { capacity: raised, doubts, warnings: [...warnings, ...understated] };
}

/** Capacity from today's usage, without today's doubts and warnings. */
function fromToday({ tokensPerSecond }: StatedCapacity, input: DeploymentInput): CapacityFinding {
  const capacity = { tokensPerSecond, basis: 'measured', ...evidenceOf(input) } as const;
  return { capacity, doubts: [], warnings: [] };
}

/** The highest rate that may define the capacity. */
interface Limit {
  readonly tokensPerSecond: number;
  readonly supported: number;
}

function raiseLimit(all: readonly UsageSeries[], stated: Exact | undefined, most: number): Limit {
  const supported = supportedThroughput(all, stated);
  if (supported === undefined) return { tokensPerSecond: most, supported: most };
  return { tokensPerSecond: Math.min(most, MOST_RAISE * supported), supported };
}

function findDoubts(series: UsageSeries, { tokensPerSecond, supported }: Limit): UsageDoubt[] {
  const doubts: UsageDoubt[] = [];
  for (let row = 0; row < series.length; row += 1) {
    if (series.estimated[row] === 1 || !(throughputAt(series, row) > tokensPerSecond)) continue;
    doubts.push({ ...toUsageDoubt(series, row), code: 'capacity-not-raised', supported });
  }
  return doubts;
}

/** `2026-06-12, load test before the launch`; either part may be missing. */
function evidenceOf({ capacity }: DeploymentInput): { evidence?: string } {
  const parts = [capacity?.measured, capacity?.evidence].filter((part) => part !== undefined);
  return parts.length === 0 ? {} : { evidence: parts.join(', ') };
}

function understatedWarning(stated: Exact, seen: Exact): Warning {
  return {
    code: 'capacity-understated',
    statedTokensPerSecond: sixPlaces(stated, 'floor'),
    seenTokensPerSecond: sixPlaces(seen, 'ceiling'),
  };
}

function implausibleWarning(stated: Exact, most: number): Warning {
  return {
    code: 'capacity-not-believed',
    statedTokensPerSecond: sixPlaces(stated, 'ceiling'),
    believedTokensPerSecond: sixPlaces(decimal(`${most}`), 'floor'),
  };
}

/**
 * The 99th percentile (nearest rank) of per-replica throughput over busy intervals; of 100
 * intervals the 99th from below. 900,000 tokens in 300 replica-seconds are 3,000 tokens/s.
 * Intervals faster than `limit` are ignored.
 */
export function observedCapacity(
  series: UsageSeries,
  limit: number = Number.POSITIVE_INFINITY,
): Exact | undefined {
  const rates = ratesOf(series, (row) => isBusy(series, row), limit);
  const sorted = rates.filter((rate) => !Number.isNaN(rate)).sort();
  const wanted = sorted[Math.ceil((sorted.length * 99) / 100) - 1] ?? 0;
  return wanted > 0 ? exactThroughputAt(series, rates.indexOf(wanted)) : undefined;
}

function peakThroughput(series: UsageSeries, limit: number): Exact | undefined {
  const rates = ratesOf(series, () => true, limit);
  let best = -1;
  for (let row = 0; row < rates.length; row += 1) {
    if ((rates[row] ?? 0) > (rates[best] ?? 0)) best = row;
  }
  return best < 0 ? undefined : exactThroughputAt(series, best);
}

/** Tokens per second by interval; `NaN` if estimated, above the limit, or left out. */
function ratesOf(
  series: UsageSeries,
  counts: (row: number) => boolean,
  limit: number,
): Float64Array {
  const rates = new Float64Array(series.length).fill(Number.NaN);
  for (let row = 0; row < series.length; row += 1) {
    if (series.estimated[row] === 1 || !counts(row)) continue;
    const rate = throughputAt(series, row);
    if (rate <= limit) rates[row] = rate;
  }
  return rates;
}

function isBusy(series: UsageSeries, row: number): boolean {
  const busyMs = series.busyMs[row] ?? Number.NaN;
  return Number.isNaN(busyMs) ? tokensAt(series, row) > 0 : busyMs > 0;
}
