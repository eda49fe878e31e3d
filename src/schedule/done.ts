/** What BullMQ stores of a finished job. The results themselves are in the ledger. */

import type { Figures } from '../jobs/engine.ts';

export interface Done {
  readonly shortfalls: readonly string[];
  readonly figures: Figures;
}
