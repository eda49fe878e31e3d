/** The default tolerance between a bill and the ledger. */

import { decimal } from '../../src/domain/exact.ts';
import type { Tolerance } from '../../src/domain/reconciliation.ts';

export const TOLERANCE: Tolerance = {
  toleranceUsd: decimal('0.01'),
  toleranceShare: decimal('0.001'),
  estimatedShare: decimal('0.05'),
};
