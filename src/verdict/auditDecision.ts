/**
 * Types of an audit's conclusions: decision, steps, outlook, backtest, commitments, break-evens.
 */

import type { OptionName } from '../economics/offer.ts';
import type { Obstacle } from './reason.ts';
import type { RatioText, UsdText } from '../domain/figures.ts';
import type { SavingText, Verdict } from './auditWord.ts';
import type { AdviceNote } from './backtest/adviceNote.ts';
import type {
  BreakEvenInputCode,
  EffectDetail,
  ScenarioDetail,
} from './sensitivity/inputEffect.ts';
import type { StepDetail } from './steps/step.ts';

/** The plan that is carried out for the stack. */
export interface AuditDecision {
  readonly plan: readonly { readonly deployment: string; readonly option: OptionName }[];
  /** Saving of that plan over keeping everything: 0 if nothing changes. */
  readonly savingUsd: UsdText;
}

/** How the stack's decision treats one deployment. */
export interface AuditDecided {
  readonly option: OptionName;
  /**
   * `advised`: its own verdict advises the change too. `with-the-plan`: it changes although its own
   * verdict does not advise it. `kept`: its own verdict keeps it too. `held-back`: it is kept
   * although its own verdict advises a change.
   */
  readonly because: 'advised' | 'with-the-plan' | 'kept' | 'held-back';
  /** The deployment's own verdict, regardless of the rest of the stack. */
  readonly alone: Verdict;
  /**
   * The change that its own verdict advises and the stack's decision does not make. Null if there
   * is none.
   */
  readonly heldBack: {
    readonly option: OptionName;
    readonly savingUsd: UsdText;
    readonly because: Obstacle;
  } | null;
}

export interface AuditStep {
  /** Null for a step that concerns the whole stack. */
  readonly deployment: string | null;
  readonly action: StepAction;
  readonly text: string;
  /** The step as structured data. Absent in audits of older versions. */
  readonly detail?: StepDetail;
  /** Person or team who carries it out. Null if the config names no owner. */
  readonly owner?: string | null;
  /** What the step saves in a window like this one. Negative for a cost. */
  readonly savingUsd: UsdText;
  /**
   * Dollars that depend on a step without a saving of its own. Null for a change, and if they are
   * unknown. This field and the next are absent in audits of older versions.
   */
  readonly stakeUsd?: UsdText | null;
  /** The last day to do it. Null only in audits of older versions. */
  readonly by: string | null;
  /** A binding deadline that had passed before the audit. `by` is then the next possible day. */
  readonly missed?: string | null;
}

export type StepAction =
  | Exclude<OptionName, 'keep' | 'spot'>
  | 'stop-operations'
  | 'start-hosting'
  | 'renegotiate'
  /** Decide whether to end a contract that holds a change back. */
  | 'decide-contract'
  | 'renew-waiver'
  | 'get-evidence'
  /** Attribute spend to a deployment: there is too much unattributed spend for a verdict. */
  | 'attribute'
  /** Change nothing, and decide again with the next report. */
  | 'review';

/** The 5% and 95% ends of a 90% interval. */
export interface AuditInterval {
  readonly low: UsdText;
  readonly high: UsdText;
}

/** Why one window is too short for a probability. The interval is at least as wide as printed. */
export interface AuditWindowTooShort {
  /** Weeks resemble the week before for longer than the window can show. */
  readonly code: 'weeks-persist';
  /** Saving of the window if every week had been like its worst one. */
  readonly worstWeekUsd: UsdText;
}

export interface AuditOutlook {
  /**
   * Forecast of the next window of the same length, at this window's traffic and prices. `low` and
   * `high` are those of the stack's `savingUsd`: the interval of its average.
   */
  readonly asLast: SavingText;
  /**
   * 90% interval of the next window's own saving, which includes the variation of its days. Null if
   * the simulation could not run.
   */
  readonly nextQuarter: AuditInterval | null;
  /**
   * The same forecast if trends continue. Null with too few weeks for a trend, and if the paid
   * replicas could not serve the trend's traffic.
   */
  readonly withTrend: {
    readonly savingUsd: UsdText;
    /**
     * Weekly change as a share, over the deployments that the plan changes (all of them if it keeps
     * everything).
     */
    readonly tokensPerWeek: RatioText | null;
    readonly hostedPricePerWeek: RatioText | null;
  } | null;
  /**
   * The day on which the verdict would turn if trends continue. Null if it would not within a year.
   */
  readonly flipsOn: string | null;
  readonly deployments: readonly {
    readonly id: string;
    readonly tokensPerWeek: RatioText | null;
    readonly hostedPricePerWeek: RatioText | null;
    readonly flipsOn: string | null;
  }[];
  readonly scenarios: readonly {
    readonly name: string;
    /** Absent in audits of older versions. */
    readonly detail?: ScenarioDetail;
    readonly savingUsd: UsdText;
    /** What the cheapest plan would save at those prices. */
    readonly bestSavingUsd: UsdText;
    /** For a GPU rate: the same after the last contract ends. Null if no contract fixes a price. */
    readonly afterContracts: AuditAfterContracts | null;
  }[];
  /** At today's prices. Null if no contract is in force. */
  readonly afterContracts: AuditAfterContracts | null;
}

