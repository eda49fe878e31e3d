/** The shape of what the economics found: exact figures, unknown ones absent. */

import type { Exact } from '../domain/exact.ts';
import type { AllTokens, UsdPerMtok } from '../domain/money.ts';
import type { Period } from '../domain/period.ts';
import type { Retirement } from '../domain/sellers.ts';
import type { CreditUse } from './chargeBook.ts';
import type { BreakEven } from './breakEven/breakEvenPoints.ts';
import type { SoldBy } from './hosted/basket.ts';
import type { BoughtModel } from './hosted/bought.ts';
import type { SecondOpinion } from './hosted/secondOpinion.ts';
import type {
  CacheLinear,
  ConsideredHost,
  CostLines,
  HostParity,
  PriceDoubt,
} from './hosted/host.ts';
import type { PeakMinute } from './hosted/rateLimit.ts';
import type { Hearsay } from './hosted/secondHand.ts';
import type { LeftOut } from '../domain/billOfRecord.ts';
import type { DoubleBilling } from './bill/doubleBilling.ts';
import type { Range, RateLimit, UsageDoubt, Waiver } from './input.ts';
import type { HostedLack, Lack } from './lack.ts';
import type { Offers } from './offer.ts';
import type {
  BasisSpend,
  Commitment,
  Contract,
  MissingMonth,
  StackBill,
  StackLabor,
  Statement,
  Unclaimed,
  UnattributedDay,
} from './stackParts.ts';
import type { Warning } from './warning.ts';

export interface StackEconomics {
  readonly window: Period;
  readonly deployments: readonly DeploymentEconomics[];
  readonly bill: StackBill;
  /** On what the spend rests; the amounts sum to it. */
  readonly spendByBasis: readonly BasisSpend[];
  readonly statement: Statement;
  /** One value for each UTC day, resource and category that no deployment answers for. */
  readonly unattributed: readonly UnattributedDay[];
  /** The same by resource, the most money first. */
  readonly unclaimed: readonly Unclaimed[];
  readonly labor: StackLabor;
  /** What is owed beyond the window whether or not anything runs. */
  readonly commitments: readonly Commitment[];
  readonly credits: readonly CreditUse[];
  /** Engineering time to return to self-hosting; absent if not stated. */
  readonly reentryUsd?: Exact;
  readonly migrationShare?: Exact; // of a one-off cost, in this window; absent if it is not spread
  /** False where nobody stated what a change takes, and it counts as nothing. */
  readonly isMigrationStated: boolean;
  readonly laborUsdPerHour: Exact;
  /** Covered over paid replica time of all deployments; absent where nothing was paid by time. */
  readonly coverage?: Exact;
  /** Months for which a source that bills by the month billed nothing. */
  readonly missingMonths: readonly MissingMonth[];
  /** Purchases that two sources bill, and that count twice. */
  readonly doubleBilled: readonly DoubleBilling[];
  /** Charges that another source is the bill of record for. */
  readonly leftOut: readonly LeftOut[];
  /** What is bought from hosted APIs, by model; absent where nothing is. */
  readonly bought?: readonly BoughtModel[];
  /** Of gateways on what hosts billed; absent where none tells any. */
  readonly secondOpinions?: readonly SecondOpinion[];
  readonly warnings: readonly Warning[];
}

