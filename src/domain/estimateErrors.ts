/** How far invoices were from what was estimated before they came. */

import { compare, type Exact, exact } from './exact.ts';
import type { Reconciled } from './reconciliation.ts';

/** By how much of what was estimated the invoices of a source were above (or below) it. */
export interface EstimateError {
  readonly sourceId: string;
  readonly months: number;
  /** Of the estimate: -0.03 is an invoice that asked 3 % less. */
  readonly low: Exact;
  readonly high: Exact;
}

/**
 * What invoices say of estimates, source by source. Worked number: $100.00 estimated and $108.00
 * invoiced is 0.08; a month of $60.00 billed, $40.00 estimated and $98.00 invoiced is -0.05.
 */
export function estimateErrors(all: readonly Reconciled[]): EstimateError[] {
  const errors = new Map<string, EstimateError>();
  for (const { sourceId, against, match, ...month } of all) {
    // Where one side has nothing, that is what is wrong, and says nothing of the price.
    const isTold = against === 'invoice' && (match === 'matched' || match === 'different');
    if (!isTold || month.estimatedNanoUsd <= 0n) continue;
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
