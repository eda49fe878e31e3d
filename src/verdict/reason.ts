/**
 * Types of the reasons behind a verdict, as structured data with figures. `report/copy` renders
 * them as sentences; no figure is computed from them.
 */

import type { HostedLack } from '../economics/lack.ts';
import type { GapFact, UnmatchedFact } from '../domain/billIssues.ts';
import type { Choice } from '../economics/offer.ts';
import type { Warning, ObservedFigures } from '../economics/warning.ts';
import type { RatioText, UsdText } from '../domain/figures.ts';
import type { Verdict } from './auditWord.ts';

export type Reason =
  | Objection
  | Decided
  | Priced
  | Staying
  | Doubt
  | OfStack
  | GapFact
  | Missing
  | Warning;

/** Absent for a reason about the whole stack. */
interface Subject {
  readonly deployment?: string;
}

interface OfDeployment {
  readonly deployment: string;
}

/** Why a change is not advised, with the deciding figures. */
export type Objection = Subject &
  (
    | { readonly code: 'too-small'; readonly savingUsd: UsdText; readonly neededUsd: UsdText }
    | {
        readonly code: 'not-certain';
        /** Absent if the simulation could not run. */
        readonly probability?: RatioText;
        readonly neededProbability: RatioText;
      }
    | {
        /** Weeks resemble the week before, so one window is too short for a probability. */
        readonly code: 'weeks-persist';
        /** Extra cost over keeping if every week had been like the worst one. */
        readonly moreUsd: UsdText;
      }
    | {
        /** It reverses the previous verdict and must hold for another quarter. */
        readonly code: 'reversal';
        readonly to: Verdict;
        readonly from: Verdict;
        /** Share of the previous verdict's current cost. Negative if the new one costs more. */
        readonly savingShare: RatioText;
        readonly neededShare: RatioText;
      }
  );

/** How the stack's decision differs from the deployment's own verdict. */
type Decided = OfDeployment &
  (
    | {
        readonly code: 'with-the-plan';
        readonly alone: Verdict;
        readonly planSavingUsd: UsdText;
        /** Probability that the plan saves anything. Absent if the simulation could not run. */
        readonly probability?: RatioText;
      }
    | {
        readonly code: 'held-back';
        readonly option: Choice;
        /** Saving of the deployment alone, without the stack's fixed costs. */
        readonly savingUsd: UsdText;
        readonly because: Obstacle;
        readonly planSavingUsd: UsdText;
      }
    /** The verdict without engineering time and migration cost. */
    | { readonly code: 'without-labor'; readonly verdict: Verdict }
  );

/**
 * Why the stack's plan does not include a change. The plan is too small, not certain enough, a
 * reversal, or lacks evidence. `fixed-labor`: the fixed engineering time of using hosted APIs costs
 * more than the change saves.
 */
export type Obstacle = 'too-small' | 'not-certain' | 'reversal' | 'no-evidence' | 'fixed-labor';

/** A cost and its parts. Parts of $0 are absent. */
export interface CostParts {
  readonly usd: UsdText;
  readonly infraUsd?: UsdText;
  readonly hostedUsd?: UsdText;
  readonly laborUsd?: UsdText;
  readonly strandedUsd?: UsdText;
  readonly migrationUsd?: UsdText;
}

/** Cost of keeping a deployment compared with an option, and caveats. */
type Priced = OfDeployment &
  (
    | {
        readonly code: 'change-cost';
        readonly option: Choice;
        readonly keep: CostParts;
        readonly change: CostParts;
        readonly savingUsd: UsdText;
        /** Empty if no provider is chosen. */
        readonly host: string;
      }
    | {
        readonly code: 'keep-cost';
        readonly keep: CostParts;
        /** The cheapest alternative. */
        readonly option: Choice;
        readonly optionUsd: UsdText;
        /** Absent if it costs the same. */
        readonly moreUsd?: UsdText;
      }
    /** The only provider that sells the model on the config's terms. */
    | { readonly code: 'one-host'; readonly option: Choice; readonly host: string }
    /** An option that would save more, but is not certain enough to be advised. */
    | { readonly code: 'passed-over'; readonly option: Choice; readonly savingUsd: UsdText }
    /** The provider's price is $0. It counts only because the config allows free tiers. */
    | { readonly code: 'free-host'; readonly host: string }
    /** Only one paid day: the variation between days is unknown and not simulated. */
    | { readonly code: 'one-day' }
  );

/** Deployments with a waiver: the owner's reason, and what it must be worth. */
type Staying = OfDeployment &
  (
    | {
        readonly code: 'must-stay';
        readonly reason: string;
        readonly owner: string;
        /** Day on which the waiver expires. Absent if it does not. */
        readonly until?: string;
      }
    /** The needed worth is unknown because the GPU spend is unknown. */
    | { readonly code: 'worth-unknown'; readonly statedUsdPerQuarter?: UsdText }
    /** No known option is cheaper. */
    | { readonly code: 'worth-nothing' }
    | {
        readonly code: 'worth-needed';
        readonly option: Choice;
        readonly savingUsd: UsdText;
        /** The owner's stated worth of the reason. Absent if none is stated. */
        readonly statedUsdPerQuarter?: UsdText;
      }
    | {
        readonly code: 'waiver-expired';
        readonly reason: string;
        readonly owner: string;
        readonly expiredOn?: string;
      }
  );

