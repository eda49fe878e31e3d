/** The shape of what an option costs: by part, by day, and with more or fewer tokens. */

import type { Exact } from '../domain/exact.ts';
import type { CacheLinear, ConsideredHost } from './hosted/host.ts';
import type { Lack } from './lack.ts';
import type { WeekOff } from './option/weekOff.ts';

/**
 * In the order in which ties are settled: who changes less, wins. Spot is priced and never advised:
 * capacity that can be taken away is another service.
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

/** Dollars over covered time, without the deployment's own labor. */
export interface Offer {
  /** At the rates that were paid, whatever is asked what if. */
  readonly gpuUsd: Exact;
  readonly storageUsd: Exact;
  /** Network, fees, credits: what is neither GPU nor storage. */
  readonly otherUsd: Exact;
  /** Below nothing where tokens that are bought already need be bought no more. */
  readonly hosted: CacheLinear;
  /** Shared rent that goes on while another uses it: in none of the parts; absent where none is. */
  readonly staying?: readonly Staying[];
  /** What stays owed for nothing, over the next window. */
  readonly strandedUsd: Exact;
  /** The same with other dollars staying; absent where none stay. */
  readonly strandedBeside?: (stayingUsd: Exact) => Exact;
  readonly migrationUsd: Exact;
  /** Whether the GPUs follow our own rate or a market's. */
  readonly rate: 'own' | 'market';
  /** Absent where more tokens cost nothing more. */
  readonly atScale?: (scale: Exact) => ScaledOffer;
  readonly days: OfferDays;
  readonly detail: OfferDetail;
}

export type SharedPart = 'gpu' | 'storage' | 'other';

/** A deployment's part of what it shares, which it goes on to cost though it is not used there. */
export interface Staying {
  /** All that must let go of it, itself among them; sorted. */
  readonly sharers: readonly string[];
  readonly part: SharedPart;
  /** At the rates that were paid. */
  readonly usd: Exact;
  /** In `days.ownUsd` too, at the rates that are asked for. */
  readonly byDay: Float64Array;
}

/** An option whose cost is not known, and why. */
export interface NoOffer {
  readonly reason: Lack;
}

/** Bringing back is no option where nothing is bought elsewhere. */
export type Offers = Readonly<Record<Exclude<OptionName, 'bring-back'>, Offer | NoOffer>> & {
  readonly 'bring-back'?: Offer | NoOffer;
};

/**
 * The parts that follow the tokens, were each interval's tokens multiplied by a scale. Slopes are
 * dollars for one more of today's tokens at that scale; absent where the cost goes by steps.
 */
export interface ScaledOffer {
  readonly gpuUsd: Exact;
  readonly hosted: CacheLinear;
  /** Absent where it is not weighed yet; in no slope, for it moves only by steps. */
  readonly strandedUsd?: Exact;
  readonly slope?: { readonly gpuUsd: Exact; readonly hosted: CacheLinear };
}

/** Doubles by day of the window's grid, for odds only; they sum to the offer's parts nearly. */
export interface OfferDays {
  /** GPU, storage and other. */
  readonly ownUsd: Float64Array;
  /** The part of it that a GPU rate moves. */
  readonly gpuUsd: Float64Array;
  /** One for each eligible host, in the order of `hosted.considered`; none where none is needed. */
  readonly hosts: readonly HostDays[];
  /** What was paid for tokens that are bought no more; absent where there are none. */
  readonly sparedUsd?: Float64Array;
}

export interface HostDays {
  readonly host: ConsideredHost;
  readonly atZeroUsd: Float64Array;
  readonly atOneUsd: Float64Array;
  /** At one, had every prompt token of unknown hits been one; absent where all hits are known. */
  readonly atAllHitsUsd?: Float64Array;
  /** What its price itself may move over the window; absent where nothing does. */
  readonly stray?: { readonly lessUsd: number; readonly moreUsd: number };
}

/** What a reader wants to know of an option; only what fits the option is there. */
export interface OfferDetail {
  /** Hybrid: replicas that are always on. */
  readonly replicas?: number;
  /** Right-size: replica-hours that would be paid, and the most replicas of any hour. */
  readonly replicaHours?: Exact;
  readonly mostReplicas?: number;
  /** Right-size: paid hours of the window in which no replica is needed. */
  readonly hoursOff?: number;
  /** Right-size: those of them that every week has. */
  readonly weekOff?: WeekOff;
  /** Serverless: hours of workers, and starts from cold. */
  readonly workerHours?: Exact;
  readonly starts?: number;
  /** Serverless: pod $/h over serverless $/h, and worker time over paid time as it is. */
  readonly breakEvenShare?: Exact;
  readonly workerShare?: Exact;
  /** Bring-back: tokens of ours, what was paid for them, and replica-hours beyond those paid. */
  readonly broughtTokens?: number;
  readonly broughtUsd?: Exact;
  readonly extraReplicaHours?: Exact;
  /** Bring-back: had what is told by the day come whenever there was room. */
  readonly leastExtraReplicaHours?: Exact;
  /** Bring-back: how finely its tokens are told. */
  readonly grain?: 'hour' | 'day';
  /** Move and spot: who rents it out, at what, and what is paid now. */
  readonly provider?: string;
  /** Move and spot: a catalog told the rate, and not the provider. */
  readonly secondHand?: true;
  readonly usdPerGpuHour?: Exact;
  readonly ownUsdPerGpuHour?: Exact;
}
