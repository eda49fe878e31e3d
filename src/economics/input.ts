/** What the economics are told: facts and wishes as plain values, nothing to look up. */

import type { Charge, ChargeMatch, Resource, SourceBilling } from '../domain/charge.ts';
import type { Exact } from '../domain/exact.ts';
import type { NanoUsd } from '../domain/money.ts';
import type { Period } from '../domain/period.ts';
import type { GpuRate, HostAvailability, HostedPrice, PriceGap } from '../domain/price.ts';
import type { ProviderTier } from '../domain/providerTier.ts';
import type { UsageSeries } from '../domain/usage.ts';
import type { Wall } from '../domain/wallClock.ts';
import type { LeftOut } from '../domain/billOfRecord.ts';
import type { ChargeBook } from './chargeBook.ts';
import type { OptionName } from './offer.ts';
import type { ReplicaGpu } from './replicaGpus.ts';
import type { Reckoned } from './hosted/secondOpinion.ts';

/** Low, base and high of something assumed; all three alike where it was measured. */
export interface Range {
  readonly low: Exact;
  readonly base: Exact;
  readonly high: Exact;
}

export interface StackInput {
  readonly window: Period;
  /** Every charge that overlaps the window, matched or not: one by one, or put together. */
  readonly charges: readonly Charge[] | ChargeBook;
  /** How sources bill by their charges around the window too; those of the window if absent. */
  readonly billing?: readonly SourceBilling[];
  readonly resources: readonly Resource[];
  readonly prices: readonly HostedPrice[];
  readonly availability: readonly HostAvailability[];
  /** When nobody looked at prices for long; absent where somebody always did. */
  readonly priceGaps?: readonly PriceGap[];
  readonly rates: readonly GpuRate[];
  /** Tokens bought from hosted APIs, whosever traffic they are; absent where none are told. */
  readonly bought?: readonly BoughtTokens[];
  /** What gateways reckon for hosted models: a second opinion; absent where none tells any. */
  readonly reckoned?: readonly Reckoned[];
  /** Charges that the config leaves out of all this; absent where it leaves out none. */
  readonly leftOut?: readonly LeftOut[];
  readonly deployments: readonly DeploymentInput[];
  readonly labor: LaborInput;
  readonly commitments: readonly CommitmentInput[];
  /** Absent where none were granted. */
  readonly credits?: CreditsInput;
  /** How a resource that several deployments share is split. */
  readonly sharing: 'gpu-time' | 'tokens';
  /** Share of our cache hits that a host would also hit. */
  readonly cacheRealization: Range;
  /** Whose GPUs may be weighed when moving. */
  readonly market: MarketInput;
  /** What if: a factor on what others ask for GPUs, serverless too; absent is 1. */
  readonly marketFactor?: Exact;
  readonly migration: MigrationInput;
  /** The clock by which a timetable is told; absent is UTC. */
  readonly wall?: Wall;
  /** True of a stack that does not run yet: no bill can be missing. */
  readonly isPlanned?: boolean;
}

/** What was bought of a model in a stretch of time; its dollars are charges. */
export interface BoughtTokens {
  readonly sourceId: string;
  /** As the host names it, and as the tag `model` of its charges does. */
  readonly model: string;
  readonly period: Period;
  readonly tokens: number;
  /** Told by a gateway in between: a second opinion, never added. */
  readonly secondHand?: true;
}

/** Absent allows all. */
export interface MarketInput {
  readonly tiers?: readonly ProviderTier[];
  readonly providers?: readonly string[];
  readonly excludeProviders?: readonly string[];
}

/** An interval that no evidence supports. */
export interface UsageDoubt {
  /**
   * `beyond-published`: faster than is believed of its GPUs, left out of both sides. `alone`: more
   * than ten times as fast as the rest of the usage supports, left out of both sides.
   * `capacity-not-raised`: more than twice as fast; its tokens count, and say nothing of what a
   * replica can do.
   */
  readonly code: 'beyond-published' | 'alone' | 'capacity-not-raised';
  readonly startMs: number;
  readonly endMs: number;
  readonly tokens: number;
  /** Of one replica. */
  readonly tokensPerSecond: Exact;
  /** Tokens a second that the code compares with: published, or of the rest of the usage. */
  readonly supported: number;
}

/** What a change itself takes, already spread over its quarters and in the window's measure. */
export interface MigrationInput {
  /** Hours of people, by the option that is changed to; absent is none. */
  readonly hours: Readonly<Partial<Record<OptionName, Exact>>>;
  /** Hours to come back to own machines, not spread; absent is unknown. */
  readonly reentryHours?: Exact;
  /** The share of a one-off cost that `hours` hold: 0.25 of a quarter if it is spread over four. */
  readonly share?: Exact;
  /** False where nobody stated what a change takes, and it counts as nothing. */
  readonly stated: boolean;
}

export interface DeploymentInput {
  readonly id: string;
  readonly model: string;
  readonly gpu: ReplicaGpu;
  readonly resources: readonly ResourceMatch[];
  /** What was served in the window: one source's rows, or several without overlap. */
  readonly usage: UsageSeries;
  /** What of `usage` may wait, in intervals of its own; absent where nothing told it. */
  readonly batchUsage?: UsageSeries;
  /** By what its part of shared resources is told where `usage` is only wished for. */
  readonly sharedBy?: UsageSeries;
  /** The trailing 90 days before the window's end, for the observed capacity. */
  readonly trailingUsage: UsageSeries;
  /** Intervals that were not believed and are in neither of the two; absent where all were. */
  readonly doubts?: readonly UsageDoubt[];
  readonly capacity?: StatedCapacity;
  readonly hosted: HostedInput;
  readonly rightSize: RightSizeInput;
  /** Absent where no serverless price is stated: the option is unknown then. */
  readonly serverless?: ServerlessInput;
  /** Share of GPU time that evictions waste on spot capacity: 0.1 is 10%. */
  readonly evictionOverhead: Exact;
  /** What if: a factor on the price of its GPUs, where no contract fixes it; absent is 1. */
  readonly gpuFactor?: Exact;
  /** Set when the deployment must stay self-hosted, whatever it costs. */
  readonly waiver?: Waiver;
}

