/** The shape of an audit as the outside reads it: schema `rentcheck/audit/1`. */

import type { OptionName } from '../economics/offer.ts';
import type {
  AuditCannotTell,
  AuditCommitment,
  AuditContractEnd,
  AuditCredit,
  AuditDecision,
  AuditLookBack,
  AuditOutlook,
  AuditStep,
  Flip,
  Sensitivity,
} from './auditDecision.ts';
import type { AuditBill } from './auditBill.ts';
import type { AuditEvidence } from './auditEvidence.ts';
import type { AuditDeployment } from './auditDeployment.ts';
import type { Doubt, Missing, Reason } from './reason.ts';
import type { RatioText, SavingText, UsdText, Verdict } from './auditWord.ts';

export interface Audit {
  readonly schema: 'rentcheck/audit/1';
  /** `2026-Q3`, or null for a window given by hand. */
  readonly quarter: string | null;
  readonly window: { readonly start: string; readonly end: string; readonly partial: boolean };
  readonly asOf: string;
  readonly runId: string;
  readonly inputsDigest: string;
  /** Of the facts and of the settings apart; null in audits of older versions. */
  readonly digests: AuditDigests | null;
  readonly codeVersion: string;
  readonly stack: AuditStack;
  readonly totals: AuditTotals;
  readonly deployments: readonly AuditDeployment[];
  /** On what the bills rest and how they compare; absent in audits of older versions. */
  readonly evidence: AuditEvidence;
  /** As finance books it; absent in audits of older versions, and where the rent is wished. */
  readonly bill?: AuditBill;
  /** Inputs at their ends, all else at base: the largest effect on the plan's saving first. */
  readonly sensitivity: readonly Sensitivity[];
}

/** Lower-case hex SHA-256. */
export interface AuditDigests {
  readonly facts: string;
  readonly settings: string;
}

export interface AuditStack {
  readonly verdict: Verdict;
  /** That the best plan is cheaper than keeping everything; null where nothing could be drawn. */
  readonly probability: RatioText | null;
  /**
   * Of the best plan against keeping all; low and high are the ends of the 90% interval of what
   * windows like this one save on average.
   */
  readonly savingUsd: SavingText;
  readonly cannotTell: AuditCannotTell | null;
  readonly withoutLabor: {
    readonly verdict: Verdict;
    readonly savingUsd: UsdText | null;
    readonly probability: RatioText | null;
  };
  /** Null where nothing has both a bill and usage: there is no saving and no plan then. */
  readonly keepUsd: UsdText | null;
  /** Null in audits of older versions. */
  readonly decision: AuditDecision | null;
  /** The plan that the verdict is about, advised or not. */
  readonly bestPlan: readonly { readonly deployment: string; readonly option: OptionName }[];
  readonly bestPlanUsd: UsdText | null;
  /** The whole stack one way, for each option that any deployment has, then the best plan. */
  readonly options: readonly AuditStackOption[];
  /** What keeping the deployments that must stay costs over the best plan without that wish. */
  readonly requiredCostUsd: UsdText | null;
  /** Whose hours stand in the figures: the ops log's, or the config's assumptions. */
  readonly laborBasis: 'measured' | 'assumed';
  readonly confidence: 'high' | 'medium' | 'low' | 'none';
  readonly reasons: readonly string[];
  /** The same as facts, in the same order; absent in audits of older versions, as all details. */
  readonly reasonDetails?: readonly Reason[] | undefined;
  /** What is missing for a verdict and how to get it. */
  readonly missing: readonly string[];
  readonly missingDetails?: readonly Missing[] | undefined;
  readonly flips: readonly Flip[];
  /** The assumption on which the sign of the saving hangs, in words; null where on none. */
  readonly hangsOn: string | null;
  readonly hangsOnDetail?: Doubt | null;
  /** What would be advised had it not to hold for another quarter first. */
  readonly leaning: Verdict | null;
  /** The last verdict that was neither open nor without evidence: this one, or an earlier one. */
  readonly standing: Verdict | null;
  /** What to do next, in order; their dollars sum to the saving of the decision. */
  readonly steps: readonly AuditStep[];
  readonly outlook: AuditOutlook | null;
  readonly lookBack: AuditLookBack | null;
  readonly commitments: readonly AuditCommitment[];
  /** Those that hold the plan back, the first to end first; absent in audits of older versions. */
  readonly afterContracts?: readonly AuditContractEnd[];
  /** Grants of the config, the first to expire first. */
  readonly credits: readonly AuditCredit[];
  /** Resources that no deployment answers for, the most money first; they sum to the total. */
  readonly unattributed: readonly AuditUnattributed[];
  /** People's time to come back to own machines; null where nobody stated it. */
  readonly reentryUsd: UsdText | null;
  /**
   * The one-off migration cost of the best plan in full; its `migrationUsd` is the part that counts
   * in this period. Absent in audits of older versions.
   */
  readonly migrationInFullUsd?: UsdText;
  /** Worlds that were drawn for the odds. */
  readonly draws: number;
}