export interface DeploymentEconomics {
  readonly id: string;
  readonly model: string;
  /** Sources of the charges that were attributed to it. */
  readonly sources: readonly string[];
  readonly days: readonly DayEconomics[];
  readonly spend: Spend;
  readonly served: Served;
  /** What was served in time for which nothing was billed; absent where there is none. */
  readonly unbilled?: Unbilled;
  /** What of its traffic is bought elsewhere already; absent where nothing is. */
  readonly bought?: BoughtEconomics;
  /** Which side of a comparison is not known; absent where both are. */
  readonly lacks?: 'bill' | 'usage';
  readonly time: PaidTime;
  readonly capacity?: Capacity;
  /** Absent where no token was served: never a division by zero. */
  readonly effectiveUsdPerMtok?: UsdPerMtok;
  /** 0 to 1; never above. */
  readonly utilization?: Exact;
  readonly busyFraction?: Exact;
  readonly waterfall: Waterfall;
  readonly hosted: HostedEconomics;
  readonly hybrid: HybridEconomics;
  readonly offers: Offers;
  /** Dollars of this deployment's own part. */
  readonly labor: {
    readonly selfHosted: Range;
    readonly hosted: Range;
    readonly serverlessShare: Exact;
  };
  readonly cacheRealization: Range;
  /** What it would leave behind by leaving, over the next window. */
  readonly committedUsd: Exact;
  /** Absent where no contract fixes a price or is owed. */
  readonly contract?: Contract;
  readonly gpuRates: GpuRates;
  /** What it shares with others, over covered time; absent where it shares nothing. */
  readonly shared?: readonly SharedRent[];
  readonly breakEven: BreakEven;
  readonly load: Load;
  /** Intervals that were not believed, or not believed to be ordinary; absent where all were. */
  readonly doubts?: readonly UsageDoubt[];
  readonly waiver?: Waiver & { readonly expired: boolean };
  readonly warnings: readonly Warning[];
}

/** Factors on the GPU rates that were paid: both 1, unless it is asked what if they were others. */
export interface GpuRates {
  /** On our own, where no contract fixes them. */
  readonly own: Exact;
  /** On those of others, serverless too. */
  readonly market: Exact;
}

/** Its part of what the same deployments share, by day; it is saved where all let go of it. */
export interface SharedRent {
  /** Itself among them; sorted. */
  readonly sharers: readonly string[];
  readonly gpu: readonly Exact[];
  readonly storage: readonly Exact[];
  readonly other: readonly Exact[];
}

/** One UTC day, cut to the window. */
export interface DayEconomics {
  readonly dayMs: number;
  readonly spend: bigint;
  readonly coveredUsd: Exact;
  readonly promptTokens: number;
  readonly cachedTokens?: number;
  readonly outputTokens: number;
  /** Served on top, in time for which nothing was billed. */
  readonly unbilledTokens: number;
  readonly paidNs: bigint;
  readonly coveredNs: bigint;
  readonly busyMs?: number;
  readonly utilization?: Exact;
}

export interface Spend {
  /** Nano-USD, at effective cost: a purchase is spread over its term. */
  readonly total: bigint;
  /** Nano-USD: what the bills of the window say. */
  readonly billed: bigint;
  readonly compute: bigint;
  /** The part that falls into time for which usage is known. */
  readonly coveredUsd: Exact;
  readonly coveredComputeUsd: Exact;
  readonly coveredStorageUsd: Exact;
  /** Charges for a commitment that is stated too: neither compute nor storage. */
  readonly coveredCommitmentUsd: Exact;
  /** The compute of reserved capacity at sources to which no commitment is stated. */
  readonly coveredReservedUsd: Exact;
  readonly uncoveredUsd: Exact;
}

/** In billed time: what a price, a counterfactual and every option rest on. */
export interface Served {
  readonly tokens: AllTokens;
  readonly promptTokens: number;
  readonly cachedTokens?: number;
  readonly outputTokens: number;
  readonly requests?: number;
}

/** Usage of which nothing was billed is in no other figure: its dollars are not known. */
export interface Unbilled {
  readonly tokens: number;
  /** By day of the window; the sum is `tokens`. */
  readonly tokensByDay: readonly number[];
  /** Of all tokens that were served: 2,000,000 beside 1,000,000 billed ones are 0.666667. */
  readonly share: Exact;
  /** Replica time seen meanwhile; absent where one interval does not tell. */
  readonly replicaMs?: number;
  /** From the first to the last interval of each run, in order. */
  readonly periods: readonly Period[];
  /** The sources that should have billed it: those of the deployment's resources. */
  readonly sources: readonly string[];
}

