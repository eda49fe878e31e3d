/** By how much a bill and the ledger may differ unless config says otherwise. */

import { decimal } from '../../src/domain/exact.ts';
import type { Tolerance } from '../../src/domain/reconciliation.ts';

export const TOLERANCE: Tolerance = {
  toleranceUsd: decimal('0.01'),
  toleranceShare: decimal('0.001'),
  estimatedShare: decimal('0.05'),
};
