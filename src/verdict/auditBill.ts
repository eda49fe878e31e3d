/** Types of an audit's bills as finance books them: by provider, category and deployment. */

import type { ChargeCategory } from '../domain/charge.ts';
import type { UsdText } from './auditWord.ts';

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