/**
 * A window like this one after the last contract ends: all prices can move, and there is no unused
 * commitment.
 */
export interface AuditAfterContracts {
  readonly savingUsd: UsdText;
  readonly bestSavingUsd: UsdText;
  /** The last committed day. Null if a reserved-capacity contract states no end. */
  readonly until: string | null;
}

export interface AuditBacktest {
  readonly quarter: string | null;
  readonly runId: string;
  /**
   * The last audit's forecast of this window, with the ends of its `nextQuarter`. `measuredUsd` is
   * the measured saving of the same plan.
   */
  readonly forecastUsd: SavingText;
  readonly measuredUsd: UsdText | null;
  readonly isInInterval: boolean | null;
  readonly advice: readonly {
    readonly deployment: string;
    readonly verdict: Verdict;
    /** Null if the bills and hours do not show it. */
    readonly taken: boolean | null;
    readonly forecastUsd: UsdText | null;
    /** What the change saved or, if it was not made, what it would have saved. */
    readonly measuredUsd: UsdText | null;
    readonly note: string;
    /** The sentences of `note` as structured data. Absent in audits of older versions. */
    readonly noteDetails?: readonly AdviceNote[];
  }[];
  /**
   * GPU spend and hosted spend of the last window less those of this one, where the advice was
   * taken.
   */
  readonly realizedUsd: UsdText | null;
}

export interface AuditCommitment {
  readonly source: string;
  /** The commitment's id in the config and on the bill. */
  readonly id: string | null;
  /** The last committed day. */
  readonly until: string;
  /**
   * The last day to give notice for the end of the term. Null without a term or a notice period.
   */
  readonly noticeBy: string | null;
  /** In the audited window. Used and unused are null if no source reports them. */
  readonly committedUsd: UsdText;
  readonly usedUsd: UsdText | null;
  readonly unusedUsd: UsdText | null;
  /** Committed for the next window: as many whole months, or a window of the same length. */
  readonly owedUsd: UsdText;
  /** Total remaining commitment until `until`. */
  readonly remainingUsd: UsdText;
  readonly remainingMonths: RatioText;
  readonly months: readonly { readonly month: string; readonly usd: UsdText }[];
  readonly shares: readonly { readonly deployment: string; readonly usd: UsdText }[];
}

/**
 * A commitment that holds the plan back. Entries with the same end date concern the same change, so
 * their savings must not be added up.
 */
export interface AuditContractEnd {
  readonly source: string;
  readonly id: string | null;
  /** The last committed day. Null for a rolling contract without notice given. */
  readonly until: string | null;
  /** The last day to give notice, even if it has passed. Null without a term or a notice period. */
  readonly noticeBy: string | null;
  /**
   * The last day to decide: the notice day, or the contract's last day if that has passed. Null if
   * both have passed.
   */
  readonly decideBy: string | null;
  readonly deployments: readonly string[];
  /** The option each of them changes to. */
  readonly plan: readonly { readonly deployment: string; readonly option: OptionName }[];
  /** Saving over keeping those deployments, in a window like this one after `until`. */
  readonly savingUsd: UsdText;
  /** Saving of the same change in the next window. Negative for a cost. */
  readonly todayUsd: UsdText;
}

/** One credit grant. The four amounts below sum to `usd`. */
export interface AuditCredit {
  readonly source: string;
  readonly id: string | null;
  readonly usd: UsdText;
  /** The last day on which the credit can be used. */
  readonly until: string;
  readonly usedBeforeUsd: UsdText;
  /** Used in the audited window, where it reduced the spend. */
  readonly usedUsd: UsdText;
  readonly leftUsd: UsdText;
  /** Expired unused by the end of the window. */
  readonly lostUsd: UsdText;
}

export interface AuditSensitivity {
  readonly input: string;
  /** The input and its ends as structured data. Absent in audits of older versions. */
  readonly detail?: EffectDetail;
  readonly low: string;
  readonly base: string;
  readonly high: string;
  readonly savingAtLowUsd: UsdText;
  readonly savingAtHighUsd: UsdText;
}

/**
 * A break-even: at `flipsAt`, the advised option (or the cheapest alternative) costs as much as
 * keeping.
 */
export interface AuditInputBreakEven {
  readonly input: string;
  /** Absent in audits of older versions. */
  readonly code?: BreakEvenInputCode;
  readonly today: RatioText;
  readonly flipsAt: RatioText;
  /** `flipsAt` over `today`, less 1. Null if `today` is 0. */
  readonly change: RatioText | null;
  /** For a GPU rate: the limits that a contract sets. Null if no contract fixes a price. */
  readonly contract: AuditFixedRate | null;
}

export interface AuditFixedRate {
  /** Dollars per GPU-hour if everything that the contract does not fix were free. */
  readonly leastUsdPerHour: RatioText;
  /** The last committed day. Null if a reserved-capacity contract states no end. */
  readonly until: string | null;
  /** True if no rate reaches the break-even before that day. The break-even then holds after it. */
  readonly isBeyond: boolean;
}