/** The first assumption with an end at which the change saves nothing. */
export type Doubt = Subject & {
  readonly code: 'hangs-on';
  readonly assumption: 'self-hosted-labor' | 'hosting-labor' | 'cache-hits' | 'labor-and-cache';
  /** `worst`: all assumptions at their unfavorable ends together. */
  readonly end: 'low' | 'high' | 'worst';
  /** Engineering hours of the period at that end, for the plan; absent for one deployment. */
  readonly hours?: RatioText;
  /** Extra cost over keeping at that end. Absent if both cost the same. */
  readonly moreUsd?: UsdText;
};

interface PlanFigures {
  readonly changed: number;
  readonly deployments: number;
  readonly planUsd: UsdText;
  readonly keepUsd: UsdText;
  readonly savingUsd: UsdText;
}

export interface RangeUsd {
  readonly lowUsd: UsdText;
  readonly baseUsd: UsdText;
  readonly highUsd: UsdText;
}

/** Reasons about the whole stack. */
type OfStack =
  | ({ readonly code: 'best-plan' } & PlanFigures)
  /** Judged instead of the best plan, which saves `bestSavingUsd` but is not certain enough. */
  | ({ readonly code: 'advised-plan'; readonly bestSavingUsd: UsdText } & PlanFigures)
  | { readonly code: 'keep-all'; readonly keepUsd: UsdText }
  /** Extra cost of the deployments that must stay, over the best plan without waivers. */
  | {
      readonly code: 'required-cost';
      readonly costUsd: UsdText;
      /** Deployments with a waiver. */
      readonly deployments?: readonly string[];
    }
  | { readonly code: 'required-free' }
  /** The config states no migration hours, so migration counts as $0. */
  | { readonly code: 'migration-unstated' }
  /** By the ops log: labor of all self-hosting, and the stack's fixed part of it. */
  | {
      readonly code: 'labor-measured';
      readonly selfHostedUsd: UsdText;
      readonly onceUsd: UsdText;
    }
  /** Assumed: the stack's fixed labor, and the sum of the deployments' own labor. */
  | { readonly code: 'labor-assumed'; readonly once: RangeUsd; readonly own: RangeUsd };

/** Evidence that is missing for a verdict. */
export type Missing = MissingOfStack | MissingOfDeployment | UnbilledTokens | UnmatchedFact;

/** Shares are rounded away from the limit, so they never read as equal to it. */
type MissingOfStack =
  | { readonly code: 'no-deployments' }
  /** Nothing was billed in the window. */
  | { readonly code: 'no-bills' }
  /** Too much spend is not attributed to a deployment. */
  | {
      readonly code: 'unattributed';
      readonly share: RatioText;
      readonly usd: UsdText;
      readonly mostShare: RatioText;
    }
  /** Coverage of the whole stack's paid replica time. */
  | {
      readonly code: 'stack-coverage';
      readonly share: RatioText;
      readonly neededShare: RatioText;
    }
  /** Estimated missing charges, and the largest gap. */
  | {
      readonly code: 'missing-charges';
      readonly likelyUsd: UsdText;
      readonly share: RatioText;
      readonly mostShare: RatioText;
      readonly gap: GapFact;
    }
  /** Share of the attributed spend in deployments without enough evidence. */
  | {
      readonly code: 'undecided-spend';
      readonly share: RatioText;
      readonly mostShare: RatioText;
    };

type MissingOfDeployment = OfDeployment &
  (
    | { readonly code: 'no-bills-of' }
    /** The bill states no paid time, so the share that usage covers is unknown. */
    | { readonly code: 'no-paid-time' }
    /** Coverage of the paid replica time, the number of days with gaps, and the first of them. */
    | {
        readonly code: 'coverage';
        readonly share: RatioText;
        readonly neededShare: RatioText;
        readonly days: number;
        readonly firstDay?: string;
      }
    | {
        readonly code: 'no-price';
        /** Absent if no price is known at all. */
        readonly why?: HostedLack;
      }
    /** Replica-hours in usage and on the bill differ by more than a factor of 2. */
    | ({ readonly code: 'replica-hours-apart' } & ObservedFigures)
  );

/** Tokens served over time without a bill. It is about the stack if it names no deployment. */
export type UnbilledTokens = Subject & {
  readonly code: 'tokens-not-billed';
  readonly tokens: number;
  readonly billedTokens: number;
  /** Share of both together. */
  readonly share: RatioText;
  readonly mostShare: RatioText;
  /** Start and end of the first such period, as instants. */
  readonly start: string;
  readonly end: string;
  readonly sources: readonly string[];
  /** Months that these sources did not bill. */
  readonly months: readonly { readonly source: string; readonly month: string }[];
};
