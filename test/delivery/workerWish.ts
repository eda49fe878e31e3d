/** The options of a worker that is to be killed, as JSON on its command line. */

export interface KillableWorkerOptions {
  readonly ledger: string;
  readonly port: number;
  readonly edition: string;
  readonly recipients: readonly string[];
  /** The clock started at this time, and runs faster by this factor. */
  readonly epochMs: number;
  readonly speed: number;
  /** In the time of that clock. */
  readonly leaseMs: number;
  /** Where it ends itself, if set. */
  readonly dies?: { readonly at: 'before' | 'after'; readonly call: string };
}
