/** An invoice as its lines tell it: a bill to reconcile with, and never money spent. */

import type { ChargeCategory } from './charge.ts';
import type { ForeignAmount } from './currency.ts';
import type { NanoUsd } from './money.ts';
import type { Period } from './period.ts';

/**
 * One line of an invoice or of a credit note. `(sourceId, key)` names it for good: the same key
 * with another amount is a restatement.
 */
export interface InvoiceLine {
  readonly sourceId: string;
  readonly key: string;
  /** The number that the provider gave the invoice. */
  readonly invoiceId: string;
  readonly issuedMs?: number;
  /** The time that the line asks money for, in the provider's own months or days. */
  readonly period: Period;
  /** Without tax, which is a line of its own; negative on a credit note. */
  readonly amount: NanoUsd | ForeignAmount;
  readonly resourceId?: string;
  readonly category?: ChargeCategory;
}
