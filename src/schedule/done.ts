/** What BullMQ stores of a finished job. The results themselves are in the ledger. */

import type { JobFigures } from '../jobs/engine.ts';

export interface JobReturnValue {
  readonly shortfalls: readonly string[];
  readonly figures: JobFigures;
}
