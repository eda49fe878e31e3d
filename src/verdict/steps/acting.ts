/** Types of the owners and default deadlines of an audit's steps. */

/** Owners and dates. Instants are midnights UTC at which their days begin. */
export interface StepAssignments {
  /** The day of the audit. */
  readonly todayMs: number;
  /** Deadline of steps without a date of their own. */
  readonly actByMs: number;
  /** The quarter whose report reviews the decision, and the day of that report. */
  readonly review: { readonly quarter: string; readonly dayMs: number };
  /** Person or team for steps that concern the whole stack. */
  readonly owner?: string;
  /** Owners by deployment id. */
  readonly owners: ReadonlyMap<string, string>;
  /** Owners by the commitment's index in the input. */
  readonly commitmentOwners: ReadonlyMap<number, string>;
}