/** A part of a deployment's traffic that hosted APIs serve, in tokens of ours. */
export interface BoughtEconomics {
  readonly tokens: number;
  /** Billed for it; in no option but as what bringing it back saves. */
  readonly nanoUsd: bigint;
  readonly models: readonly { readonly sourceId: string; readonly model: string }[];
  /** The capture rate: what is served here of all; absent where there is no token. */
  readonly servedHere?: Exact;
}

/** Replica time in whole nanoseconds over the same intervals, by usage and by the bill. */
export interface WatchedTime {
  readonly seenNs: bigint;
  readonly paidNs: bigint;
  /** GPUs of one replica, by the config, and how many replicas one GPU holds. */
  readonly gpus: Exact;
  readonly onGpu: bigint;
}

export interface PaidTime {
  readonly paidNs: bigint;
  readonly coveredNs: bigint;
  /** Absent where no replica time was billed. */
  readonly coverage?: Exact;
  /** Replicas paid at the same time at most; at least 1. */
  readonly mostReplicas: number;
  /** Absent where no interval tells its replica time, or where a resource is shared. */
  readonly watched?: WatchedTime;
  /** First paid moment in the window to the last; absent where nothing was paid by time. */
  readonly span?: Period;
}

export interface Capacity {
  readonly tokensPerSecond: Exact;
  /** Observed is a lower bound; raised is to the fastest interval that other usage supports. */
  readonly basis: 'measured' | 'observed';
  readonly isRaised?: true;
  readonly evidence?: string;
}

/** Sums to the covered spend wherever all three are known. */
export interface Waterfall {
  readonly fullUsd?: Exact;
  readonly underfilledUsd?: Exact;
  readonly idleUsd?: Exact;
}

export interface HostedEconomics {
  /** Whether config names the host. */
  readonly isPinned: boolean;
  /** Eligible ones first, cheapest first; then the others by name. */
  readonly considered: readonly ConsideredHost[];
  readonly chosen?: ConsideredHost;
  readonly cheapest?: ConsideredHost;
  /** What the eligible ones ask in the middle: of an even number the mean of the two there. */
  readonly medianUsd?: Exact;
  /** Why there is no price, where there is none. */
  readonly reason?: HostedLack;
  /** Dollars by day of every eligible host: the chosen one first, then the cheapest. */
  readonly byDay: readonly { readonly host: ConsideredHost; readonly usd: readonly Exact[] }[];
  /** What the chosen host asked for the mix in each whole week, counted back from the end. */
  readonly usdPerMtokByWeek: readonly (number | undefined)[];
  /** Companies that are eligible for the whole window. */
  readonly sellers: number;
  readonly soldBy: readonly SoldBy[];
  readonly retired: readonly Retirement[];
  /** Of the chosen host, as all that follows; absent without one. */
  readonly lines?: CostLines;
  readonly doubts?: readonly PriceDoubt[];
  readonly parity?: HostParity;
  /** Absent where no limit is stated. */
  readonly peak?: PeakMinute;
  readonly limit?: RateLimit;
  readonly tokenRatio?: Exact;
  /** Absent where its own word priced every token. */
  readonly hearsay?: Hearsay;
}

export interface HybridEconomics {
  /** Cheapest without labor, the fewest replicas on ties. */
  readonly best?: HybridPlan;
  readonly plans: readonly HybridPlan[];
  readonly reason?: Lack;
}

export interface HybridPlan {
  readonly replicas: number;
  readonly ownUsd: Exact;
  /** GPU dollars of `ownUsd`, and the same at the rates that were paid. */
  readonly gpuUsd: Exact;
  readonly paidGpuUsd: Exact;
  readonly overflow: CacheLinear;
  /** What its machines leave of a commitment. */
  readonly strandedUsd: Exact;
  /** Own, overflow and stranded, at the base cache share. */
  readonly usd: Exact;
}

/** By the hours of the window, counted from its start. */
export interface Load {
  /** `NaN` where usage is unknown. */
  readonly tokensByHour: Float64Array;
  /** Replica time that was paid for, in nanoseconds. */
  readonly paidNsByHour: Float64Array;
}
