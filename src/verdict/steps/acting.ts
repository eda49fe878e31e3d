/** Who carries out the steps of an audit, and when a step without a date of its own is due. */

/** Instants are midnights UTC at which their days begin. */
export interface Acting {
  /** The day of the audit. */
  readonly todayMs: number;
  /** By when a step is due that has no date of its own. */
  readonly actByMs: number;
  /** The quarter whose report reviews the decision, and the day on which that report comes. */
  readonly review: { readonly quarter: string; readonly dayMs: number };
  /** A person or a team, for what concerns the whole stack. */
  readonly owner?: string;
  /** By deployment. */
  readonly owners: ReadonlyMap<string, string>;
  /** By the place of the commitment in the input. */
  readonly commitmentOwners: ReadonlyMap<number, string>;
}
