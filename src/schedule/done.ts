/** Knows what BullMQ remembers of a job that was done; results themselves are in the ledger. */

import type { Figures } from '../jobs/engine.ts';

export interface Done {
  readonly shortfalls: readonly string[];
  readonly figures: Figures;
}
