/** The shape of one deployment in an audit: its figures, its options, its host. */

import type { BreakEvenLack, BreakEvenNote, Lack } from '../economics/lack.ts';
import type { OptionName } from '../economics/offer.ts';
import type { Warning } from '../economics/warning.ts';
import type { AuditCannotTell, AuditDecided, AuditFixedRate, Flip } from './auditDecision.ts';
import type { AuditHosted } from './auditHosted.ts';
import type { AuditBeside } from './auditUsage.ts';
import type { Missing, Reason } from './reason.ts';
import type { WeekHours } from './weekHours.ts';
import type { RatioText, SavingText, UsdText, Verdict } from './auditWord.ts';

export interface AuditDeployment extends AuditBeside {
  readonly id: string;
  readonly model: string;
  /** What the decision on the stack makes of it. */
  readonly verdict: Verdict;
  /** Null in audits of older versions. */
  readonly decision: AuditDecided | null;
  /** That the advised, else the cheapest other option is cheaper than keeping. */
  readonly probability: RatioText | null;
  readonly savingUsd: SavingText;
  /** See the stack's. */
  readonly cannotTell: AuditCannotTell | null;
  /**
   * With neither people's time nor what the change takes; null in audits of older versions, and
   * where a side is not known.
   */
  readonly withoutLabor: {
    readonly verdict: Verdict;
    readonly savingUsd: UsdText;
    readonly probability: RatioText | null;
  } | null;
  /** See the stack's. */
  readonly leaning: Verdict | null;
  readonly standing: Verdict | null;
  /** At effective cost: a purchase is spread over its term. */
  readonly spendUsd: UsdText;
  /** Its part of what the bills of the window say. */
  readonly billedUsd: UsdText;
  readonly computeUsd: UsdText;
  readonly uncoveredUsd: UsdText;
  /** Served in time for which nothing was billed; in no other figure. */
  readonly unbilledTokens: number;
  /** Of `tokens` and `unbilledTokens`. */
  readonly unbilledShare: RatioText;
  /** Replica time seen meanwhile; null where an interval does not tell. */
  readonly unbilledReplicaHours: RatioText | null;
  /** The first stretch of such time; null where there is none. */
  readonly firstUnbilled: { readonly start: string; readonly end: string } | null;
  /** Served in billed time, as all counts of tokens. */
  readonly tokens: number;
  readonly promptTokens: number;
  readonly cachedTokens: number | null;
  readonly outputTokens: number;
  readonly requests: number | null;
  readonly effectiveUsdPerMtok: RatioText | null;
  readonly utilization: RatioText | null;
  readonly busyFraction: RatioText | null;
  readonly coverage: RatioText | null;
  readonly paidReplicaHours: RatioText;
  readonly capacityTokPerSec: RatioText | null;
  readonly capacityBasis: string | null;
  /** The same as a code; absent in audits of older versions. */
  readonly capacityBasisDetail?: AuditCapacityBasis | null;
  /** The day and the source of a stated capacity: `2026-06-12, load test before the launch`. */
  readonly capacityEvidence: string | null;
  readonly fullCapacityUsd: UsdText | null;
  readonly underfilledUsd: UsdText | null;
  readonly idleUsd: UsdText | null;
  readonly hosted: AuditHosted | null;
  /** What of its traffic is bought from hosted APIs already; absent where nothing is. */
  readonly alreadyHosted?: AuditAlreadyHosted;
  /** What it shares with others; absent where it shares nothing. */
  readonly sharedRent?: readonly AuditSharedRent[];
  readonly options: readonly AuditOption[];
  readonly breakEven: AuditBreakEven;
  readonly flips: readonly Flip[];
  readonly waiver: AuditWaiver | null;
  readonly reasons: readonly string[];
  /** See the stack's. */
  readonly reasonDetails?: readonly Reason[] | undefined;
  /** What it lacks for a verdict, and how to get it. */
  readonly missing: readonly string[];
  readonly missingDetails?: readonly Missing[] | undefined;
  readonly warnings: readonly string[];
  /** The same as facts, in the same order. */
  readonly warningDetails?: readonly Warning[] | undefined;
  /** Intervals of usage that no evidence supports; absent where there are none. */
  readonly doubts?: readonly AuditDoubt[];
}

/** Observed is a lower bound; raised is to the fastest interval that other usage supports. */
export interface AuditCapacityBasis {
  readonly code: 'measured' | 'observed';
  readonly raised?: true;
}

export interface AuditDoubt {
  /** The first two are left out of both sides; the last counts, and raises no capacity. */
  readonly code: 'beyond-published' | 'alone' | 'capacity-not-raised';
  readonly start: string;
  readonly end: string;
  readonly tokens: number;
  /** Of one replica. */
  readonly tokensPerSecond: RatioText;
  /** What the code compares with: published for its GPUs, or the third-fastest hour. */
  readonly supportedTokensPerSecond: RatioText;
}

