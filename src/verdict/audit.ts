/**
 * Types of the audit document that `audit --json` prints (schema `rentcheck/audit/1`), and of the
 * detail for charts.
 */

import type { OptionName } from '../economics/offer.ts';
import type {
  AuditBacktest,
  AuditCommitment,
  AuditContractEnd,
  AuditCredit,
  AuditDecision,
  AuditOutlook,
  AuditSensitivity,
  AuditStep,
} from './auditDecision.ts';
import type { AuditBill, AuditEvidence } from './auditEvidence.ts';
import type { AuditDeployment, AuditJudgment, AuditSpendAndTokens } from './auditDeployment.ts';
import type { Doubt } from './reason.ts';
import type { RatioText, UsdText } from '../domain/figures.ts';
import type { Verdict } from './auditWord.ts';

export interface Audit {
  readonly schema: 'rentcheck/audit/1';
  /** `2026-Q3`; null for a window given by hand. */
  readonly quarter: string | null;
  readonly window: { readonly start: string; readonly end: string; readonly partial: boolean };
  readonly asOf: string;
  readonly runId: string;
  readonly inputsDigest: string;
  /** Separate digests of the facts and the settings. Null in audits of older versions. */
  readonly digests: AuditDigests | null;
  readonly codeVersion: string;
  readonly stack: AuditStack;
  readonly totals: AuditTotals;
  readonly deployments: readonly AuditDeployment[];
  /** What the bills are based on and how they compare. Absent in audits of older versions. */
  readonly evidence: AuditEvidence;
  /**
   * The spend as finance books it. Absent in audits of older versions and in what-if audits that
   * override the GPU cost.
   */
  readonly bill?: AuditBill;
  /**
   * Each input at its low and high end, all others at base. The largest effect on the plan's saving
   * comes first.
   */
  readonly sensitivity: readonly AuditSensitivity[];
}

/** Lower-case hex SHA-256. */
export interface AuditDigests {
  readonly facts: string;
  readonly settings: string;
}

/** Its saving is that of the best plan over keeping everything. */
export interface AuditStack extends AuditJudgment {
  /**
   * Probability that the best plan is cheaper than keeping everything. Null if the simulation could
   * not run.
   */
  readonly probability: RatioText | null;
  readonly withoutLabor: {
    readonly verdict: Verdict;
    readonly savingUsd: UsdText | null;
    readonly probability: RatioText | null;
  };
  /**
   * Null if no deployment has both a bill and usage. There is no saving and no plan in that case.
   */
  readonly keepUsd: UsdText | null;
  /** Null in audits of older versions. */
  readonly decision: AuditDecision | null;
  /** The plan that the verdict is about, whether or not it is advised. */
  readonly bestPlan: readonly { readonly deployment: string; readonly option: OptionName }[];
  readonly bestPlanUsd: UsdText | null;
  /**
   * The whole stack on one option, for each option that any deployment has. The best plan comes
   * last.
   */
  readonly options: readonly AuditStackOption[];
  /**
   * Extra cost of the deployments that must stay: the plan's cost less that of the best plan
   * without waivers.
   */
  readonly requiredCostUsd: UsdText | null;
  /** Source of the engineering hours: the ops log, or assumptions in the config. */
  readonly laborBasis: 'measured' | 'assumed';
  readonly confidence: 'high' | 'medium' | 'low' | 'none';
  /** The assumption that decides the sign of the saving, as a sentence. Null if none does. */
  readonly hangsOn: string | null;
  readonly hangsOnDetail?: Doubt | null;
  /** What to do next, in order. The steps' savings sum to the saving of the decision. */
  readonly steps: readonly AuditStep[];
  readonly outlook: AuditOutlook | null;
  readonly lookBack: AuditBacktest | null;
  readonly commitments: readonly AuditCommitment[];
  /**
   * Commitments that hold the plan back, earliest end first. Absent in audits of older versions.
   */
  readonly afterContracts?: readonly AuditContractEnd[];
  /** Credit grants in the config, earliest expiry first. */
  readonly credits: readonly AuditCredit[];
  /**
   * Resources that are not attributed to a deployment, most expensive first. They sum to the total.
   */
  readonly unattributed: readonly AuditUnattributed[];
  /**
   * Cost of the engineering time to return to self-hosting. Null if the config does not state it.
   */
  readonly reentryUsd: UsdText | null;
  /**
   * The full one-off migration cost of the best plan. `migrationUsd` is the part that counts in
   * this period. Absent in audits of older versions.
   */
  readonly migrationInFullUsd?: UsdText;
  /** Number of simulation runs behind the probabilities. */
  readonly draws: number;
}

