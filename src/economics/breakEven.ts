/** Knows how much a deployment would have to serve before keeping it pays. */

import {
  compare,
  divide,
  exact,
  type Exact,
  exactInteger,
  ONE,
  subtract,
  toInteger,
} from '../domain/exact.ts';
import { DAY_MS, durationMs, type Period } from '../domain/period.ts';
import type { BreakEven, Capacity, PaidTime } from './result.ts';

export interface BreakEvenTerms {
  /** With the deployment's own labor. */
  readonly keepUsd: Exact;
  /** What the host asks for the tokens that were served. */
  readonly hostedUsd: Exact | undefined;
  readonly hostedLaborUsd: Exact;
  readonly tokens: number;
  readonly capacity: Capacity | undefined;
  readonly time: PaidTime;
  readonly window: Period;
}

/**
 * (keep with labor - hosted labor) / hosted cost per token, to the nearest token, all else as
 * measured. ($9.00 - $0.50) / ($2.125825 / 15,600,000) is 62,375,784 tokens, 1.443884 of what one
 * replica can do.
 */
export function breakEven(terms: BreakEvenTerms): BreakEven {
  const { hostedUsd, tokens } = terms;
  if (tokens === 0 || hostedUsd === undefined || hostedUsd.num <= 0n) return {};
  const toCover = subtract(terms.keepUsd, terms.hostedLaborUsd);
  if (toCover.num <= 0n)
    return { tokens: 0n, tokensPerDay: 0n, utilization: exact(0n), note: FREE };
  const perToken = divide(hostedUsd, exactInteger(tokens));
  const needed = toInteger(divide(toCover, perToken));
  const days = exact(BigInt(durationMs(terms.window)), BigInt(DAY_MS));
  return {
    tokens: needed,
    tokensPerDay: toInteger(divide(exact(needed), days)),
    ...reach(needed, terms),
  };
}

const FREE = 'keeping costs no more than the labor of hosting alone';

function reach(needed: bigint, { capacity, time }: BreakEvenTerms) {
  if (capacity === undefined || time.coveredNs === 0n) return {};
  const utilization = shareOfCapacity(needed, capacity, time);
  if (compare(utilization, ONE) <= 0) return { utilization };
  return { utilization, note: time.mostReplicas === 1 ? 'never with one replica' : NEVER };
}

const NEVER = 'never with this many replicas';
const NS_IN_SECOND = 1_000_000_000n;

/**
 * tokens / (capacity x covered replica-seconds): 15,600,000 at 3,000 tokens/s in 14,400 s are
 * 0.361111.
 */
export function shareOfCapacity(tokens: bigint, capacity: Capacity, time: { coveredNs: bigint }) {
  const { num, den } = capacity.tokensPerSecond;
  return exact(tokens * den * NS_IN_SECOND, num * time.coveredNs);
}
