/** Computes the break-even points of a deployment: where keeping and deleting it cost the same. */

import {
  compare,
  divide,
  type Exact,
  exact,
  exactInteger,
  multiply,
  ONE,
  subtract,
  sum,
  toInteger,
} from '../../domain/exact.ts';
import { DAY_MS, durationMs, type Period } from '../../domain/period.ts';
import type { Capacity, PaidTime } from '../result.ts';
import { findBreakEvenLevels } from './breakEvenLevels.ts';
import type { BreakEven } from './breakEvenPoints.ts';
import type { BreakEvenSides } from './breakEvenSides.ts';

export interface BreakEvenTerms {
  /** Absent if the hosted price is unknown; then there is no break-even. */
  readonly sides: BreakEvenSides | undefined;
  readonly capacity: Capacity | undefined;
  readonly time: PaidTime;
  /** GPUs per replica. */
  readonly gpus: Exact;
  readonly window: Period;
}

/** Break-even points of a deployment, for one input at a time, others as measured. */
export function findBreakEven(terms: BreakEvenTerms): BreakEven {
  const { sides } = terms;
  const gpuHours = coveredGpuHours(terms);
  const known = gpuHours === undefined ? {} : { gpuHours };
  if (sides === undefined) return known;
  return { ...known, ...breakEvenTokens(sides, terms), ...findBreakEvenLevels(sides, gpuHours) };
}

const NS_IN_HOUR = 3_600_000_000_000n;

/** Four covered hours of a replica with eight GPUs are 32 GPU-hours. */
function coveredGpuHours({ time, gpus }: BreakEvenTerms): Exact | undefined {
  if (time.coveredNs === 0n) return undefined;
  return multiply(exact(time.coveredNs, NS_IN_HOUR), gpus);
}

/**
 * (keep with labor - hosted labor - GPU spend for other sharers - unused commitment - migration) /
 * hosted cost per token, to the nearest token. ($9.00 - $0.50) / ($2.125825 / 15,600,000) is
 * 62,375,784 tokens, 1.443884 of the capacity of one replica.
 */
function breakEvenTokens(
  { keep, hosting, tokens }: BreakEvenSides,
  terms: BreakEvenTerms,
): BreakEven {
  const { hostedUsd, laborUsd, infraUsd, strandedUsd, migrationUsd } = hosting;
  if (tokens === 0 || hostedUsd.num <= 0n) return {};
  const toCover = subtract(keep.usd, sum([laborUsd, infraUsd, strandedUsd, migrationUsd]));
  if (toCover.num <= 0n) {
    const leavingCosts = [infraUsd, strandedUsd, migrationUsd].some(({ num }) => num > 0n);
    const code = leavingCosts ? 'keep-within-leaving' : 'keep-within-hosting-labor';
    return { tokens: 0n, tokensPerDay: 0n, utilization: exact(0n), note: { code } };
  }
  const needed = toInteger(divide(toCover, divide(hostedUsd, exactInteger(tokens))));
  const days = exact(BigInt(durationMs(terms.window)), BigInt(DAY_MS));
  return {
    tokens: needed,
    tokensPerDay: toInteger(divide(exact(needed), days)),
    ...utilizationAt(needed, terms),
  };
}

function utilizationAt(needed: bigint, { capacity, time }: BreakEvenTerms) {
  if (capacity === undefined || time.coveredNs === 0n) return {};
  const utilization = shareOfCapacity(needed, capacity, time);
  if (compare(utilization, ONE) <= 0) return { utilization };
  return { utilization, note: { code: 'beyond-replicas', replicas: time.mostReplicas } as const };
}

const NS_IN_SECOND = 1_000_000_000n;

/**
 * tokens / (capacity x covered replica-seconds): 15,600,000 at 3,000 tokens/s in 14,400 s are
 * 0.361111.
 */
export function shareOfCapacity(tokens: bigint, capacity: Capacity, time: { coveredNs: bigint }) {
  const { num, den } = capacity.tokensPerSecond;
  return exact(tokens * den * NS_IN_SECOND, num * time.coveredNs);
}
