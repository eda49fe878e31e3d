/** A bad row: kept as data beside the good ones, and counted in the report. */

export interface Reject {
  /** The record's index or the file's line, as in `Located`. */
  readonly position: number;
  /** What is wrong, what was expected and what to do, in one sentence. */
  readonly reason: string;
  /** The row as it came, cut to 500 characters, secrets removed. */
  readonly excerpt: string;
}