export interface RightSizeInput {
  /** Share of its capacity that a replica is loaded with at most: 0.8. */
  readonly headroom: Exact;
  /** Replicas that run even when nothing is asked; 0 lets a deployment be switched off. */
  readonly minReplicas: number;
}

export interface ServerlessInput {
  /** Of one worker, which is one replica. */
  readonly usdPerSecond: Exact;
  readonly coldStartMs: number;
  readonly idleTimeoutMs: number;
  readonly minWorkers: number;
}

/** Which billed resources serve a deployment. */
export interface ResourceMatch extends ChargeMatch {
  readonly sourceId: string;
}

/** Sustained tokens/s of one replica, prompt and output, at this deployment's mix. */
export interface StatedCapacity {
  readonly tokensPerSecond: Exact;
  readonly measured?: string;
  readonly evidence?: string;
  /** What if: true of the figure that the usage of today led to; no wished interval raises it. */
  readonly isFound?: boolean;
}

export interface HostedInput {
  readonly equivalents: readonly Equivalent[];
  readonly policy: 'cheapest' | 'median' | 'pinned';
  readonly pinned?: string;
  /** 0 to 1. */
  readonly minUptime?: Exact;
  /** Of the time in which a host was looked at the share in which it must have been well. */
  readonly minHealthyShare?: Exact;
  readonly minContextLength?: number;
  /** What hosts must say of themselves; absent allows all, silence included. */
  readonly regions?: readonly string[];
  readonly dataPolicies?: readonly string[];
  /** In which precision we serve it, as hosts name quantizations. Compared, never priced. */
  readonly ownPrecision?: string;
  /** What callers use, as hosts name it: `tools`, `structured_outputs`. Compared, never priced. */
  readonly features?: readonly string[];
  /** A platform's fee on credits: 0.055 is 5.5%. */
  readonly fee: Exact;
  readonly allowFree: boolean;
  /** What of the traffic is bought elsewhere already; absent where nobody says so. */
  readonly alreadySpent?: readonly AlreadyBought[];
}

/** A hosted model that serves a part of a deployment's traffic already. */
export interface AlreadyBought {
  readonly sourceId: string;
  /** With `*` for any letters. */
  readonly model: string;
  /** Host tokens per token of ours. */
  readonly tokenRatio: Exact;
}

export interface Equivalent {
  readonly sourceId: string;
  readonly model: string;
  /** Allowed quantizations; absent allows all. */
  readonly quantizations?: readonly string[];
  /** Hosts to consider or leave out, by host or tag; absent considers all. */
  readonly hosts?: readonly string[];
  readonly excludeHosts?: readonly string[];
  /** Host tokens per token of ours (τ); 1 for the same tokenizer. */
  readonly tokenRatio: Exact;
  /** Replaces that of all equivalents. */
  readonly minContextLength?: number;
  /** What the hosts let through at most. */
  readonly rateLimit?: RateLimit;
}

export interface RateLimit {
  readonly requestsPerMinute?: number;
  /** Tokens of the host. */
  readonly tokensPerMinute?: number;
}

export interface Waiver {
  readonly reason: string;
  readonly owner: string;
  readonly worthUsdPerQuarter?: Exact;
  readonly expiresMs?: number;
}

/** Hours for the audited window, already in the window's measure. */
export interface LaborInput {
  readonly loadedUsdPerHour: Exact;
  readonly selfHosted: LaborSide;
  readonly hosted: LaborSide;
  readonly serverlessShare: Exact;
  /** `measured` when the ops log holds the self-hosted side. */
  readonly basis: 'measured' | 'assumed';
}

export interface LaborSide {
  readonly fixedHours: Range;
  readonly hoursPerDeployment: Range;
  /**
   * Measured hours by deployment; they replace `hoursPerDeployment` where the basis is `measured`.
   */
  readonly measuredHours?: Readonly<Record<string, Exact>>;
}

/**
 * Money that is owed whether or not anything runs: by the month, by the hour of each GPU, or paid
 * ahead for a term.
 */
export interface CommitmentInput {
  readonly sourceId: string;
  /** As the bill names the commitment, or the resource that its purchase is billed for. */
  readonly id?: string;
  readonly usdPerMonth?: NanoUsd;
  /** Paid once, for the time from `fromMs` to `untilMs`. */
  readonly usdUpfront?: NanoUsd;
  readonly gpus?: number;
  readonly usdPerGpuHour?: Exact;
  /** What it pays for; absent is everything of the source. */
  readonly covers?: ResourceMatch;
  readonly fromMs?: number;
  /** Absent for a rolling contract, of which only the notice is owed. */
  readonly untilMs?: number;
  /** From the day of leaving; what is owed ends at the later of this and `untilMs`. */
  readonly noticeMs?: number;
}

/** Credits in no bill: they pay what their source bills from `fromMs` until they expire. */
export interface CreditsInput {
  readonly grants: readonly CreditInput[];
  /** What their sources billed since the first was granted, before the window, by day. */
  readonly spentBefore: readonly DaySpend[];
}

export interface CreditInput {
  readonly sourceId: string;
  readonly id?: string;
  readonly usd: NanoUsd;
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface DaySpend {
  readonly sourceId: string;
  readonly dayMs: number;
  readonly nanoUsd: NanoUsd;
}
