/** Input of the economics: facts and settings as plain values. */

import type {
  Charge,
  ChargeMatch,
  LeftOutCharges,
  Resource,
  SourceBilling,
} from '../domain/charge.ts';
import type { Exact } from '../domain/exact.ts';
import type { NanoUsd } from '../domain/money.ts';
import type { Period } from '../domain/period.ts';
import type { GpuRate, HostAvailability, HostedPrice, PriceGap } from '../domain/price.ts';
import type { ProviderTier } from '../domain/providers.ts';
import type { UsageSeries } from '../domain/usage.ts';
import type { LocalClock } from '../domain/localTime.ts';
import type { ChargeBook } from './chargeBook.ts';
import type { OptionName } from './offer.ts';
import type { ReplicaGpu } from './replicaGpus.ts';
import type { GatewayCost } from './hosted/secondOpinion.ts';

/** Low, base and high of an assumption; all equal if it was measured. */
export interface AssumedRange {
  readonly low: Exact;
  readonly base: Exact;
  readonly high: Exact;
}

export interface StackInput {
  readonly window: Period;
  /** Every charge that overlaps the period, attributed or not: one by one, or as a charge book. */
  readonly charges: readonly Charge[] | ChargeBook;
  /**
   * How sources bill, from their charges around the period too; only those of the period if absent.
   */
  readonly billing?: readonly SourceBilling[];
  readonly resources: readonly Resource[];
  readonly prices: readonly HostedPrice[];
  readonly availability: readonly HostAvailability[];
  /** Gaps in price checks; absent if there are none. */
  readonly priceGaps?: readonly PriceGap[];
  readonly rates: readonly GpuRate[];
  /** Tokens bought from hosted APIs for any traffic; absent if there are none. */
  readonly bought?: readonly BoughtTokens[];
  /** Gateways' computed cost of hosted models: a second opinion; absent if none reports any. */
  readonly gatewayCosts?: readonly GatewayCost[];
  /** Charges that config leaves out; absent if there are none. */
  readonly leftOut?: readonly LeftOutCharges[];
  readonly deployments: readonly DeploymentInput[];
  readonly labor: LaborInput;
  readonly commitments: readonly CommitmentInput[];
  /** Absent if none were granted. */
  readonly credits?: CreditsInput;
  /** How a resource shared by several deployments is divided. */
  readonly sharing: 'gpu-time' | 'tokens';
  /** Share of our cache hits that would also hit at a hosted API. */
  readonly cacheRealization: AssumedRange;
  /** Providers to consider for a move. */
  readonly market: MarketInput;
  /** What-if: a factor on other providers' GPU and serverless rates; absent is 1. */
  readonly marketFactor?: Exact;
  readonly migration: MigrationInput;
  /** The time zone for weekly hours; absent is UTC. */
  readonly localClock?: LocalClock;
  /** True for a planned stack, which cannot lack a bill. */
  readonly isPlanned?: boolean;
}

/** Tokens bought of a model in a period. Their cost is in charges. */
export interface BoughtTokens {
  readonly sourceId: string;
  /** The provider's name, equal to the `model` tag of its charges. */
  readonly model: string;
  readonly period: Period;
  readonly tokens: number;
  /** Set if reported by a gateway: a second opinion, never added. */
  readonly secondHand?: true;
}

/** Limits on providers; absent allows all. */
export interface MarketInput {
  readonly tiers?: readonly ProviderTier[];
  readonly providers?: readonly string[];
  readonly excludeProviders?: readonly string[];
}

/** An implausible usage interval. */
export interface UsageDoubt {
  /**
   * `beyond-published`: faster than published figures for its GPUs; left out of both sides.
   * `alone`: over ten times as fast as the rest of the usage supports; left out of both sides.
   * `capacity-not-raised`: over twice as fast; its tokens count, and do not raise the capacity.
   */
  readonly code: 'beyond-published' | 'alone' | 'capacity-not-raised';
  readonly startMs: number;
  readonly endMs: number;
  readonly tokens: number;
  /** Per replica. */
  readonly tokensPerSecond: Exact;
  /** Tokens per second it is compared with: published, or of the rest of the usage. */
  readonly supported: number;
}

/** One-off migration cost, already amortized and scaled to the period. */
export interface MigrationInput {
  /** Engineering hours by target option; absent is none. */
  readonly hours: Readonly<Partial<Record<OptionName, Exact>>>;
  /** Engineering hours to return to self-hosting, not amortized; absent is unknown. */
  readonly reentryHours?: Exact;
  /** Share of the one-off cost in `hours`: 0.25 for a quarter if amortized over four. */
  readonly share?: Exact;
  /** False if no migration cost is stated, so it counts as zero. */
  readonly stated: boolean;
}

export interface DeploymentInput {
  readonly id: string;
  readonly model: string;
  readonly gpu: ReplicaGpu;
  readonly resources: readonly ResourceMatch[];
  /** Usage in the period: one source's rows, or several without overlap. */
  readonly usage: UsageSeries;
  /** The part of `usage` that may wait, in its own intervals; absent if unknown. */
  readonly batchUsage?: UsageSeries;
  /** Usage that defines its part of shared resources if `usage` is a what-if. */
  readonly sharedBy?: UsageSeries;
  /** The trailing 90 days before the end of the period, for the observed capacity. */
  readonly trailingUsage: UsageSeries;
  /** Implausible intervals left out of both; absent if there are none. */
  readonly doubts?: readonly UsageDoubt[];
  readonly capacity?: StatedCapacity;
  readonly hosted: HostedInput;
  readonly rightSize: RightSizeInput;
  /** Absent if no serverless price is stated, so the option is unknown. */
  readonly serverless?: ServerlessInput;
  /** Share of GPU time lost to evictions on spot capacity: 0.1 is 10%. */
  readonly evictionOverhead: Exact;
  /** What-if: a factor on the price of its GPUs outside contracts; absent is 1. */
  readonly gpuFactor?: Exact;
  /** Set if the deployment must stay self-hosted, whatever the cost. */
  readonly waiver?: Waiver;
}

