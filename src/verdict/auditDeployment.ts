/** Types of one deployment in an audit: its figures, options and hosted side. */

import type { BreakEvenLack, BreakEvenNote, Lack } from '../economics/lack.ts';
import type { OptionName } from '../economics/offer.ts';
import type { Warning } from '../economics/warning.ts';
import type {
  AuditWindowTooShort,
  AuditDecided,
  AuditFixedRate,
  AuditInputBreakEven,
} from './auditDecision.ts';
import type { AuditHosted } from './auditHosted.ts';
import type { AuditUsageDetail } from './auditUsage.ts';
import type { Missing, Reason } from './reason.ts';
import type { WeekHours } from './weekHours.ts';
import type { RatioText, UsdText } from '../domain/figures.ts';
import type { SavingText, Verdict } from './auditWord.ts';

/** What an audit says of a deployment and of the whole stack. */
export interface AuditJudgment {
  readonly verdict: Verdict;
  /** `low` and `high` bound the 90% interval of the average saving of windows like this one. */
  readonly savingUsd: SavingText;
  readonly cannotTell: AuditWindowTooShort | null;
  /** The verdict that is postponed until it holds for another quarter. */
  readonly leaning: Verdict | null;
  /**
   * The last conclusive verdict: this one, or that of an earlier audit. Open verdicts and verdicts
   * without evidence do not count.
   */
  readonly standing: Verdict | null;
  readonly reasons: readonly string[];
  /**
   * The reasons as structured data, in the same order. Absent in audits of older versions, like all
   * details.
   */
  readonly reasonDetails?: readonly Reason[] | undefined;
  /** What is missing for a verdict, and how to get it. */
  readonly missing: readonly string[];
  readonly missingDetails?: readonly Missing[] | undefined;
  readonly flips: readonly AuditInputBreakEven[];
}

/** What a deployment, or all of them, cost and served. */
export interface AuditSpendAndTokens {
  /** At effective cost: a purchase is spread over its term. */
  readonly spendUsd: UsdText;
  /** Total of the window's bills, or its part of them. */
  readonly billedUsd: UsdText;
  /** Spend over time without known usage. Both sides of the comparison leave it out. */
  readonly uncoveredUsd: UsdText;
  /** Tokens served over time without a bill. They are in no other figure. */
  readonly unbilledTokens: number;
  /** Share of all tokens served, which are `tokens` plus `unbilledTokens`. */
  readonly unbilledShare: RatioText;
  /** Tokens served over billed time. All token counts below are limited to that time. */
  readonly tokens: number;
  readonly promptTokens: number;
  readonly cachedTokens: number | null;
  readonly outputTokens: number;
  readonly effectiveUsdPerMtok: RatioText | null;
  readonly coverage: RatioText | null;
}

/** Its verdict is that under the stack's decision. */
export interface AuditDeployment extends AuditUsageDetail, AuditJudgment, AuditSpendAndTokens {
  readonly id: string;
  readonly model: string;
  /** Null in audits of older versions. */
  readonly decision: AuditDecided | null;
  /**
   * Probability that the advised option, or else the cheapest alternative, costs less than keeping.
   */
  readonly probability: RatioText | null;
  /**
   * Verdict without engineering time and migration cost. Null in audits of older versions, and if
   * cost or usage is unknown.
   */
  readonly withoutLabor: {
    readonly verdict: Verdict;
    readonly savingUsd: UsdText;
    readonly probability: RatioText | null;
  } | null;
  readonly computeUsd: UsdText;
  /** Replica time observed over time without a bill. Null if an interval does not report it. */
  readonly unbilledReplicaHours: RatioText | null;
  /** The first period without a bill. Null if there is none. */
  readonly firstUnbilled: { readonly start: string; readonly end: string } | null;
  readonly requests: number | null;
  readonly utilization: RatioText | null;
  readonly busyFraction: RatioText | null;
  readonly paidReplicaHours: RatioText;
  readonly capacityTokPerSec: RatioText | null;
  readonly capacityBasis: string | null;
  /** The capacity's basis as structured data. Absent in audits of older versions. */
  readonly capacityBasisDetail?: AuditCapacityBasis | null;
  /** Day and source of a stated capacity: `2026-06-12, load test before the launch`. */
  readonly capacityEvidence: string | null;
  readonly fullCapacityUsd: UsdText | null;
  readonly underfilledUsd: UsdText | null;
  readonly idleUsd: UsdText | null;
  readonly hosted: AuditHosted | null;
  /** The part of its traffic that is already bought from hosted APIs. Absent if there is none. */
  readonly alreadyHosted?: AuditAlreadyHosted;
  /** GPU spend shared with other deployments. Absent if it shares none. */
  readonly sharedRent?: readonly AuditSharedRent[];
  readonly options: readonly AuditOption[];
  readonly breakEven: AuditBreakEven;
  readonly waiver: AuditWaiver | null;
  readonly warnings: readonly string[];
  /** The warnings as structured data, in the same order. */
  readonly warningDetails?: readonly Warning[] | undefined;
  /** Usage intervals that no other evidence supports. Absent if there are none. */
  readonly doubts?: readonly AuditDoubt[];
}

/**
 * An observed capacity is a lower bound. `raised` means raised to the fastest interval that other
 * usage supports.
 */
export interface AuditCapacityBasis {
  readonly code: 'measured' | 'observed';
  readonly raised?: true;
}

export interface AuditDoubt {
  /**
   * The first two are left out of both sides. The last one counts, but does not raise the capacity.
   */
  readonly code: 'beyond-published' | 'alone' | 'capacity-not-raised';
  readonly start: string;
  readonly end: string;
  readonly tokens: number;
  /** Throughput of one replica. */
  readonly tokensPerSecond: RatioText;
  /**
   * The throughput it is compared with: published for its GPUs, or that of the third-fastest hour.
   */
  readonly supportedTokensPerSecond: RatioText;
}

