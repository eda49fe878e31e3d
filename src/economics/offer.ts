/** Types of an option's cost: by part, by day, and at other numbers of tokens. */

import type { Exact } from '../domain/exact.ts';
import type { CacheLinear, ConsideredHost } from './hosted/consideredHost.ts';
import type { Lack } from './lack.ts';
import type { FreeWeekHours } from './option/weekOff.ts';

/**
 * Options in tie-breaking order: the smaller change wins. Spot is priced and never advised, because
 * capacity that can be evicted is a different service.
 */
export const CHOICES = [
  'keep',
  'right-size',
  'move',
  'bring-back',
  'hybrid',
  'serverless',
  'delete',
] as const;
export type Choice = (typeof CHOICES)[number];
export const OPTIONS = [...CHOICES, 'spot'] as const;
export type OptionName = (typeof OPTIONS)[number];

/** Cost of an option in dollars over covered time, without the deployment's engineering time. */
export interface OptionOffer {
  /** At the paid rates, even in a what-if. */
  readonly gpuUsd: Exact;
  readonly storageUsd: Exact;
  /** Network, fees and credits: neither GPU nor storage. */
  readonly otherUsd: Exact;
  /** Negative if tokens bought today need not be bought any more. */
  readonly hosted: CacheLinear;
  /**
   * Shared spend that continues while others use it, not in any other part; absent if there is
   * none.
   */
  readonly staying?: readonly StayingCost[];
  /** Unused commitment over the next period. */
  readonly strandedUsd: Exact;
  /** The same at other shared spend; absent if nothing is shared. */
  readonly strandedBeside?: (stayingUsd: Exact) => Exact;
  readonly migrationUsd: Exact;
  /** Whether the GPUs are priced at our own rate or a market rate. */
  readonly rate: 'own' | 'market';
  /** Absent if more tokens cost nothing more. */
  readonly atScale?: (scale: Exact) => ScaledOffer;
  readonly days: OfferDays;
  readonly detail: OfferDetail;
}

export type SharedPart = 'gpu' | 'storage' | 'other';

/** A deployment's part of shared spend, which continues though the deployment has left. */
export interface StayingCost {
  /** All sharers that must leave, including itself; sorted. */
  readonly sharers: readonly string[];
  readonly part: SharedPart;
  /** At the paid rates. */
  readonly usd: Exact;
  /** Included in `days.ownUsd`, at the requested rates. */
  readonly byDay: Float64Array;
}

/** An option without a known cost, and why. */
export interface NoOffer {
  readonly reason: Lack;
}

/** Options by name. Bringing back exists only if tokens are bought elsewhere. */
export type OptionOffers = Readonly<
  Record<Exclude<OptionName, 'bring-back'>, OptionOffer | NoOffer>
> & {
  readonly 'bring-back'?: OptionOffer | NoOffer;
};

/**
 * The parts that depend on tokens, with each interval's tokens multiplied by a scale. Slopes are
 * dollars for one more of today's tokens at that scale; absent if the cost has steps.
 */
export interface ScaledOffer {
  readonly gpuUsd: Exact;
  readonly hosted: CacheLinear;
  /** Absent if not computed yet; not in the slope, because it changes only in steps. */
  readonly strandedUsd?: Exact;
  readonly slope?: { readonly gpuUsd: Exact; readonly hosted: CacheLinear };
}

/**
 * Doubles by day of the period's grid, for probabilities only. They sum approximately to the
 * offer's parts.
 */
export interface OfferDays {
  /** GPU, storage and other. */
  readonly ownUsd: Float64Array;
  /** The part that depends on the GPU rate. */
  readonly gpuUsd: Float64Array;
  /**
   * One for each eligible endpoint, in the order of `hosted.considered`; empty if none is needed.
   */
  readonly hosts: readonly HostDays[];
  /** Today's cost of tokens that are no longer bought; absent if there are none. */
  readonly sparedUsd?: Float64Array;
}

export interface HostDays {
  readonly host: ConsideredHost;
  readonly atZeroUsd: Float64Array;
  readonly atOneUsd: Float64Array;
  /**
   * At all cache hits, if every prompt token with unknown hits were a hit; absent if all hits are
   * known.
   */
  readonly atAllHitsUsd?: Float64Array;
  /** Range of the cost due to uncertain prices over the period; absent if there is none. */
  readonly priceRange?: { readonly lessUsd: number; readonly moreUsd: number };
}

/** Details of an option; only those that apply are set. */
export interface OfferDetail {
  /** Hybrid: always-on replicas. */
  readonly replicas?: number;
  /** Right-size: paid replica-hours, and the most replicas of any hour. */
  readonly replicaHours?: Exact;
  readonly mostReplicas?: number;
  /** Right-size: paid hours of the period in which no replica is needed. */
  readonly hoursOff?: number;
  /** Right-size: hours without need in every week. */
  readonly weekOff?: FreeWeekHours;
  /** Serverless: worker hours, and cold starts. */
  readonly workerHours?: Exact;
  readonly starts?: number;
  /** Serverless: replica $/h over serverless $/h, and worker time over today's paid time. */
  readonly breakEvenShare?: Exact;
  readonly workerShare?: Exact;
  /** Bring-back: our tokens, their cost today, and replica-hours beyond the paid ones. */
  readonly broughtTokens?: number;
  readonly broughtUsd?: Exact;
  readonly extraReplicaHours?: Exact;
  /** Bring-back: if tokens known only by day had arrived whenever there was room. */
  readonly leastExtraReplicaHours?: Exact;
  /** Bring-back: the resolution of its tokens. */
  readonly grain?: 'hour' | 'day';
  /** Move and spot: the provider, its rate, and the rate paid now. */
  readonly provider?: string;
  /** Move and spot: set if a catalog reports the rate, not the provider. */
  readonly secondHand?: true;
  readonly usdPerGpuHour?: Exact;
  readonly ownUsdPerGpuHour?: Exact;
}
