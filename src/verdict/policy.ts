/** What a verdict must hold against: the thresholds of the config. */

import type { Exact } from '../domain/exact.ts';

export interface Policy {
  /** Odds that a change must have of being cheaper. */
  readonly minProbability: Exact;
  /** Dollars that a change must save in the window. */
  readonly minSavingUsd: Exact;
  /** Share of the keep cost that a change must save. */
  readonly minSavingShare: Exact;
  /** Share of the standing answer's cost that one which reverses it must save. */
  readonly reversalSavingShare: Exact;
  /** Share of paid replica time for which usage must be known. */
  readonly minCoverage: Exact;
  /** Share of the spend that may be attributed to nobody. */
  readonly maxUnattributedShare: Exact;
  /** Worlds drawn for the odds. */
  readonly draws: number;
  /** Days that a deployment must have been paid for before it has odds; 1 unless told. */
  readonly fewestDays?: number;
}
