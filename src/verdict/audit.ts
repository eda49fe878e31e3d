/** Knows the shape of an audit as the outside reads it: schema `rentcheck/audit/1`. */

/** Dollars with six places, `"6.000000"`. */
export type UsdText = string;
/** A ratio with six places, `"0.361111"`. */
export type RatioText = string;

export type Verdict =
  | 'delete'
  | 'hybrid'
  | 'serverless'
  | 'move'
  | 'right-size'
  | 'keep'
  | 'keep (required)'
  | 'too close to call'
  | 'not enough evidence';

export type OptionName =
  | 'keep'
  | 'delete'
  | 'hybrid'
  | 'serverless'
  | 'move'
  | 'spot'
  | 'right-size';

export interface Audit {
  readonly schema: 'rentcheck/audit/1';
  /** `2026-Q3`, or null for a window given by hand. */
  readonly quarter: string | null;
  readonly window: { readonly start: string; readonly end: string; readonly partial: boolean };
  readonly asOf: string;
  readonly runId: string;
  readonly inputsDigest: string;
  readonly codeVersion: string;
  readonly stack: AuditStack;
  readonly totals: AuditTotals;
  readonly deployments: readonly AuditDeployment[];
  /** Empty until the tornado is computed. */
  readonly sensitivity: readonly never[];
}

export interface AuditStack {
  readonly verdict: Verdict;
  /** Null until odds are computed. */
  readonly probability: null;
  /** Of the best plan against keeping everything; low and high are null until odds are computed. */
  readonly savingUsd: { readonly base: UsdText | null; readonly low: null; readonly high: null };
  readonly withoutLabor: { readonly verdict: Verdict; readonly savingUsd: UsdText | null };
  readonly keepUsd: UsdText;
  readonly bestPlan: readonly { readonly deployment: string; readonly option: OptionName }[];
  readonly bestPlanUsd: UsdText | null;
  /** What keeping the deployments that must stay costs over the best plan without that wish. */
  readonly requiredCostUsd: UsdText | null;
  /** Whose hours stand in the figures: the ops log's, or the config's assumptions. */
  readonly laborBasis: 'measured' | 'assumed';
  readonly confidence: 'high' | 'medium' | 'low' | 'none';
  readonly reasons: readonly string[];
  /** What is missing for a verdict and how to get it. */
  readonly missing: readonly string[];
  readonly flips: readonly Flip[];
}

export interface AuditTotals {
  readonly spendUsd: UsdText;
  readonly unattributedUsd: UsdText;
  readonly unattributedShare: RatioText | null;
  /** The part of `spendUsd` that no bill told: charges that were rebuilt. */
  readonly estimatedUsd: UsdText;
  /** Tokens bought from hosts by ourselves, already paid; not part of `spendUsd`. */
  readonly hostedSpendUsd: UsdText;
  /** Taxes on the bills, left out of both sides. */
  readonly taxUsd: UsdText;
  /** Spend in time for which no usage is known, left out of the comparison on both sides. */
  readonly uncoveredUsd: UsdText;
  readonly tokens: number;
  readonly promptTokens: number;
  readonly cachedTokens: number | null;
  readonly outputTokens: number;
  readonly effectiveUsdPerMtok: RatioText | null;
  readonly hostedUsdPerMtok: RatioText | null;
  readonly coverage: RatioText | null;
  readonly tokensPerDay: number;
}

export interface AuditDeployment {
  readonly id: string;
  readonly model: string;
  readonly verdict: Verdict;
  readonly probability: null;
  readonly spendUsd: UsdText;
  readonly computeUsd: UsdText;
  readonly uncoveredUsd: UsdText;
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
  /** The day and the source of a stated capacity: `2026-06-12, load test before the launch`. */
  readonly capacityEvidence: string | null;
  readonly fullCapacityUsd: UsdText | null;
  readonly underfilledUsd: UsdText | null;
  readonly idleUsd: UsdText | null;
  readonly hosted: AuditHosted | null;
  readonly options: readonly AuditOption[];
  readonly breakEven: AuditBreakEven;
  readonly flips: readonly Flip[];
  readonly waiver: AuditWaiver | null;
  readonly reasons: readonly string[];
  readonly warnings: readonly string[];
}

export interface AuditHosted {
  readonly host: string;
  readonly costUsd: UsdText;
  readonly usdPerMtok: RatioText | null;
  readonly cheapestUsd: UsdText;
  readonly medianUsd: UsdText;
  /** Every host that was weighed, cheapest first; one that was not eligible has a reason. */
  readonly considered: readonly {
    readonly host: string;
    readonly model: string;
    readonly quantization: string;
    readonly costUsd: UsdText | null;
    readonly reason: string | null;
  }[];
}

export interface AuditOption {
  readonly option: OptionName;
  /** Null where a figure it needs is unknown; `detail.reason` says which. */
  readonly costUsd: UsdText | null;
  readonly infraUsd: UsdText | null;
  readonly laborUsd: UsdText | null;
  readonly hostedUsd: UsdText | null;
  readonly strandedUsd: UsdText | null;
  readonly savingUsd: UsdText | null;
  readonly low: null;
  readonly high: null;
  readonly probability: null;
  readonly detail: OptionDetail;
}

export interface OptionDetail {
  readonly reason?: string;
  /** Hybrid: the number of replicas that is cheapest. */
  readonly replicas?: number;
  /** Hybrid: cost without labor by replicas, `{"1": "6.000000"}`. */
  readonly costUsdByReplicas?: Readonly<Record<string, UsdText>>;
}

export interface AuditBreakEven {
  readonly tokens: number | null;
  readonly tokensPerDay: number | null;
  /** Above 1 it reads "never with this many replicas". */
  readonly utilization: RatioText | null;
  readonly note: string | null;
  /** Solved with the decision's odds: null until then. */
  readonly hostedUsdPerMtok: RatioText | null;
  readonly gpuUsdPerHour: RatioText | null;
  readonly opsHours: RatioText | null;
}

export interface AuditWaiver {
  readonly reason: string;
  readonly owner: string;
  readonly worthUsdPerQuarter: UsdText | null;
  readonly expires: string | null;
  readonly expired: boolean;
}

export interface Flip {
  readonly input: string;
  readonly today: RatioText;
  readonly flipsAt: RatioText;
}
