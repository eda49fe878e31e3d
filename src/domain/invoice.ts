/** Invoice lines: a bill to reconcile with, never counted as spend. */

import type { ChargeCategory } from './charge.ts';
import type { ForeignAmount } from './currency.ts';
import type { NanoUsd } from './money.ts';
import type { Period } from './period.ts';

/**
 * One line of an invoice or a credit note, identified permanently by `(sourceId, key)`. The same
 * key with another amount is a restatement.
 */
export interface InvoiceLine {
  readonly sourceId: string;
  readonly key: string;
  /** The provider's invoice number. */
  readonly invoiceId: string;
  readonly issuedMs?: number;
  /** The billed time, in the provider's own months or days. */
  readonly period: Period;
  /** Without tax, which is a separate line; negative on a credit note. */
  readonly amount: NanoUsd | ForeignAmount;
  readonly resourceId?: string;
  readonly category?: ChargeCategory;
}
