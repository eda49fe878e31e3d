/** Types of the simulation's input and of its result, in plain numbers. */

/**
 * Random fractions from 0 (inclusive) to 1 (exclusive), in steps of 2^-32. The same seed gives the
 * same sequence.
 */
export interface RandomSource {
  next(): number;
}

/** Dollars or a share, `low <= base <= high`. All three are equal if the value is known. */
export interface NumberRange {
  readonly low: number;
  readonly base: number;
  readonly high: number;
}

export interface LaborRanges {
  readonly selfHosted: NumberRange;
  readonly hosted: NumberRange;
}

export interface StackSeries {
  /** Days of the window, which is the length of every series. */
  readonly days: number;
  readonly deployments: readonly DeploymentSeries[];
  /** Dollars of the stack's fixed labor. */
  readonly labor: LaborRanges;
}

/**
 * One deployment. Series have one value for each day of the window; dollars are those over covered
 * time.
 */
export interface DeploymentSeries {
  readonly id: string;
  /** Replica time, in any consistent unit. */
  readonly paid: Float64Array;
  readonly covered: Float64Array;
  readonly keep: Float64Array;
  readonly options: readonly OptionSeries[];
  /** Share of our cache hits that would also be hits at a provider. */
  readonly cache: NumberRange;
  /** Dollars of the deployment's own labor. Keeping includes the self-hosted part. */
  readonly labor: LaborRanges;
}

export interface OptionSeries {
  readonly name: string;
  readonly own: Float64Array;
  /** Cost at the chosen provider. The choice of provider is not simulated. */
  readonly hosted?: HostedSeries | undefined;
  readonly strandedUsd: number;
  /** Engineering time too, so it is left out together with labor. */
  readonly migrationUsd: number;
  /** Shares of the deployment's own labor that the option includes. */
  readonly selfHostedShare: number;
  readonly hostedShare: number;
}

/** A provider's cost by day, with none of our cache hits and with all of them. */
export interface HostedSeries {
  readonly atZero: Float64Array;
  readonly atOne: Float64Array;
  /** Cost with all hits, if unknown hits were ours too. Absent if all hits are known. */
  readonly atAllHits?: Float64Array | undefined;
  /**
   * Dollars by which the cost may be lower (0 or less) and higher (0 or more). Absent if every
   * price is known.
   */
  readonly priceRange?: { readonly lessUsd: number; readonly moreUsd: number } | undefined;
}

export interface PlanInput {
  /** Options by deployment. Deployments that are not named are kept. */
  readonly picks: ReadonlyMap<string, string>;
  /** The deployments with their costs in this plan. Absent if they share no GPU spend. */
  readonly together?: readonly DeploymentSeries[];
  /**
   * Whether the plan includes the stack's fixed labor. Keeping everything includes the self-hosted
   * part.
   */
  readonly selfHostedFixed: boolean;
  readonly hostedFixed: boolean;
}

/** The 5% and 95% ends of a saving in dollars. */
export interface SavingInterval {
  readonly low: number;
  readonly high: number;
}

/** Distribution of a saving: the share of runs with a saving, and its 90% interval. */
export interface SimulatedSaving extends SavingInterval {
  readonly probability: number;
  /** Saving at base assumptions with the actual days: `low <= usd <= high`. */
  readonly usd: number;
  /** Present if this probability alone does not support a verdict. */
  readonly cannotTell?: WindowTooShort | undefined;
}

/**
 * Why one window is too short for a probability. Weeks resemble the week before for so long that
 * barely two or three of them are independent. The interval is then at least as wide as printed.
 */
export interface WindowTooShort {
  readonly code: 'weeks-persist';
  /** Saving of the window if every week had been like its worst one. */
  readonly worstWeekUsd: number;
}

export interface SimulatedSavings {
  readonly withLabor: SimulatedSaving;
  readonly withoutLabor: SimulatedSaving;
}

export interface SimulatedPlan extends SimulatedSavings {
  /** Interval of the saving of the next window of the same length, labor included. */
  readonly next: SavingInterval;
}

/** Results that depend on a deployment without covered paid time are absent. */
export interface StackSimulation {
  /** By deployment, then by option. */
  readonly deployments: ReadonlyMap<string, ReadonlyMap<string, SimulatedSavings>>;
  /** Simulates a plan against keeping everything, with the same draws. */
  readonly simulatePlan: (plan: PlanInput) => SimulatedPlan | undefined;
}
