/** Result types of the economics: exact figures; unknown ones are absent. */

import type { Exact } from '../domain/exact.ts';
import type { AllTokens, UsdPerMtok } from '../domain/money.ts';
import type { Period } from '../domain/period.ts';
import type { Retirement } from '../domain/providers.ts';
import type { CreditUse } from './chargeBook.ts';
import type { BreakEven } from './breakEven/breakEvenPoints.ts';
import type { SellersByDay } from './hosted/eligibility.ts';
import type { BoughtModel } from './hosted/bought.ts';
import type { GatewayComparison } from './hosted/secondOpinion.ts';
import type {
  CacheLinear,
  ConsideredHost,
  CostLines,
  HostParity,
  PriceUncertainty,
} from './hosted/consideredHost.ts';
import type { PeakMinute } from './hosted/rateLimit.ts';
import type { SecondHandShare } from './hosted/tabs.ts';
import type { LeftOutCharges } from '../domain/charge.ts';
import type { DoubleBilling } from './bill/doubleBilling.ts';
import type { AssumedRange, RateLimit, UsageDoubt, Waiver } from './input.ts';
import type { HostedLack, Lack } from './lack.ts';
import type { OptionOffers } from './offer.ts';
import type {
  BasisSpend,
  StackCommitment,
  Contract,
  MissingMonth,
  StackBill,
  StackLabor,
  BillStatement,
  UnattributedResource,
  UnattributedDay,
} from './stackParts.ts';
import type { Warning } from './warning.ts';

export interface StackEconomics {
  readonly window: Period;
  readonly deployments: readonly DeploymentEconomics[];
  readonly bill: StackBill;
  /** Spend by basis; the amounts sum to the spend. */
  readonly spendByBasis: readonly BasisSpend[];
  readonly statement: BillStatement;
  /** One value for each UTC day, resource and category that is not attributed. */
  readonly unattributed: readonly UnattributedDay[];
  /** The same by resource, largest first. */
  readonly unclaimed: readonly UnattributedResource[];
  readonly labor: StackLabor;
  /** Commitments beyond the period. */
  readonly commitments: readonly StackCommitment[];
  readonly credits: readonly CreditUse[];
  /** Engineering time to return to self-hosting; absent if not stated. */
  readonly reentryUsd?: Exact;
  readonly migrationShare?: Exact; // of a one-off cost, in this window; absent if it is not spread
  /** False if no migration cost is stated, so it counts as zero. */
  readonly isMigrationStated: boolean;
  readonly laborUsdPerHour: Exact;
  /** Covered over paid replica time of all deployments; absent without paid time. */
  readonly coverage?: Exact;
  /** Months without charges from a source that bills monthly. */
  readonly missingMonths: readonly MissingMonth[];
  /** Purchases billed by two sources, which count twice. */
  readonly doubleBilled: readonly DoubleBilling[];
  /** Charges left out because another source is the bill of record. */
  readonly leftOut: readonly LeftOutCharges[];
  /** Tokens bought from hosted APIs, by model; absent if there are none. */
  readonly bought?: readonly BoughtModel[];
  /** Gateways' computed costs beside the bills; absent if there are none. */
  readonly secondOpinions?: readonly GatewayComparison[];
  readonly warnings: readonly Warning[];
}

