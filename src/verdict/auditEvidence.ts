/** The shape of what an audit says of its own bills: on what they rest, and what is missing. */

import type { ChargeCategory } from '../domain/charge.ts';
import type { Match } from '../domain/reconciliation.ts';
import type { SpendBasis } from '../economics/chargeBook.ts';
import type { RatioText, UsdText } from './auditWord.ts';

export interface AuditEvidence {
  /** Parts of `totals.spendUsd` by what they rest on; they sum to it. Empty where it was wished. */
  readonly basis: readonly { readonly basis: SpendBasis; readonly spendUsd: UsdText }[];
  /** Bills and invoices beside the ledger, month by month. */
  readonly reconciliation: readonly AuditReconciled[];
  /** How far estimates were off where an invoice tells, and what that means for later months. */
  readonly estimates: readonly AuditEstimate[];
  /** Bills that should be there and are not, by the sources' own rhythm and inventories. */
  readonly gaps: readonly AuditGap[];
  /** Purchases that two sources bill, so that they count twice; absent where none are. */
  readonly doubleBilled?: readonly AuditDoubleBilled[];
  /** What was left out, for another source is the bill of record; absent where nothing was. */
  readonly leftOut?: readonly AuditLeftOut[];
}

export interface AuditDoubleBilled {
  readonly sources: readonly [string, string];
  readonly category: ChargeCategory;
  readonly evidence: 'same-resources' | 'equal-amounts';
  /** Resources or models; empty where only sums agree. */
  readonly resources: readonly string[];
  readonly days: number;
  /** What both bill, day by day the smaller amount. */
  readonly usd: UsdText;
}

export interface AuditLeftOut {
  readonly source: string;
  readonly billOfRecord: string;
  readonly categories: readonly ChargeCategory[];
  readonly usd: UsdText;
}

export interface AuditGap {
  readonly source: string;
  readonly unit: 'day' | 'month' | 'resource';
  /** Null where all of the source is missing. */
  readonly category: ChargeCategory | null;
  /** Of the unit `resource`: what ran, and no charge says so. */
  readonly resource: string | null;
  /** Days, or months: `2026-07-03`, `2026-08`. */
  readonly times: readonly string[];
  /** At the source's usual day or month; null where that is not known. */
  readonly likelyUsd: UsdText | null;
  /** Nothing came after it. */
  readonly ongoing: boolean;
}

export interface AuditReconciled {
  readonly source: string;
  /** `2026-07`: the month in which the middle of the time lies. */
  readonly month: string;
  readonly start: string;
  readonly end: string;
  readonly against: 'invoice' | 'own total';
  readonly invoices: readonly string[];
  readonly class: Match;
  readonly billedUsd: UsdText;
  readonly heldUsd: UsdText;
  /** What of `billedUsd` was asked for in other currencies; absent where nothing was. */
  readonly billedIn?: readonly AuditForeign[];
  /** The part of `heldUsd` that no bill told. */
  readonly estimatedUsd: UsdText;
  /** They sum to the month on both sides; what the other side does not tell is null. */
  readonly lines: readonly AuditReconciledLine[];
}

export interface AuditReconciledLine {
  readonly resource: string | null;
  readonly category: ChargeCategory | null;
  readonly class: Match;
  readonly billedUsd: UsdText;
  readonly billedIn?: readonly AuditForeign[];
  readonly heldUsd: UsdText;
}

/** The sum in one currency: `{ "currency": "EUR", "amount": "108.5" }`. */
interface AuditForeign {
  readonly currency: string;
  readonly amount: string;
}

export interface AuditEstimate {
  readonly source: string;
  /** Months of which an invoice told. */
  readonly months: number;
  /** The invoice over the estimate, less one: -0.03 asked 3 % less. */
  readonly low: RatioText;
  readonly high: RatioText;
  /** Estimated in months without an invoice, and what they come to at both ends. */
  readonly laterUsd: UsdText;
  readonly laterLowUsd: UsdText;
  readonly laterHighUsd: UsdText;
}
