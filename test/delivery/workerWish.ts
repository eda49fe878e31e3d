/** Knows what a worker that is to be killed is told, as JSON on its command line. */

export interface DeliverWish {
  readonly ledger: string;
  readonly port: number;
  readonly edition: string;
  readonly recipients: readonly string[];
  /** Time began then, and runs so much faster. */
  readonly epochMs: number;
  readonly speed: number;
  /** In that time. */
  readonly leaseMs: number;
  /** Where it ends itself, if it is to. */
  readonly dies?: { readonly at: 'before' | 'after'; readonly call: string };
}
