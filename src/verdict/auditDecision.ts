/** The shape of what follows from an audit: steps, outlook, look back, what would flip it. */

import type { OptionName } from '../economics/offer.ts';
import type { Obstacle } from './reason.ts';
import type { RatioText, SavingText, UsdText, Verdict } from './auditWord.ts';
import type { AdviceNote } from './lookBack/note.ts';
import type { EffectDetail, ScenarioDetail } from './sensitivity/effect.ts';
import type { FlipCode } from './sensitivity/flip.ts';
import type { StepDetail } from './steps/step.ts';

/** What is done with the stack. */
export interface AuditDecision {
  readonly plan: readonly { readonly deployment: string; readonly option: OptionName }[];
  /** Of that plan against keeping everything: 0 where nothing changes. */
  readonly savingUsd: UsdText;
}

/** What the decision on the stack makes of one deployment. */
export interface AuditDecided {
  readonly option: OptionName;
  /**
   * `advised` alone too; `with-the-plan`: changed though it is not advised alone; `kept` as its own
   * verdict says; `held-back`: kept though a change is advised alone.
   */
  readonly because: 'advised' | 'with-the-plan' | 'kept' | 'held-back';
  /** The verdict on it alone. */
  readonly alone: Verdict;
  /** The change that is advised alone and not made; null where there is none. */
  readonly heldBack: {
    readonly option: OptionName;
    readonly savingUsd: UsdText;
    readonly because: Obstacle;
  } | null;
}

export interface AuditStep {
  /** Null for what concerns the whole stack. */
  readonly deployment: string | null;
  readonly action: StepAction;
  readonly text: string;
  /** The same as a fact; absent in audits of older versions. */
  readonly detail?: StepDetail;
  /** Who carries it out: a person or a team; null where the config names nobody. */
  readonly owner?: string | null;
  /** What this step saves a window like this one; negative where it costs. */
  readonly savingUsd: UsdText;
  /**
   * Of a step that saves nothing itself, the dollars that hang on it; null of a change, and where
   * they are not known. This and the next field are absent in audits of older versions.
   */
  readonly stakeUsd?: UsdText | null;
  /** The last day to do it; null only in audits of older versions. */
  readonly by: string | null;
  /** A binding day that had passed when the audit was made: `by` is the next possible one. */
  readonly missed?: string | null;
}

export type StepAction =
  | Exclude<OptionName, 'keep' | 'spot'>
  | 'stop-operations'
  | 'start-hosting'
  | 'renegotiate'
  /** Decide whether a contract that holds a change back is to end. */
  | 'decide-contract'
  | 'renew-waiver'
  | 'get-evidence'
  /** Match spend of nobody to a deployment: it is too much for a verdict. */
  | 'attribute'
  /** Change nothing, and decide again with the next report. */
  | 'review';

/** The 5% and 95 % ends. */
export interface AuditInterval {
  readonly low: UsdText;
  readonly high: UsdText;
}

/** One window cannot tell how likely it is: the interval is at least so wide. */
export interface AuditCannotTell {
  /** Its weeks are close to the week before for longer than the window can show. */
  readonly code: 'weeks-persist';
  /** What the window would have saved, had every week been like its worst one. */
  readonly worstWeekUsd: UsdText;
}

export interface AuditOutlook {
  /**
   * The next window as long as this one, with the traffic and the prices of this one; low and high
   * are those of `savingUsd`: where its average lies.
   */
  readonly asLast: SavingText;
  /**
   * Where the saving of the next window itself lies, 90% likely: its own days stray too. Null
   * where nothing could be drawn.
   */
  readonly nextQuarter: AuditInterval | null;
  /**
   * The same with the trends carried on; null where the weeks are too few for one, or where the
   * machines that are paid for could not serve what the trend leads to.
   */
  readonly withTrend: {
    readonly savingUsd: UsdText;
    /** Share by which they change a week, over what the plan changes (all, where it keeps all). */
    readonly tokensPerWeek: RatioText | null;
    readonly hostedPricePerWeek: RatioText | null;
  } | null;
  /** The day on which the answer flips if the trends hold; null where it does not within a year. */
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
    /** What the cheapest plan would then save. */
    readonly bestSavingUsd: UsdText;
    /** Of a GPU rate: the same after the last contract; null where none fixes a price. */
    readonly afterContracts: AuditAfterContracts | null;
  }[];
  /** At today's prices; null where no contract is in force. */
  readonly afterContracts: AuditAfterContracts | null;
}