export interface DeploymentEconomics {
  readonly id: string;
  readonly model: string;
  /** Sources of the charges attributed to it. */
  readonly sources: readonly string[];
  readonly days: readonly DayEconomics[];
  readonly spend: Spend;
  readonly served: ServedTokens;
  /** Usage in unbilled time; absent if there is none. */
  readonly unbilled?: UnbilledUsage;
  /** The part of its traffic already bought elsewhere; absent if none is. */
  readonly bought?: BoughtEconomics;
  /** The unknown side of a comparison; absent if both are known. */
  readonly lacks?: 'bill' | 'usage';
  readonly time: PaidTime;
  readonly capacity?: Capacity;
  /** Absent without tokens: never a division by zero. */
  readonly effectiveUsdPerMtok?: UsdPerMtok;
  /** 0 to 1, never above. */
  readonly utilization?: Exact;
  readonly busyFraction?: Exact;
  readonly waterfall: Waterfall;
  readonly hosted: HostedEconomics;
  readonly hybrid: HybridEconomics;
  readonly offers: OptionOffers;
  /** Dollars of this deployment's engineering time. */
  readonly labor: {
    readonly selfHosted: AssumedRange;
    readonly hosted: AssumedRange;
    readonly serverlessShare: Exact;
  };
  readonly cacheRealization: AssumedRange;
  /** Unused commitment over the next period if it left. */
  readonly committedUsd: Exact;
  /** Absent without a contract. */
  readonly contract?: Contract;
  readonly gpuRates: GpuRateFactors;
  /** Shared resources over covered time; absent if there are none. */
  readonly shared?: readonly SharedCost[];
  readonly breakEven: BreakEven;
  readonly load: HourlyLoad;
  /** Implausible or unusual intervals; absent if there are none. */
  readonly doubts?: readonly UsageDoubt[];
  readonly waiver?: Waiver & { readonly expired: boolean };
  readonly warnings: readonly Warning[];
}

/** Factors on the paid GPU rates: both 1 except in a what-if. */
export interface GpuRateFactors {
  /** On our own rates outside contracts. */
  readonly own: Exact;
  /** On other providers' rates, including serverless. */
  readonly market: Exact;
}

/** Its part of resources shared by one group, by day. It is saved if all of them leave. */
export interface SharedCost {
  /** Including itself; sorted. */
  readonly sharers: readonly string[];
  readonly gpu: readonly Exact[];
  readonly storage: readonly Exact[];
  readonly other: readonly Exact[];
}

/** One UTC day, clipped to the period. */
export interface DayEconomics {
  readonly dayMs: number;
  readonly spend: bigint;
  readonly coveredUsd: Exact;
  readonly promptTokens: number;
  readonly cachedTokens?: number;
  readonly outputTokens: number;
  /** Additional tokens served in unbilled time. */
  readonly unbilledTokens: number;
  readonly paidNs: bigint;
  readonly coveredNs: bigint;
  readonly busyMs?: number;
  readonly utilization?: Exact;
}

export interface Spend {
  /** Nano-USD, at effective cost: a purchase is spread over its term. */
  readonly total: bigint;
  /** Nano-USD, at billed cost. */
  readonly billed: bigint;
  readonly compute: bigint;
  /** The part in time with known usage. */
  readonly coveredUsd: Exact;
  readonly coveredComputeUsd: Exact;
  readonly coveredStorageUsd: Exact;
  /** Charges for a stated commitment: neither compute nor storage. */
  readonly coveredCommitmentUsd: Exact;
  /** Compute of reserved capacity at sources without a stated commitment. */
  readonly coveredReservedUsd: Exact;
  readonly uncoveredUsd: Exact;
}

/** Usage in billed time, which all prices, counterfactuals and options use. */
export interface ServedTokens {
  readonly tokens: AllTokens;
  readonly promptTokens: number;
  readonly cachedTokens?: number;
  readonly outputTokens: number;
  readonly requests?: number;
}

/** Unbilled usage, which is in no other figure because its cost is unknown. */
export interface UnbilledUsage {
  readonly tokens: number;
  /** By day of the period; the sum is `tokens`. */
  readonly tokensByDay: readonly number[];
  /** Share of all served tokens: 2,000,000 beside 1,000,000 billed ones are 0.666667. */
  readonly share: Exact;
  /** Observed replica time meanwhile; absent if an interval does not state it. */
  readonly replicaMs?: number;
  /** From the first to the last interval of each run, in order. */
  readonly periods: readonly Period[];
  /** The sources that should have billed it: those of the deployment's resources. */
  readonly sources: readonly string[];
}

