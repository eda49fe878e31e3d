/** The shape of an audit's bills as finance books them: by provider, category and deployment. */

import type { ChargeCategory } from '../domain/charge.ts';
import type { UsdText } from './auditWord.ts';

export interface AuditBill {
  /**
   * The spend and what was bought from hosted APIs: `usd` sums to `totals.spendUsd` and
   * `totals.hostedSpendUsd` together, `billedUsd` to `totals.billedUsd` and that.
   */
  readonly lines: readonly AuditBillLine[];
  /** Taxes and hours of people on the bills: no part of the spend. */
  readonly beside: readonly {
    readonly source: string;
    readonly category: 'tax' | 'labor';
    readonly usd: UsdText;
  }[];
  /** What the ledger has by source and month (UTC), without taxes, credits and hours of people. */
  readonly months: readonly {
    readonly source: string;
    /** `2026-07`. */
    readonly month: string;
    readonly billedUsd: UsdText;
    /** The part of it that no bill told. */
    readonly estimatedUsd: UsdText;
  }[];
  /** Invoices that charges of the window name, with what those charges come to in it. */
  readonly invoices: readonly {
    readonly source: string;
    readonly number: string;
    readonly billedUsd: UsdText;
  }[];
}

/** Of one category at one source. */
export interface AuditBillLine {
  readonly source: string;
  readonly category: ChargeCategory;
  /** Null where no deployment answers for it. */
  readonly deployment: string | null;
  /** At effective cost: a purchase is spread over its term. */
  readonly usd: UsdText;
  /** What the bills of the window say. */
  readonly billedUsd: UsdText;
}
