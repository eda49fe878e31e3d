/** Compares invoices with the estimates made before they arrived. */

import { compare, type Exact, exact } from './exact.ts';
import type { ReconciledMonth } from './reconciliation.ts';

/** The range by which a source's invoices differed from the estimates. */
export interface EstimateError {
  readonly sourceId: string;
  readonly months: number;
  /** As a share of the estimate: -0.03 is an invoice 3% lower. */
  readonly low: Exact;
  readonly high: Exact;
}

/**
 * Estimate errors by source. Worked number: $100.00 estimated and $108.00 invoiced is 0.08; a month
 * of $60.00 billed, $40.00 estimated and $98.00 invoiced is -0.05.
 */
export function estimateErrors(all: readonly ReconciledMonth[]): EstimateError[] {
  const errors = new Map<string, EstimateError>();
  for (const { sourceId, against, match, ...month } of all) {
    // A month with nothing on one side is a missing bill, not a price error.
    const isComparable = against === 'invoice' && (match === 'matched' || match === 'different');
    if (!isComparable || month.estimatedNanoUsd <= 0n) continue;
    const error = exact(month.billedNanoUsd - month.heldNanoUsd, month.estimatedNanoUsd);
    const known = errors.get(sourceId);
    errors.set(sourceId, {
      sourceId,
      months: (known?.months ?? 0) + 1,
      low: known !== undefined && compare(known.low, error) < 0 ? known.low : error,
      high: known !== undefined && compare(known.high, error) > 0 ? known.high : error,
    });
  }
  return [...errors.values()].sort((a, b) => (a.sourceId < b.sourceId ? -1 : 1));
}