/** The part of a deployment's traffic that hosted APIs serve, in our tokens. */
export interface BoughtEconomics {
  readonly tokens: number;
  /** Its billed cost; used only as the saving of bringing it back. */
  readonly nanoUsd: bigint;
  readonly models: readonly { readonly sourceId: string; readonly model: string }[];
  /** The capture rate: self-hosted tokens over all tokens; absent without tokens. */
  readonly servedHere?: Exact;
}

/** Replica time in nanoseconds over the same intervals, by usage and by the bill. */
export interface ObservedTime {
  readonly seenNs: bigint;
  readonly paidNs: bigint;
  /** GPUs per replica in config, and replicas per GPU. */
  readonly gpus: Exact;
  readonly onGpu: bigint;
}

export interface PaidTime {
  readonly paidNs: bigint;
  readonly coveredNs: bigint;
  /** Absent without billed replica time. */
  readonly coverage?: Exact;
  /** The most replicas paid for at one time; at least 1. */
  readonly mostReplicas: number;
  /** Absent if no interval states its replica time, or if a resource is shared. */
  readonly watched?: ObservedTime;
  /** From the first to the last paid instant in the period; absent without paid time. */
  readonly span?: Period;
}

export interface Capacity {
  readonly tokensPerSecond: Exact;
  /** `observed` is a lower bound; raised is to the fastest interval that other usage supports. */
  readonly basis: 'measured' | 'observed';
  readonly isRaised?: true;
  readonly evidence?: string;
}

/** Sums to the covered spend if all three are known. */
export interface Waterfall {
  readonly fullUsd?: Exact;
  readonly underfilledUsd?: Exact;
  readonly idleUsd?: Exact;
}

export interface HostedEconomics {
  /** Whether config names the endpoint. */
  readonly isPinned: boolean;
  /** Eligible ones first, cheapest first; then the others by name. */
  readonly considered: readonly ConsideredHost[];
  readonly chosen?: ConsideredHost;
  readonly cheapest?: ConsideredHost;
  /** Median cost of the eligible ones; for an even number, the mean of the middle two. */
  readonly medianUsd?: Exact;
  /** Why there is no price, if there is none. */
  readonly reason?: HostedLack;
  /** Dollars by day of each eligible endpoint: the chosen one first, then by cost. */
  readonly byDay: readonly { readonly host: ConsideredHost; readonly usd: readonly Exact[] }[];
  /** The chosen endpoint's price of the mix in each whole week, counted back from the end. */
  readonly usdPerMtokByWeek: readonly (number | undefined)[];
  /** Number of companies eligible for the whole period. */
  readonly sellers: number;
  readonly soldBy: readonly SellersByDay[];
  readonly retired: readonly Retirement[];
  /** Of the chosen endpoint, like all following fields; absent without one. */
  readonly lines?: CostLines;
  readonly doubts?: readonly PriceUncertainty[];
  readonly parity?: HostParity;
  /** Absent if no limit is stated. */
  readonly peak?: PeakMinute;
  readonly limit?: RateLimit;
  readonly tokenRatio?: Exact;
  /** Absent if its own prices cover every token. */
  readonly hearsay?: SecondHandShare;
}

export interface HybridEconomics {
  /** Cheapest without engineering time; the fewest replicas on ties. */
  readonly best?: HybridPlan;
  readonly plans: readonly HybridPlan[];
  readonly reason?: Lack;
}

export interface HybridPlan {
  readonly replicas: number;
  readonly ownUsd: Exact;
  /** GPU cost in `ownUsd`, and the same at the paid rates. */
  readonly gpuUsd: Exact;
  readonly paidGpuUsd: Exact;
  readonly overflow: CacheLinear;
  /** Unused commitment with its replicas. */
  readonly strandedUsd: Exact;
  /** Self-hosted, overflow and unused commitment, at the base cache share. */
  readonly usd: Exact;
}

/** By hour of the period, counted from its start. */
export interface HourlyLoad {
  /** `NaN` if usage is unknown. */
  readonly tokensByHour: Float64Array;
  /** Paid replica time in nanoseconds. */
  readonly paidNsByHour: Float64Array;
}