export interface RightSizeInput {
  /** Maximum load of a replica as a share of its capacity: 0.8. */
  readonly headroom: Exact;
  /** Replicas that run without load; 0 allows switching off. */
  readonly minReplicas: number;
}

export interface ServerlessInput {
  /** Per worker, which is one replica. */
  readonly usdPerSecond: Exact;
  readonly coldStartMs: number;
  readonly idleTimeoutMs: number;
  readonly minWorkers: number;
}

/** Billed resources that serve a deployment. */
export interface ResourceMatch extends ChargeMatch {
  readonly sourceId: string;
}

/** Sustained tokens/s of one replica, prompt plus output, at this deployment's mix. */
export interface StatedCapacity {
  readonly tokensPerSecond: Exact;
  readonly measured?: string;
  readonly evidence?: string;
  /** What-if: true if derived from today's usage, so no what-if interval raises it. */
  readonly isFromUsage?: boolean;
}

export interface HostedInput {
  readonly equivalents: readonly Equivalent[];
  readonly policy: 'cheapest' | 'median' | 'pinned';
  readonly pinned?: string;
  /** 0 to 1. */
  readonly minUptime?: Exact;
  /** Required healthy share of the checked time. */
  readonly minHealthyShare?: Exact;
  readonly minContextLength?: number;
  /** Values that a provider must state; absent allows all, including unstated ones. */
  readonly regions?: readonly string[];
  readonly dataPolicies?: readonly string[];
  /** The precision we serve, as providers name quantizations. Compared, never priced. */
  readonly ownPrecision?: string;
  /**
   * Features that callers use, as providers name them: `tools`, `structured_outputs`. Compared,
   * never priced.
   */
  readonly features?: readonly string[];
  /** A platform's fee on credits: 0.055 is 5.5%. */
  readonly fee: Exact;
  readonly allowFree: boolean;
  /** Hosted models that already serve part of the traffic; absent if none are stated. */
  readonly alreadySpent?: readonly AlreadyBought[];
}

/** A hosted model that already serves part of a deployment's traffic. */
export interface AlreadyBought {
  readonly sourceId: string;
  /** May contain `*` as a glob. */
  readonly model: string;
  /** Hosted tokens per token of ours. */
  readonly tokenRatio: Exact;
}

export interface Equivalent {
  readonly sourceId: string;
  readonly model: string;
  /** Allowed quantizations; absent allows all. */
  readonly quantizations?: readonly string[];
  /** Endpoints to consider or exclude, by host or tag; absent considers all. */
  readonly hosts?: readonly string[];
  readonly excludeHosts?: readonly string[];
  /** Hosted tokens per token of ours (τ); 1 for the same tokenizer. */
  readonly tokenRatio: Exact;
  /** Overrides the value for all equivalents. */
  readonly minContextLength?: number;
  /** The provider's rate limit. */
  readonly rateLimit?: RateLimit;
}

export interface RateLimit {
  readonly requestsPerMinute?: number;
  /** In the provider's tokens. */
  readonly tokensPerMinute?: number;
}

export interface Waiver {
  readonly reason: string;
  readonly owner: string;
  readonly worthUsdPerQuarter?: Exact;
  readonly expiresMs?: number;
}

/** Engineering hours for the audited period, already scaled to it. */
export interface LaborInput {
  readonly loadedUsdPerHour: Exact;
  readonly selfHosted: LaborSide;
  readonly hosted: LaborSide;
  readonly serverlessShare: Exact;
  /** `measured` if the ops log contains the self-hosted hours. */
  readonly basis: 'measured' | 'assumed';
}

export interface LaborSide {
  readonly fixedHours: AssumedRange;
  readonly hoursPerDeployment: AssumedRange;
  /** Measured hours by deployment. They replace `hoursPerDeployment` if the basis is `measured`. */
  readonly measuredHours?: Readonly<Record<string, Exact>>;
}

/**
 * A commitment, owed whether or not anything runs: by month, by hour of each GPU, or upfront for a
 * term.
 */
export interface CommitmentInput {
  readonly sourceId: string;
  /** The bill's id for the commitment, or for the resource of its purchase. */
  readonly id?: string;
  readonly usdPerMonth?: NanoUsd;
  /** Paid once, for the term from `fromMs` to `untilMs`. */
  readonly usdUpfront?: NanoUsd;
  readonly gpus?: number;
  readonly usdPerGpuHour?: Exact;
  /** The resources it covers; absent is everything of the source. */
  readonly covers?: ResourceMatch;
  readonly fromMs?: number;
  /** Absent for a rolling contract, where only the notice period is owed. */
  readonly untilMs?: number;
  /** From the day of leaving. The commitment ends at the later of this and `untilMs`. */
  readonly noticeMs?: number;
}

/** Credits outside of bills: they pay what their source bills from `fromMs` until they expire. */
export interface CreditsInput {
  readonly grants: readonly CreditInput[];
  /** Charges of their sources by day, from the first grant until the period. */
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
