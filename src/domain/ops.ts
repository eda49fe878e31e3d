/** Engineering time spent on the stack. */

/** One entry of the ops log. */
export interface OpsEntry {
  readonly sourceId: string;
  /** Stable within the source; a digest of the row if the log has no ids. */
  readonly key: string;
  /** Midnight UTC of the day on which the work was done. */
  readonly dayMs: number;
  /** Absent for work on the whole stack. */
  readonly deployment?: string;
  /** Milliseconds of work: 1.5 hours are 5,400,000. */
  readonly workedMs: number;
  readonly note?: string;
}
