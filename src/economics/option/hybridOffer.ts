/** The hybrid option: the best number of replicas, its overflow and its days. */

import {
  add,
  compare,
  type Exact,
  exact,
  exactInteger,
  larger,
  multiply,
  subtract,
  sum,
  toNumber,
} from '../../domain/exact.ts';
import { DAY_MS, durationMs, overlapMs } from '../../domain/period.ts';
import { tokensAt, type UsageSeries } from '../../domain/usage.ts';
import { dayMsAt } from '../bill/days.ts';
import { NO_PAID_HOURS, nonGpuSpend } from '../usage/coverage.ts';
import { promptSizeBounds } from '../hosted/priceUncertainty.ts';
import { hostDays } from '../hosted/hostDays.ts';
import type { HostedFinding } from '../hosted/weighHosted.ts';
import { hostPriceTerms } from '../hosted/weighHost.ts';
import { overflowAtScale, overflowCost, type OverflowTerms } from '../hosted/overflow.ts';
import { buildSegments } from '../hosted/segments.ts';
import type { Lack } from '../lack.ts';
import type { NoOffer } from '../offer.ts';
import type { Capacity, HybridEconomics, HybridPlan, PaidTime, Spend } from '../result.ts';
import { type GpuPrices, ownGpuUsd } from './gpuPrices.ts';
import type { BareOffer, OptionFacts } from './optionFacts.ts';
import { unusedCommitment } from '../bill/commitment.ts';
import { atCacheShare } from '../hosted/hostedCost.ts';
import { paidReplicas } from '../replicaGpus.ts';

export interface HybridFacts {
  readonly hybrid: HybridEconomics;
  /** Absent if the hybrid has no plan. */
  readonly overflow?: OverflowTerms;
  readonly found: HostedFinding;
}

export interface HybridPrices {
  /** The unused commitment if the deployment left completely. */
  readonly committedUsd: Exact;
  readonly prices: GpuPrices;
}

/** The best number of replicas, if it can be determined. */
export function weighHybridOption(
  facts: OptionFacts,
  found: HostedFinding,
  { committedUsd, prices }: HybridPrices,
): HybridFacts {
  const { capacity, spend, time, stack } = facts;
  const { chosen, hosted } = found;
  if (capacity === undefined) return withoutPlan(found, { code: 'capacity-unknown' });
  if (chosen === undefined) return withoutPlan(found, hosted.reason ?? { code: 'no-hosted-price' });
  const overflow: OverflowTerms = {
    ...hostPriceTerms(chosen.candidate.equivalent, facts.input.hosted),
    series: found.series,
    capacity: capacity.tokensPerSecond,
    resolved: chosen.candidate.history.resolved,
    thresholds: found.thresholds,
    limit: Math.min(time.mostReplicas + 1, MOST_WEIGHED),
  };
  const cacheShare = stack.cacheRealization.base;
  const { share } = facts.input.gpu;
  const sharedUsd = sum(facts.shared.flatMap(({ gpu }) => gpu));
  const terms = { overflow, spend, time, share, sharedUsd, cacheShare, committedUsd, prices };
  const hybrid = weighHybrid(terms);
  return { hybrid, overflow, found };
}

function withoutPlan(found: HostedFinding, reason: Lack): HybridFacts {
  return { hybrid: { plans: [], reason }, found };
}

export function hybridOffer(facts: OptionFacts, of: HybridFacts): BareOffer | NoOffer {
  const { best, reason = NO_PAID_HOURS } = of.hybrid;
  const { overflow } = of;
  if (best === undefined || overflow === undefined) return { reason };
  const gpuUsd = best.paidGpuUsd;
  return {
    gpuUsd,
    ...nonGpuSpend(facts.spend),
    hosted: best.overflow,
    rate: 'own',
    atScale(scale) {
      const { cost, slope } = overflowAtScale(overflow, best.replicas, scale);
      return { gpuUsd, hosted: cost, slope: { gpuUsd: subtract(gpuUsd, gpuUsd), hosted: slope } };
    },
    days: { ...ownDays(facts, toNumber(gpuUsd)), hosts: overflowDays(facts, of, best) },
    detail: { replicas: best.replicas },
  };
}

/** GPU cost of always-on replicas spread over the paid span, less on partly covered days. */
function ownDays({ grid, covered, time }: OptionFacts, wholeUsd: number) {
  const weights = covered.map(({ paidNs, coveredNs }, index) => {
    const startMs = dayMsAt(grid, index);
    const day = { startMs, endMs: startMs + DAY_MS };
    const share = paidNs === 0n ? 1 : Number(coveredNs) / Number(paidNs);
    return (time.span === undefined ? 0 : overlapMs(day, time.span)) * share;
  });
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const gpuUsd = Float64Array.from(weights, (weight) =>
    whole === 0 ? 0 : wholeUsd * (weight / whole),
  );
  const ownUsd = Float64Array.from(
    covered,
    ({ coveredUsd, coveredComputeUsd }, index) =>
      toNumber(subtract(coveredUsd, coveredComputeUsd)) + (gpuUsd[index] ?? 0),
  );
  return { ownUsd, gpuUsd };
}

/** The part that may wait is unknown, so all overflow is bought at the standard price. */
function overflowDays(facts: OptionFacts, { found }: HybridFacts, { replicas }: HybridPlan) {
  const { grid, input, capacity, stack } = facts;
  const { series, changesMs, thresholds, gaps } = found;
  const partOf = overflowPart(series, capacity, replicas);
  const segments = buildSegments(series, grid, { changesMs, thresholds, partOf });
  const bounds = promptSizeBounds({ series, grid, changesMs, thresholds }, partOf);
  const cacheShare = stack.cacheRealization.base;
  const terms = { segments, hosted: input.hosted, cacheShare, grid, gaps, thresholds };
  return found.eligible.map((host) =>
    hostDays(host, bounds === undefined ? terms : { ...terms, bounds }),
  );
}

/** Share of a row's tokens above what the replicas can serve in its time. */
function overflowPart(series: UsageSeries, capacity: Capacity | undefined, replicas: number) {
  const perMs = capacity === undefined ? 0 : (toNumber(capacity.tokensPerSecond) * replicas) / 1000;
  return (row: number) => {
    const tokens = tokensAt(series, row);
    const served = perMs * ((series.endMs[row] ?? 0) - (series.startMs[row] ?? 0));
    return tokens > served ? (tokens - served) / tokens : 0;
  };
}

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
const MOST_WEIGHED = 500;

/**
 * Plans for 1 to the most replicas paid at one time plus one, and the cheapest of them without
 * engineering time. k replicas cost k x rate x hours plus what is not compute: at $1.50 over four
 * hours, $6, $12, $18.
 */
function weighHybrid(terms: HybridTerms): HybridEconomics {
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
