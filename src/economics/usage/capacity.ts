/**
 * Knows the sustained tokens a second of one replica: measured, or observed and then a lower bound.
 */

import { compare, type Exact, exact } from '../../domain/exact.ts';
import { tokensAt, type UsageSeries } from '../../domain/usage.ts';
import type { DeploymentInput } from '../input.ts';
import type { Capacity } from '../result.ts';

export interface CapacityFinding {
  readonly capacity?: Capacity;
  readonly warnings: readonly string[];
}

/**
 * The stated capacity, else the observed one; either is raised to the fastest interval of the
 * window. A quarter of 92 days begins before the trailing 90: where only those first days were
 * busy, they are what was observed.
 */
export function capacityOf(input: DeploymentInput, window: UsageSeries): CapacityFinding {
  const stated = input.capacity?.tokensPerSecond;
  const base = stated ?? observedCapacity(input.trailingUsage) ?? observedCapacity(window);
  if (base === undefined) return { warnings: [] };
  const basis = stated === undefined ? 'observed (a lower bound)' : 'measured';
  const evidence = evidenceOf(input);
  const peak = peakThroughput(window);
  if (peak === undefined || compare(peak, base) <= 0) {
    return { capacity: { tokensPerSecond: base, basis, ...evidence }, warnings: [] };
  }
  const seen = `${basis}, raised to what was seen`;
  const raised = { tokensPerSecond: peak, basis: seen, ...evidence };
  return { capacity: raised, warnings: stated === undefined ? [] : [UNDERSTATED] };
}

/** `2026-06-12, load test before the launch`; one of the two may be all that is told. */
function evidenceOf({ capacity }: DeploymentInput): { evidence?: string } {
  const told = [capacity?.measured, capacity?.evidence].filter((part) => part !== undefined);
  return told.length === 0 ? {} : { evidence: told.join(', ') };
}

const UNDERSTATED =
  'An interval was faster than the stated capacity: the capacity is understated, and was ' +
  'raised to what was seen.';

/**
 * The 99th percentile (nearest rank) of per-replica throughput over busy intervals; of 100
 * intervals the 99th from below. 900,000 tokens in 300 replica-seconds are 3,000 tokens/s.
 */
export function observedCapacity(series: UsageSeries): Exact | undefined {
  const rates = ratesOf(series, isBusy);
  const sorted = rates.filter((rate) => !Number.isNaN(rate)).sort();
  const wanted = sorted[Math.ceil((sorted.length * 99) / 100) - 1] ?? 0;
  return wanted > 0 ? rateAt(series, rates.indexOf(wanted)) : undefined;
}

function peakThroughput(series: UsageSeries): Exact | undefined {
  const rates = ratesOf(series, () => true);
  let best = -1;
  for (let row = 0; row < rates.length; row += 1) {
    if ((rates[row] ?? 0) > (rates[best] ?? 0)) best = row;
  }
  return best < 0 ? undefined : rateAt(series, best);
}

/** A first scrape tells the tokens of a start-up that it did not see: too short a look misleads. */
const SHORTEST_LOOK_MS = 150_000;

/**
 * Tokens a second by interval; `NaN` where it is estimated, left out, of unknown replica time, or
 * where a replica was seen for less than 150 s and less than half the interval.
 */
function ratesOf(
  series: UsageSeries,
  counts: (series: UsageSeries, row: number) => boolean,
): Float64Array {
  const rates = new Float64Array(series.length).fill(Number.NaN);
  for (let row = 0; row < series.length; row += 1) {
    const replicaMs = series.replicaMs[row] ?? Number.NaN;
    const lengthMs = (series.endMs[row] ?? 0) - (series.startMs[row] ?? 0);
    const isSeen = replicaMs >= Math.min(SHORTEST_LOOK_MS, lengthMs / 2);
    if (!(replicaMs > 0) || !isSeen || series.estimated[row] === 1) continue;
    if (!counts(series, row)) continue;
    rates[row] = (tokensAt(series, row) * 1000) / replicaMs;
  }
  return rates;
}

function isBusy(series: UsageSeries, row: number): boolean {
  const busyMs = series.busyMs[row] ?? Number.NaN;
  return Number.isNaN(busyMs) ? tokensAt(series, row) > 0 : busyMs > 0;
}

function rateAt(series: UsageSeries, row: number): Exact {
  const replicaMs = BigInt(Math.round(series.replicaMs[row] ?? 0));
  return exact(BigInt(tokensAt(series, row)) * 1000n, replicaMs);
}