/** A window like this one after the last contract: all prices move, nothing is owed for nothing. */
export interface AuditAfterContracts {
  readonly savingUsd: UsdText;
  readonly bestSavingUsd: UsdText;
  /** The last day that is owed; null where reserved capacity does not tell its end. */
  readonly until: string | null;
}

export interface AuditLookBack {
  readonly quarter: string | null;
  readonly runId: string;
  /**
   * What the last audit expected of this window, with the ends of its `nextQuarter`, and what was
   * measured for the same plan.
   */
  readonly forecastUsd: SavingText;
  readonly measuredUsd: UsdText | null;
  readonly isInInterval: boolean | null;
  readonly advice: readonly {
    readonly deployment: string;
    readonly verdict: Verdict;
    /** Null where it cannot be told. */
    readonly taken: boolean | null;
    readonly forecastUsd: UsdText | null;
    /** Saved by what was done, or what it would have saved where nothing was. */
    readonly measuredUsd: UsdText | null;
    readonly note: string;
    /** The sentences of `note` as facts; absent in audits of older versions. */
    readonly noteDetails?: readonly AdviceNote[];
  }[];
  /** Rent and tokens bought, then and now; their difference where advice was taken. */
  readonly realizedUsd: UsdText | null;
}

export interface AuditCommitment {
  readonly source: string;
  /** As the config and the bill name it. */
  readonly id: string | null;
  /** The last day that is owed. */
  readonly until: string;
  /** The last day on which notice ends it with its term; null without a term and a notice. */
  readonly noticeBy: string | null;
  /** Of the audited window; used and unused are null where nothing tells them. */
  readonly committedUsd: UsdText;
  readonly usedUsd: UsdText | null;
  readonly unusedUsd: UsdText | null;
  /** Of the next window: as many whole months, else as long as this one. */
  readonly owedUsd: UsdText;
  /** All that is left until `until`. */
  readonly remainingUsd: UsdText;
  readonly remainingMonths: RatioText;
  readonly months: readonly { readonly month: string; readonly usd: UsdText }[];
  readonly shares: readonly { readonly deployment: string; readonly usd: UsdText }[];
}

/**
 * A commitment that holds the plan back. Entries of the same end concern the same change and are
 * not to be added up.
 */
export interface AuditContractEnd {
  readonly source: string;
  readonly id: string | null;
  /** The last day that is owed; null for a contract that rolls on, of which notice is not given. */
  readonly until: string | null;
  /** The last day of notice, passed or not; null without a term and a notice. */
  readonly noticeBy: string | null;
  /** The last day to decide: that of notice, else of the contract; null where both have passed. */
  readonly decideBy: string | null;
  readonly deployments: readonly string[];
  /** What each of them changes to. */
  readonly plan: readonly { readonly deployment: string; readonly option: OptionName }[];
  /** In a window like this one after `until`, against keeping those deployments. */
  readonly savingUsd: UsdText;
  /** What the same change would save in the next window; negative where it costs. */
  readonly todayUsd: UsdText;
}

/** The four amounts sum to `usd`. */
export interface AuditCredit {
  readonly source: string;
  readonly id: string | null;
  readonly usd: UsdText;
  /** The last day on which it pays. */
  readonly until: string;
  readonly usedBeforeUsd: UsdText;
  /** In the audited window: so much less was spent. */
  readonly usedUsd: UsdText;
  readonly leftUsd: UsdText;
  /** Expired with no use, by the window's end. */
  readonly lostUsd: UsdText;
}

export interface Sensitivity {
  readonly input: string;
  /** The input and its ends as a fact; absent in audits of older versions. */
  readonly detail?: EffectDetail;
  readonly low: string;
  readonly base: string;
  readonly high: string;
  readonly savingAtLowUsd: UsdText;
  readonly savingAtHighUsd: UsdText;
}

/** At `flipsAt` the advised, else the cheapest other option costs what keeping does. */
export interface Flip {
  readonly input: string;
  /** Absent in audits of older versions. */
  readonly code?: FlipCode;
  readonly today: RatioText;
  readonly flipsAt: RatioText;
  /** `flipsAt` over `today`, less 1; null where today is nothing. */
  readonly change: RatioText | null;
  /** Of a GPU rate: what a contract lets it do; null where none fixes a price. */
  readonly contract: AuditFixedRate | null;
}

export interface AuditFixedRate {
  /** Dollars a GPU-hour if all that the contract does not fix were free. */
  readonly leastUsdPerHour: RatioText;
  /** The last day that is owed; null where reserved capacity does not tell its end. */
  readonly until: string | null;
  /** True where no rate gets there before that day: what is told holds after it. */
  readonly isBeyond: boolean;
}
