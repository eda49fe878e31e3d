/**
 * Knows what a verdict must hold against: the thresholds of the config, and the providers' own
 * totals.
 */

import type { Exact } from '../domain/exact.ts';

export interface Policy {
  /** Dollars that a change must save in the window. */
  readonly minSavingUsd: Exact;
  /** Share of the keep cost that a change must save. */
  readonly minSavingShare: Exact;
  /** Share of paid replica time for which usage must be known. */
  readonly minCoverage: Exact;
  /** Share of the spend that may be attributed to nobody. */
  readonly maxUnattributedShare: Exact;
}

/** A provider's own total beside what the ledger holds for the same time. */
export interface Reconciliation {
  readonly sourceId: string;
  readonly statedNanoUsd: bigint;
  readonly ledgerNanoUsd: bigint;
}
