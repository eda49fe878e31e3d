/** Rejected rows, stored beside the accepted ones and counted in the report. */

export interface Reject {
  /** The record's index or the file's line, as in `Located`. */
  readonly position: number;
  /** What is wrong, what was expected and what to do, in one sentence. */
  readonly reason: string;
  /** The original row, cut to 500 characters, without secrets. */
  readonly excerpt: string;
}
