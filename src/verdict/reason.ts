/**
 * Why a verdict is what it is: facts with their figures and the deployment they concern. The room
 * `report/copy` makes the sentences; nothing is computed from a fact.
 */

import type { HostedLack } from '../economics/lack.ts';
import type { GapFact, UnmatchedFact } from '../domain/bookFact.ts';
import type { Choice } from '../economics/offer.ts';
import type { Warning, WatchedFigures } from '../economics/warning.ts';
import type { RatioText, UsdText, Verdict } from './auditWord.ts';

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

/** Absent where it is about the whole stack. */
interface Subject {
  readonly deployment?: string;
}

interface OfDeployment {
  readonly deployment: string;
}

/** Why a change is not advised, with the figures that decide it. */
export type Objection = Subject &
  (
    | { readonly code: 'too-small'; readonly savingUsd: UsdText; readonly neededUsd: UsdText }
    | {
        readonly code: 'not-certain';
        /** Absent where nothing could be simulated. */
        readonly probability?: RatioText;
        readonly neededProbability: RatioText;
      }
    | {
        /** Each week is close to the week before: one window cannot tell how likely it is. */
        readonly code: 'weeks-persist';
        /** What it would cost more than keeping, had every week been like the worst one. */
        readonly moreUsd: UsdText;
      }
    | {
        /** It reverses the standing answer, and must hold for another quarter. */
        readonly code: 'reversal';
        readonly to: Verdict;
        readonly from: Verdict;
        /** Of what the standing answer costs now; negative where the new one costs more. */
        readonly savingShare: RatioText;
        readonly neededShare: RatioText;
      }
  );

/** Where the decision on the stack treats a deployment otherwise than it would be treated alone. */
type Decided = OfDeployment &
  (
    | {
        readonly code: 'with-the-plan';
        readonly alone: Verdict;
        readonly planSavingUsd: UsdText;
        /** That the plan saves anything; absent where nothing could be simulated. */
        readonly probability?: RatioText;
      }
    | {
        readonly code: 'held-back';
        readonly option: Choice;
        /** Alone, without what the stack pays once. */
        readonly savingUsd: UsdText;
        readonly because: Obstacle;
        readonly planSavingUsd: UsdText;
      }
    /** With neither people's time nor what the change takes the verdict is this other one. */
    | { readonly code: 'without-labor'; readonly verdict: Verdict }
  );

/**
 * The plan of all is too small or not certain enough to act on, must hold for another quarter, or
 * lacks evidence; or the time that hosting anything takes costs more than this change saves.
 */
export type Obstacle = 'too-small' | 'not-certain' | 'reversal' | 'no-evidence' | 'fixed-labor';

/** A cost and its parts; a part that is nothing is absent. */
export interface CostParts {
  readonly usd: UsdText;
  readonly infraUsd?: UsdText;
  readonly hostedUsd?: UsdText;
  readonly laborUsd?: UsdText;
  readonly strandedUsd?: UsdText;
  readonly migrationUsd?: UsdText;
}

/** What keeping a deployment costs beside an option, and what of that must be known. */
type Priced = OfDeployment &
  (
    | {
        readonly code: 'change-cost';
        readonly option: Choice;
        readonly keep: CostParts;
        readonly change: CostParts;
        readonly savingUsd: UsdText;
        /** Empty where none is chosen. */
        readonly host: string;
      }
    | {
        readonly code: 'keep-cost';
        readonly keep: CostParts;
        /** The nearest other one. */
        readonly option: Choice;
        readonly optionUsd: UsdText;
        /** Absent where it costs the same. */
        readonly moreUsd?: UsdText;
      }
    /** Nobody else sells the model on the terms of the config. */
    | { readonly code: 'one-host'; readonly option: Choice; readonly host: string }
    /** It would save more, and is not sure enough to be advised. */
    | { readonly code: 'passed-over'; readonly option: Choice; readonly savingUsd: UsdText }
    /** The host asks nothing: it counts only because the config allows free tiers. */
    | { readonly code: 'free-host'; readonly host: string }
    /** It was paid for on one day alone: how days differ is unknown, and in no odds. */
    | { readonly code: 'one-day' }
  );