/** A resource; or all that are not listed, without source and resource. */
export interface AuditUnattributed {
  readonly source: string | null;
  readonly resource: string | null;
  readonly name: string | null;
  /** 1, or how many resources are not listed. */
  readonly resources: number;
  readonly usd: UsdText;
  /** An item of `resources` in rentcheck.yaml that takes exactly this. */
  readonly match: string | null;
}

export interface AuditStackOption {
  readonly option: Exclude<OptionName, 'spot'> | 'best plan';
  /** Deployments that are kept in it: they must stay, or have no price for it. */
  readonly keeps: readonly string[];
  /** The sum of the parts; labor holds what exists once for the stack too. */
  readonly costUsd: UsdText;
  readonly gpuUsd: UsdText;
  readonly storageUsd: UsdText;
  readonly otherUsd: UsdText;
  readonly laborUsd: UsdText;
  readonly hostedUsd: UsdText;
  readonly strandedUsd: UsdText;
  readonly migrationUsd: UsdText;
  /** Against keeping everything. */
  readonly savingUsd: UsdText;
  readonly low: UsdText | null;
  readonly high: UsdText | null;
  readonly probability: RatioText | null;
}

/** Today's hybrid: what hosted APIs billed, and how much of it is known by tokens. */
export interface AuditHostedSpend {
  /** Billed for models of which tokens are told, of all that was billed; null where nothing was. */
  readonly captureRate: RatioText | null;
  /** Of models that no deployment answers for. */
  readonly unattributedUsd: UsdText;
  /** The most money first; those that are not second-hand sum to `hostedSpendUsd`. */
  readonly models: readonly {
    readonly source: string;
    readonly model: string;
    /** Whose traffic it is. */
    readonly deployment: string | null;
    /** On its bill: nothing where it is second-hand; `secondOpinions` has the gateway's figure. */
    readonly usd: UsdText;
    readonly tokens: number | null;
    /** Told by a gateway in between: in no sum. */
    readonly isSecondHand: boolean;
  }[];
  /** What gateways compute for the same models, beside the bill; absent where none does. */
  readonly secondOpinions?: readonly AuditSecondOpinion[];
}

export interface AuditSecondOpinion {
  /** The gateway. */
  readonly source: string;
  /** As the gateway names it. */
  readonly model: string;
  /** Sources whose bills name the model; none where no bill does. */
  readonly billedBy: readonly string[];
  /** Days of which both tell dollars; without a bill, of which the gateway does. */
  readonly days: number;
  readonly gatewayUsd: UsdText;
  readonly billedUsd: UsdText | null;
  /** (gateway - billed) / billed; null without a bill. */
  readonly difference: RatioText | null;
  /** True where that is more than 2%. */
  readonly isOff: boolean;
}

export interface AuditTotals {
  /** At effective cost: a purchase is spread over its term. */
  readonly spendUsd: UsdText;
  /** What the bills of the window say. */
  readonly billedUsd: UsdText;
  readonly unattributedUsd: UsdText;
  readonly unattributedShare: RatioText | null;
  /** The part of `spendUsd` that no bill told: charges that were rebuilt. */
  readonly estimatedUsd: UsdText;
  /** Tokens bought from hosts by ourselves, already paid; not part of `spendUsd`. */
  readonly hostedSpendUsd: UsdText;
  /** What is bought from hosted APIs by model; absent where nothing is known of any. */
  readonly hostedSpend?: AuditHostedSpend;
  /** Taxes on the bills, left out of both sides. */
  readonly taxUsd: UsdText;
  /** Spend in time for which no usage is known, left out of the comparison on both sides. */
  readonly uncoveredUsd: UsdText;
  /** Tokens served in time for which nothing was billed; in no other figure. */
  readonly unbilledTokens: number;
  /** Of all tokens served: of `tokens` and `unbilledTokens`. */
  readonly unbilledShare: RatioText;
  /** Months for which a source that bills by the month billed nothing: `2026-08`. */
  readonly missingBills: readonly { readonly source: string; readonly month: string }[];
  /** Served in billed time, as all counts of tokens. */
  readonly tokens: number;
  readonly promptTokens: number;
  readonly cachedTokens: number | null;
  readonly outputTokens: number;
  readonly effectiveUsdPerMtok: RatioText | null;
  readonly hostedUsdPerMtok: RatioText | null;
  readonly coverage: RatioText | null;
  readonly tokensPerDay: number;
}
