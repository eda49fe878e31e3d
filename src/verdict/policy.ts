/** Thresholds in the config that a verdict must meet. */

import type { Exact } from '../domain/exact.ts';

export interface Policy {
  /** Minimum probability that a change is cheaper. */
  readonly minProbability: Exact;
  /** Minimum dollars that a change must save in the window. */
  readonly minSavingUsd: Exact;
  /** Minimum share of the cost of keeping that a change must save. */
  readonly minSavingShare: Exact;
  /** Minimum saving of a reversal, as a share of the previous verdict's cost. */
  readonly reversalSavingShare: Exact;
  /** Minimum share of paid replica time with known usage. */
  readonly minCoverage: Exact;
  /** Maximum unattributed share of the spend. */
  readonly maxUnattributedShare: Exact;
  /** Number of simulation runs. */
  readonly draws: number;
  /** Minimum paid days for a probability. Default: 1. */
  readonly fewestDays?: number;
}