/** Of deployments that stay whatever they cost: the owner's reason, and what it must be worth. */
type Staying = OfDeployment &
  (
    | {
        readonly code: 'must-stay';
        readonly reason: string;
        readonly owner: string;
        /** A day; absent where it does not end. */
        readonly until?: string;
      }
    /** What the reason must be worth is unknown, because the rent is. */
    | { readonly code: 'worth-unknown'; readonly statedUsdPerQuarter?: UsdText }
    /** No option that is known is cheaper. */
    | { readonly code: 'worth-nothing' }
    | {
        readonly code: 'worth-needed';
        readonly option: Choice;
        readonly savingUsd: UsdText;
        /** What the reason is worth by its owner; absent where nobody said. */
        readonly statedUsdPerQuarter?: UsdText;
      }
    | {
        readonly code: 'waiver-expired';
        readonly reason: string;
        readonly owner: string;
        readonly expiredOn?: string;
      }
  );

/** The first assumption at whose end nothing would be saved. */
export type Doubt = Subject & {
  readonly code: 'hangs-on';
  readonly assumption: 'self-hosted-labor' | 'hosting-labor' | 'cache-hits' | 'labor-and-cache';
  /** `worst`: all of them at the ends that speak against the change. */
  readonly end: 'low' | 'high' | 'worst';
  /** What the change then costs more than keeping; absent where it saves nothing. */
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

/** Of the whole stack. */
type OfStack =
  | ({ readonly code: 'best-plan' } & PlanFigures)
  /** Judged instead of the best plan, which would save so much and is not sure enough. */
  | ({ readonly code: 'advised-plan'; readonly bestSavingUsd: UsdText } & PlanFigures)
  | { readonly code: 'keep-all'; readonly keepUsd: UsdText }
  /** Keeping what must stay, over the best plan without that wish. */
  | { readonly code: 'required-cost'; readonly costUsd: UsdText }
  | { readonly code: 'required-free' }
  /** What a change takes is not stated and counts as nothing. */
  | { readonly code: 'migration-unstated' }
  /** By the ops log: of all, and of that what exists once for the stack. */
  | {
      readonly code: 'labor-measured';
      readonly selfHostedUsd: UsdText;
      readonly onceUsd: UsdText;
    }
  /** What exists once for the stack, and the deployments' own parts together. */
  | { readonly code: 'labor-assumed'; readonly once: RangeUsd; readonly own: RangeUsd };

/** What is missing for a verdict, and says how to get it. */
export type Missing = MissingOfStack | MissingOfDeployment | UnbilledTokens | UnmatchedFact;

/** Shares are of what may be, rounded so that they never read as it. */
type MissingOfStack =
  | { readonly code: 'no-deployments' }
  /** Nothing at all was billed in this time. */
  | { readonly code: 'no-bills' }
  /** Spend that belongs to no deployment. */
  | {
      readonly code: 'unattributed';
      readonly share: RatioText;
      readonly usd: UsdText;
      readonly mostShare: RatioText;
    }
  /** Of the paid replica time of the whole stack. */
  | {
      readonly code: 'stack-coverage';
      readonly share: RatioText;
      readonly neededShare: RatioText;
    }
  /** What is likely missing of the bills, and the largest gap of them. */
  | {
      readonly code: 'missing-charges';
      readonly likelyUsd: UsdText;
      readonly share: RatioText;
      readonly mostShare: RatioText;
      readonly gap: GapFact;
    }
  /** What deployments without enough evidence hold of the attributed spend. */
  | {
      readonly code: 'undecided-spend';
      readonly share: RatioText;
      readonly mostShare: RatioText;
    };

type MissingOfDeployment = OfDeployment &
  (
    | { readonly code: 'no-bills-of' }
    /** What was paid buys no time by its bill: what of it usage covers is unknown. */
    | { readonly code: 'no-paid-time' }
    /** Of the paid replica time; how many days have gaps, and the first of them. */
    | {
        readonly code: 'coverage';
        readonly share: RatioText;
        readonly neededShare: RatioText;
        readonly days: number;
        readonly firstDay?: string;
      }
    | {
        readonly code: 'no-price';
        /** Absent where none is known at all. */
        readonly why?: HostedLack;
      }
    /** More than twice apart, by the usage and by the bill. */
    | ({ readonly code: 'replica-hours-apart' } & WatchedFigures)
  );

/** Served in time for which nothing was billed; of the stack where it names no deployment. */
export type UnbilledTokens = Subject & {
  readonly code: 'tokens-not-billed';
  readonly tokens: number;
  readonly billedTokens: number;
  /** Of both together. */
  readonly share: RatioText;
  readonly mostShare: RatioText;
  /** The first such stretch, as instants. */
  readonly start: string;
  readonly end: string;
  readonly sources: readonly string[];
  /** Of those sources, for which they billed nothing. */
  readonly months: readonly { readonly source: string; readonly month: string }[];
};