/** In no option but as what `bring-back` saves. */
export interface AuditAlreadyHosted {
  /** In tokens of ours. */
  readonly tokens: number;
  /** Billed for them. */
  readonly usd: UsdText;
  /** The capture rate: tokens served here of all; null where there is none. */
  readonly servedHere: RatioText | null;
  readonly models: readonly { readonly source: string; readonly model: string }[];
}

/** Its part of rent that several deployments share: saved only if all of them let go of it. */
export interface AuditSharedRent {
  /** The others. */
  readonly with: readonly string[];
  /** Over covered time. */
  readonly usd: UsdText;
}

export interface AuditOption {
  readonly option: OptionName;
  /** Null where a figure it needs is unknown; `detail.reason` says which. */
  readonly costUsd: UsdText | null;
  /** GPU, storage and other together. */
  readonly infraUsd: UsdText | null;
  readonly gpuUsd: UsdText | null;
  readonly storageUsd: UsdText | null;
  readonly otherUsd: UsdText | null;
  readonly laborUsd: UsdText | null;
  readonly hostedUsd: UsdText | null;
  readonly strandedUsd: UsdText | null;
  readonly migrationUsd: UsdText | null;
  /** Shared rent that goes on while others use it, in the parts above; absent where none does. */
  readonly sharedUsd?: UsdText;
  readonly savingUsd: UsdText | null;
  /** Ends of the saving's 90 % interval. */
  readonly low: UsdText | null;
  readonly high: UsdText | null;
  /** That it is cheaper than keeping. */
  readonly probability: RatioText | null;
  /** Null where the deployment is bound by no contract. */
  readonly afterCommitments: AuditAfterCommitments | null;
  readonly detail: OptionDetail;
}

/** Of an option, once nothing binds the deployment any more. */
export interface AuditAfterCommitments {
  /** The last day that is owed; null where reserved capacity does not tell its end. */
  readonly until: string | null;
  /** The deployment's part of all that is owed until then, whatever it changes to. */
  readonly remainingUsd: UsdText;
  /** Against keeping, in a window like this one after that day; null where it has no price. */
  readonly savingUsd: UsdText | null;
}

export interface OptionDetail {
  readonly reason?: string;
  readonly reasonDetail?: Lack;
  /** Hybrid: the number of replicas that is cheapest. */
  readonly replicas?: number;
  /** Hybrid: cost without labor by replicas, `{"1": "6.000000"}`. */
  readonly costUsdByReplicas?: Readonly<Record<string, UsdText>>;
  /** Bring-back: tokens of ours, what was paid for them, replica-hours beyond those paid. */
  readonly broughtTokens?: number;
  readonly broughtUsd?: RatioText;
  readonly extraReplicaHours?: RatioText;
  /** Had what is told by the day come whenever there was room. */
  readonly leastExtraReplicaHours?: RatioText;
  /** How finely its tokens are told: by the hour, or only by the day. */
  readonly grain?: 'hour' | 'day';
  /** Right-size: hours of replicas, the most of them in any hour, paid hours that need none. */
  readonly replicaHours?: RatioText;
  readonly mostReplicas?: number;
  readonly hoursOff?: number;
  /** Those of them that every week has: `Sat–Sun all day`; absent where there are none. */
  readonly weekOff?: string;
  /** By whose clock; absent in audits of older versions, which told UTC. */
  readonly weekOffTimeZone?: string;
  /** The same hours as spans, also where they are too scattered for words. */
  readonly weekOffDetail?: WeekHours;
  /** Serverless: hours of workers, and starts from cold. */
  readonly workerHours?: RatioText;
  readonly starts?: number;
  /** Serverless: pod $/h over serverless $/h, and worker time over paid time as it is. */
  readonly breakEvenShare?: RatioText;
  readonly workerShare?: RatioText;
  /** Move and spot: who rents it out, at what, and what is paid now. */
  readonly provider?: string;
  readonly secondHand?: true;
  readonly usdPerGpuHour?: RatioText;
  readonly ownUsdPerGpuHour?: RatioText;
}

export interface AuditBreakEven {
  readonly tokens: number | null;
  readonly tokensPerDay: number | null;
  /** Above 1 it reads "never with this many replicas". */
  readonly utilization: RatioText | null;
  readonly note: string | null;
  readonly noteDetail?: BreakEvenNote | null;
  /** Where keeping and deleting cost the same, all else as measured; null where nowhere. */
  readonly hostedUsdPerMtok: RatioText | null;
  readonly gpuUsdPerHour: RatioText | null;
  /** What a contract lets the GPU rate do; null where none fixes a price. */
  readonly gpuContract: AuditFixedRate | null;
  /** Of people for this deployment on its own machines, in the window. */
  readonly opsHours: RatioText | null;
  readonly cacheShare: RatioText | null;
  /** Why one of the four others is null. */
  readonly lackDetails?: Readonly<Record<string, { readonly code: BreakEvenLack }>>;
}

export interface AuditWaiver {
  readonly reason: string;
  readonly owner: string;
  readonly worthUsdPerQuarter: UsdText | null;
  readonly expires: string | null;
  readonly expired: boolean;
}
