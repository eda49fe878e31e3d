/** Types of an audit's evidence: what the bills are based on, and which bills are missing. */

import type { ChargeCategory } from '../domain/charge.ts';
import type { MatchState } from '../domain/reconciliation.ts';
import type { SpendBasis } from '../economics/chargeBook.ts';
import type { RatioText, UsdText } from '../domain/figures.ts';

export interface AuditEvidence {
  /** `totals.spendUsd` by basis. The parts sum to it. Empty if a what-if overrides the spend. */
  readonly basis: readonly { readonly basis: SpendBasis; readonly spendUsd: UsdText }[];
  /** Bills and invoices compared with the ledger, month by month. */
  readonly reconciliation: readonly AuditReconciled[];
  /** How far estimates differed from invoices, and what that means for later months. */
  readonly estimates: readonly AuditEstimate[];
  /** Bills that are missing, judged by each source's billing interval and inventory. */
  readonly gaps: readonly AuditGap[];
  /** Purchases that two sources bill, so they count twice. Absent if there are none. */
  readonly doubleBilled?: readonly AuditDoubleBilled[];
  /** Charges left out because another source is the bill of record. Absent if there are none. */
  readonly leftOut?: readonly AuditLeftOut[];
}

export interface AuditDoubleBilled {
  readonly sources: readonly [string, string];
  readonly category: ChargeCategory;
  readonly evidence: 'same-resources' | 'equal-amounts';
  /** Resources or models. Empty if only the sums agree. */
  readonly resources: readonly string[];
  readonly days: number;
  /** Dollars that both sources bill: the smaller amount of each day. */
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
  /** Null if everything from the source is missing. */
  readonly category: ChargeCategory | null;
  /** For the unit `resource`: the resource that ran without a charge. */
  readonly resource: string | null;
  /** Days or months: `2026-07-03`, `2026-08`. */
  readonly times: readonly string[];
  /** Estimated at the source's usual amount for a day or month. Null if that is unknown. */
  readonly likelyUsd: UsdText | null;
  /** True if no bill arrived after the gap. */
  readonly ongoing: boolean;
}

export interface AuditReconciled {
  readonly source: string;
  /** `2026-07`: the month that contains the middle of the period. */
  readonly month: string;
  readonly start: string;
  readonly end: string;
  readonly against: 'invoice' | 'own total';
  readonly invoices: readonly string[];
  readonly class: MatchState;
  readonly billedUsd: UsdText;
  readonly heldUsd: UsdText;
  /** The part of `billedUsd` that was billed in other currencies. Absent if there is none. */
  readonly billedIn?: readonly AuditForeign[];
  /** The part of `heldUsd` that is on no bill. */
  readonly estimatedUsd: UsdText;
  /** Lines that sum to the month on both sides. What the other side does not report is null. */
  readonly lines: readonly AuditReconciledLine[];
}

export interface AuditReconciledLine {
  readonly resource: string | null;
  readonly category: ChargeCategory | null;
  readonly class: MatchState;
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
  /** Number of months with an invoice. */
  readonly months: number;
  /** Invoice over estimate, less 1: -0.03 means 3% less was billed than estimated. */
  readonly low: RatioText;
  readonly high: RatioText;
  /** Estimate for months without an invoice, and its value at both ends of the error. */
  readonly laterUsd: UsdText;
  readonly laterLowUsd: UsdText;
  readonly laterHighUsd: UsdText;
}

export interface AuditBill {
  /**
   * Spend and hosted API charges. `usd` sums to `totals.spendUsd` plus `totals.hostedSpendUsd`,
   * `billedUsd` to `totals.billedUsd` plus `totals.hostedSpendUsd`.
   */
  readonly lines: readonly AuditBillLine[];
  /** Taxes and labor on the bills. They are not part of the spend. */
  readonly beside: readonly {
    readonly source: string;
    readonly category: 'tax' | 'labor';
    readonly usd: UsdText;
  }[];
  /** Ledger totals by source and month (UTC), without taxes, credits and labor. */
  readonly months: readonly {
    readonly source: string;
    /** `2026-07`. */
    readonly month: string;
    readonly billedUsd: UsdText;
    /** The part of it that is on no bill. */
    readonly estimatedUsd: UsdText;
  }[];
  /** Invoices that the window's charges name, with the sum of those charges. */
  readonly invoices: readonly {
    readonly source: string;
    readonly number: string;
    readonly billedUsd: UsdText;
  }[];
}

/** The charges of one category, source and deployment. */
export interface AuditBillLine {
  readonly source: string;
  readonly category: ChargeCategory;
  /** Null if the charges are not attributed to a deployment. */
  readonly deployment: string | null;
  /** At effective cost: a purchase is spread over its term. */
  readonly usd: UsdText;
  /** Billed in the window. */
  readonly billedUsd: UsdText;
}