/**
 * One resource, or the sum of all resources that are not listed. The sum has no source and no
 * resource.
 */
export interface AuditUnattributed {
  readonly source: string | null;
  readonly resource: string | null;
  readonly name: string | null;
  /** 1, or the number of resources that are not listed. */
  readonly resources: number;
  readonly usd: UsdText;
  /** An item for `resources` in rentcheck.yaml that matches exactly this resource. */
  readonly match: string | null;
}

export interface AuditStackOption {
  readonly option: Exclude<OptionName, 'spot'> | 'best plan';
  /** Deployments that this plan keeps, because they must stay or have no price for the option. */
  readonly keeps: readonly string[];
  /** Sum of the parts. Labor includes the stack's fixed engineering time. */
  readonly costUsd: UsdText;
  readonly gpuUsd: UsdText;
  readonly storageUsd: UsdText;
  readonly otherUsd: UsdText;
  readonly laborUsd: UsdText;
  readonly hostedUsd: UsdText;
  readonly strandedUsd: UsdText;
  readonly migrationUsd: UsdText;
  /** Saving over keeping everything. */
  readonly savingUsd: UsdText;
  readonly low: UsdText | null;
  readonly high: UsdText | null;
  readonly probability: RatioText | null;
}

/** What hosted APIs billed, and how much of it is known by tokens. */
export interface AuditHostedSpend {
  /** Share of the hosted bill for models with known token counts. Null if nothing was billed. */
  readonly captureRate: RatioText | null;
  /** Billed for models that are not attributed to a deployment. */
  readonly unattributedUsd: UsdText;
  /** Most expensive first. Those that are not second-hand sum to `hostedSpendUsd`. */
  readonly models: readonly {
    readonly source: string;
    readonly model: string;
    /** The deployment whose traffic it is. */
    readonly deployment: string | null;
    /**
     * Billed by the provider. Zero for a second-hand figure, which `secondOpinions` has instead.
     */
    readonly usd: UsdText;
    readonly tokens: number | null;
    /** True for figures of a gateway between us and the provider. They are in no sum. */
    readonly isSecondHand: boolean;
  }[];
  /** Gateways' own figures for the same models, beside the bill. Absent if no gateway has any. */
  readonly secondOpinions?: readonly AuditSecondOpinion[];
}

export interface AuditSecondOpinion {
  /** The gateway. */
  readonly source: string;
  /** The gateway's name for the model. */
  readonly model: string;
  /** Sources whose bills name the model. Empty if no bill does. */
  readonly billedBy: readonly string[];
  /** Days with dollars from both; without a bill, days with dollars from the gateway. */
  readonly days: number;
  readonly gatewayUsd: UsdText;
  readonly billedUsd: UsdText | null;
  /** (gateway - billed) / billed; null without a bill. */
  readonly difference: RatioText | null;
  /** True if the difference is more than 2%. */
  readonly isOff: boolean;
}

export interface AuditTotals extends AuditSpendAndTokens {
  readonly unattributedUsd: UsdText;
  readonly unattributedShare: RatioText | null;
  /** The part of `spendUsd` that is on no bill: charges that were reconstructed. */
  readonly estimatedUsd: UsdText;
  /** Tokens already bought from hosted APIs. Not part of `spendUsd`. */
  readonly hostedSpendUsd: UsdText;
  /** Hosted API spend by model. Absent if no model is known. */
  readonly hostedSpend?: AuditHostedSpend;
  /** Taxes on the bills. Both sides of the comparison leave them out. */
  readonly taxUsd: UsdText;
  /** Months without a bill from a source that bills monthly: `2026-08`. */
  readonly missingBills: readonly { readonly source: string; readonly month: string }[];
  readonly hostedUsdPerMtok: RatioText | null;
  readonly tokensPerDay: number;
}

/** Figures by day and by hour. */
export interface AuditDetail {
  readonly days: readonly {
    readonly day: string;
    readonly deployment: string;
    readonly spendUsd: UsdText;
    readonly coveredSpendUsd: UsdText;
    readonly tokens: number;
    readonly hostedUsd: UsdText | null;
  }[];
  /**
   * Tokens of each hour of the window, null if usage is unknown. Capacity is that of the most
   * replicas paid for at once.
   */
  readonly load: readonly {
    readonly deployment: string;
    readonly startMs: number;
    readonly tokensByHour: readonly (number | null)[];
    readonly capacityTokensPerHour: number | null;
    readonly replicas: number;
    /** Replica time paid for in each hour. Absent in details of older versions. */
    readonly paidMsByHour?: readonly number[];
  }[];
}
