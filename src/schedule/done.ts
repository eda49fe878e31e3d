/** What BullMQ keeps of a finished job; the results themselves are in the ledger. */

import type { Figures } from '../jobs/engine.ts';

export interface Done {
  readonly shortfalls: readonly string[];
  readonly figures: Figures;
}
