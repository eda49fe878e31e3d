/** Prices hybrids: k always-on replicas, and a hosted API for the overflow. */

import {
  add,
  compare,
  type Exact,
  exact,
  exactInteger,
  larger,
  multiply,
  subtract,
} from '../../domain/exact.ts';
import { durationMs } from '../../domain/period.ts';
import { unusedCommitment } from '../bill/commitment.ts';
import { NO_PAID_HOURS } from '../bill/rent.ts';
import { atCacheShare } from '../hosted/hostedCost.ts';
import { type OverflowTerms, overflowCost } from '../hosted/overflow.ts';
import { paidReplicas } from '../replicaGpus.ts';
import type { HybridEconomics, HybridPlan, PaidTime, Spend } from '../result.ts';
import { type GpuPrices, ownGpuUsd } from './gpuPrices.ts';

export interface HybridTerms {
  readonly overflow: OverflowTerms;
  readonly spend: Spend;
  readonly time: PaidTime;
  /** The GPU share of one replica; absent if it has whole GPUs. */
  readonly share?: Exact | undefined;
  /** GPU spend that stays as long as other deployments use the GPUs. */
  readonly sharedUsd: Exact;
  readonly cacheShare: Exact;
  /** The unused commitment if the deployment left completely. */
  readonly committedUsd: Exact;
  readonly prices: GpuPrices;
}

/** The most replica counts that are priced one by one. */
export const MOST_WEIGHED = 500;

/**
 * Plans for 1 to the most replicas paid at one time plus one, and the cheapest of them without
 * engineering time. k replicas cost k x rate x hours plus what is not compute: at $1.50 over four
 * hours, $6, $12, $18.
 */
export function weighHybrid(terms: HybridTerms): HybridEconomics {
  if (terms.time.coveredNs === 0n) {
    return { plans: [], reason: NO_PAID_HOURS };
  }
  const costs = hybridPlans(terms);
  const plans = Array.from({ length: terms.overflow.limit }, (_, index) => costs(index + 1));
  const best = plans.reduce<HybridPlan | undefined>(
    (least, plan) => (least === undefined || compare(plan.usd, least.usd) < 0 ? plan : least),
    undefined,
  );
  return { plans, ...(best === undefined ? {} : { best }) };
}

/** The plan for a number of replicas up to the limit; 0 is to delete. */
export function hybridPlans(terms: HybridTerms): (replicas: number) => HybridPlan {
  const over = overflowCost(terms.overflow);
  const { coveredUsd, coveredComputeUsd } = terms.spend;
  const perReplica = alwaysOnUsd(terms);
  const fixed = subtract(coveredUsd, coveredComputeUsd);
  const paidFor = paidReplicas(terms.share, terms.time.mostReplicas);
  return (replicas) => {
    const compute = larger(multiply(perReplica, paidFor(replicas)), terms.sharedUsd);
    const paidUsd = replicas === 0 ? exact(0n) : add(compute, fixed);
    const gpuUsd = ownGpuUsd(compute, terms.prices);
    const ownUsd = replicas === 0 ? paidUsd : add(gpuUsd, fixed);
    const overflow = over(replicas);
    const strandedUsd = unusedCommitment(terms.committedUsd, coveredUsd, paidUsd);
    const bought = atCacheShare(overflow, terms.cacheShare);
    const usd = add(add(ownUsd, bought), strandedUsd);
    return { replicas, ownUsd, gpuUsd, paidGpuUsd: compute, overflow, strandedUsd, usd };
  };
}

/** GPU cost of one replica that runs through the paid span, at the paid rate. */
function alwaysOnUsd({ spend, time: { paidNs, span } }: HybridTerms): Exact {
  const spanNs = span === undefined ? 0n : exactInteger(durationMs(span)).num * 1_000_000n;
  return multiply(spend.coveredComputeUsd, exact(spanNs, paidNs));
}