/** Traffic already bought from hosted APIs. Only the option `bring-back` counts it, as a saving. */
export interface AuditAlreadyHosted {
  /** Tokens, counted by the self-hosted model's tokenizer. */
  readonly tokens: number;
  /** Dollars billed for them. */
  readonly usd: UsdText;
  /** Capture rate: the share of all tokens served by this deployment. Null without tokens. */
  readonly servedHere: RatioText | null;
  readonly models: readonly { readonly source: string; readonly model: string }[];
}

/** Its part of shared GPU spend. It is saved only if all sharing deployments leave. */
export interface AuditSharedRent {
  /** The other deployments that share it. */
  readonly with: readonly string[];
  /** Dollars over covered time. */
  readonly usd: UsdText;
}

export interface AuditOption {
  readonly option: OptionName;
  /** Null if a figure it needs is unknown. `detail.reason` names it. */
  readonly costUsd: UsdText | null;
  /** Sum of GPU, storage and other. */
  readonly infraUsd: UsdText | null;
  readonly gpuUsd: UsdText | null;
  readonly storageUsd: UsdText | null;
  readonly otherUsd: UsdText | null;
  readonly laborUsd: UsdText | null;
  readonly hostedUsd: UsdText | null;
  readonly strandedUsd: UsdText | null;
  readonly migrationUsd: UsdText | null;
  /**
   * Shared GPU spend that continues while others use it. It is included in the parts above. Absent
   * if there is none.
   */
  readonly sharedUsd?: UsdText;
  readonly savingUsd: UsdText | null;
  /** Ends of the saving's 90% interval. */
  readonly low: UsdText | null;
  readonly high: UsdText | null;
  /** Probability that it is cheaper than keeping. */
  readonly probability: RatioText | null;
  /** Null if no contract binds the deployment. */
  readonly afterCommitments: AuditAfterCommitments | null;
  readonly detail: AuditOptionDetail;
}

/** An option's figures once no contract binds the deployment. */
export interface AuditAfterCommitments {
  /** The last committed day. Null if a reserved-capacity contract states no end. */
  readonly until: string | null;
  /** The deployment's part of the remaining commitment until then, whatever it changes to. */
  readonly remainingUsd: UsdText;
  /**
   * Saving over keeping, in a window like this one after that day. Null if the option has no price.
   */
  readonly savingUsd: UsdText | null;
}

export interface AuditOptionDetail {
  readonly reason?: string;
  readonly reasonDetail?: Lack;
  /** Hybrid: the cheapest number of replicas. */
  readonly replicas?: number;
  /** Hybrid: cost without labor by number of replicas, `{"1": "6.000000"}`. */
  readonly costUsdByReplicas?: Readonly<Record<string, UsdText>>;
  /**
   * Bring-back: tokens by the self-hosted model's tokenizer, what was paid for them, and
   * replica-hours beyond those paid.
   */
  readonly broughtTokens?: number;
  readonly broughtUsd?: RatioText;
  readonly extraReplicaHours?: RatioText;
  /** Bring-back: the minimum, if daily tokens had arrived whenever there was spare capacity. */
  readonly leastExtraReplicaHours?: RatioText;
  /** Bring-back: resolution of its token counts. */
  readonly grain?: 'hour' | 'day';
  /**
   * Right-size: replica-hours, the most replicas in any hour, and paid hours that need no replica.
   */
  readonly replicaHours?: RatioText;
  readonly mostReplicas?: number;
  readonly hoursOff?: number;
  /** Those of them that recur every week: `Sat–Sun all day`. Absent if there are none. */
  readonly weekOff?: string;
  /** Time zone of `weekOff`. Absent in audits of older versions, which used UTC. */
  readonly weekOffTimeZone?: string;
  /** The same hours as spans, including hours too scattered for `weekOff`. */
  readonly weekOffDetail?: WeekHours;
  /** Serverless: worker-hours and cold starts. */
  readonly workerHours?: RatioText;
  readonly starts?: number;
  /** Serverless: pod $/h over serverless $/h, and actual worker time over paid time. */
  readonly breakEvenShare?: RatioText;
  readonly workerShare?: RatioText;
  /** Move and spot: the provider, its price, and the price paid now. */
  readonly provider?: string;
  readonly secondHand?: true;
  readonly usdPerGpuHour?: RatioText;
  readonly ownUsdPerGpuHour?: RatioText;
}

export interface AuditBreakEven {
  readonly tokens: number | null;
  readonly tokensPerDay: number | null;
  /** Above 1: more than these replicas can serve. */
  readonly utilization: RatioText | null;
  readonly note: string | null;
  readonly noteDetail?: BreakEvenNote | null;
  /**
   * Hosted price at which keeping and deleting cost the same, others unchanged. Null if there is
   * none.
   */
  readonly hostedUsdPerMtok: RatioText | null;
  readonly gpuUsdPerHour: RatioText | null;
  /** The limits that a contract sets to the GPU rate. Null if no contract fixes a price. */
  readonly gpuContract: AuditFixedRate | null;
  /** Engineering hours in the window to self-host this deployment. */
  readonly opsHours: RatioText | null;
  readonly cacheShare: RatioText | null;
  /** Why one of the four break-evens above is null. */
  readonly lackDetails?: Readonly<Record<string, { readonly code: BreakEvenLack }>>;
}

export interface AuditWaiver {
  readonly reason: string;
  readonly owner: string;
  readonly worthUsdPerQuarter: UsdText | null;
  readonly expires: string | null;
  readonly expired: boolean;
}
