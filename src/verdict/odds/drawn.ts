/** The shape of what chance is drawn over, and of the odds that come of it: plain numbers. */

/** Fractions from 0 up to, but not, 1, in steps of 2^-32; the same again for the same seed. */
export interface Chance {
  next(): number;
}

/** Dollars, or a share; `low <= base <= high`, all alike where it is known. */
export interface NumberRange {
  readonly low: number;
  readonly base: number;
  readonly high: number;
}

export interface LaborRanges {
  readonly selfHosted: NumberRange;
  readonly hosted: NumberRange;
}

export interface DrawnStack {
  /** Days of the window: the length of every series. */
  readonly days: number;
  readonly deployments: readonly DrawnDeployment[];
  /** Dollars of the parts that exist once for the stack. */
  readonly labor: LaborRanges;
}

/** All series are by day of the window; dollars are those over covered time. */
export interface DrawnDeployment {
  readonly id: string;
  /** Replica time, in any one unit. */
  readonly paid: Float64Array;
  readonly covered: Float64Array;
  readonly keep: Float64Array;
  readonly options: readonly DrawnOption[];
  /** Share of our cache hits that a host would hit too. */
  readonly cache: NumberRange;
  /** Dollars of its own parts; keep carries the self-hosted one. */
  readonly labor: LaborRanges;
}

export interface DrawnOption {
  readonly name: string;
  readonly own: Float64Array;
  /** What the chosen host asks: which host is a choice, and nothing that chance decides. */
  readonly hosted?: DrawnHost | undefined;
  readonly strandedUsd: number;
  /** Engineering time too: it is left out where labor is. */
  readonly migrationUsd: number;
  /** Shares of the deployment's own labor that the option carries. */
  readonly selfHostedShare: number;
  readonly hostedShare: number;
}

/** What a host asks where it hits none of our cache hits, and where it hits them all. */
export interface DrawnHost {
  readonly atZero: Float64Array;
  readonly atOne: Float64Array;
  /** At one, were all hits that nobody knows hits of ours; absent where all are known. */
  readonly atAllHits?: Float64Array | undefined;
  /** Dollars by which it may ask less and more: 0 or less, 0 or more; absent where all is told. */
  readonly stray?: { readonly lessUsd: number; readonly moreUsd: number } | undefined;
}

export interface DrawnPlan {
  /** Options by deployment; who is not named is kept. */
  readonly picks: ReadonlyMap<string, string>;
  /** The deployments at what they cost in this plan; absent where they share nothing. */
  readonly together?: readonly DrawnDeployment[];
  /** Whether it carries the stack's fixed labor; keeping everything carries the self-hosted one. */
  readonly selfHostedFixed: boolean;
  readonly hostedFixed: boolean;
}

/** The 5% and 95% ends of a saving, in dollars. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Of a saving: the share of draws in which there is one, and what it lies between. */
export interface Odds extends Interval {
  readonly probability: number;
  /** At the base of all assumptions, with the days as they were: `low <= usd <= high`. */
  readonly usd: number;
  /** Present where these odds alone cannot carry an answer. */
  readonly cannotTell?: CannotTell | undefined;
}

/**
 * Why one window cannot tell: its weeks are close to the week before for so long that hardly two or
 * three of them say something new. The interval is then at least so wide.
 */
export interface CannotTell {
  readonly code: 'weeks-persist';
  /** What the window would have saved, had every week been like its worst one. */
  readonly worstWeekUsd: number;
}

export interface SavingOdds {
  readonly withLabor: Odds;
  readonly withoutLabor: Odds;
}

export interface PlanOdds extends SavingOdds {
  /** Of what the next window as long as this one will save, labor included. */
  readonly next: Interval;
}

/** Whatever needs a deployment of which no paid time is covered is absent: its odds are unknown. */
export interface StackOdds {
  /** By deployment, then by option. */
  readonly deployments: ReadonlyMap<string, ReadonlyMap<string, SavingOdds>>;
  /** Of a plan against keeping everything, in the same worlds. */
  readonly planOdds: (plan: DrawnPlan) => PlanOdds | undefined;
}
