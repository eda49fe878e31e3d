/** Result types that a stack has once: its bill, its commitments and its fixed engineering time. */

import type { ChargeCategory } from '../domain/charge.ts';
import type { Exact } from '../domain/exact.ts';
import type { InvoiceSum, SpendBasis } from './chargeBook.ts';
import type { AssumedRange } from './input.ts';

/** All amounts in whole nano-USD. */
export interface StackBill {
  /** At effective cost: a purchase is spread over its term. */
  readonly spend: bigint;
  /** At billed cost. */
  readonly billed: bigint;
  readonly unattributed: bigint;
  /** The part of the spend that no bill contains. */
  readonly estimated: bigint;
  /** Unattributed over all spend, with absolute amounts of credits so they hide nothing. */
  readonly unattributedShare?: Exact;
  readonly tax: bigint;
  readonly hosted: bigint;
  readonly labor: bigint;
}

/** Spend at a source in one month (UTC) on one basis. */
export interface BasisSpend {
  readonly sourceId: string;
  readonly monthMs: number;
  readonly basis: SpendBasis;
  readonly nanoUsd: bigint;
}

/** The bills of the period line by line, as finance books them. All in whole nano-USD. */
export interface BillStatement {
  /** They sum to the spend. */
  readonly lines: readonly StatementLine[];
  /** Taxes and engineering time on the bills, which are not part of the spend. */
  readonly beside: readonly {
    readonly sourceId: string;
    readonly category: 'tax' | 'labor';
    readonly nanoUsd: bigint;
  }[];
  /** Charges by source and month (UTC), without taxes, credits and engineering time. */
  readonly months: readonly BilledMonth[];
  readonly invoices: readonly InvoiceSum[];
}

/** One category at one source. */
export interface StatementLine {
  readonly sourceId: string;
  readonly category: ChargeCategory;
  /** Absent if unattributed. */
  readonly deployment?: string;
  /** At effective cost. */
  readonly nanoUsd: bigint;
  /** Billed minus effective cost: purchases, minus their spread parts. */
  readonly notInTime: bigint;
}

export interface BilledMonth {
  readonly sourceId: string;
  readonly monthMs: number;
  readonly billed: bigint;
  /** The part that no bill contains. */
  readonly estimated: bigint;
}

export interface UnattributedDay {
  readonly dayMs: number;
  readonly sourceId: string;
  readonly resourceId: string;
  readonly resourceName?: string;
  readonly category: string;
  readonly nanoUsd: bigint;
}

/** A resource with unattributed spend. */
export interface UnattributedResource {
  readonly sourceId: string;
  readonly resourceId: string;
  readonly resourceName?: string;
  /** The end of a prepaid plan that rentcheck.yaml states; it has no name of its own. */
  readonly prepaidUntilMs?: number;
  readonly nanoUsd: bigint;
  /** Sum of absolute amounts, including credits. */
  readonly size: bigint;
  /**
   * An item of `resources` in rentcheck.yaml that takes exactly this spend. If another match may
   * take other charges of the resource, it takes only what is left.
   */
  readonly paste: string;
}

/** Fixed engineering cost of the whole stack, in dollars. */
export interface StackLabor {
  readonly selfHosted: AssumedRange;
  readonly hosted: AssumedRange;
  readonly basis: 'measured' | 'assumed';
}

export interface StackCommitment {
  readonly sourceId: string;
  readonly id?: string;
  /** Its index in the input. */
  readonly at: number;
  /** The end of its term; absent for a rolling contract, where only the notice period is owed. */
  readonly endMs?: number;
  /** The end of payment for a deployment that leaves at the end of the period. */
  readonly untilMs: number;
  /**
   * The last time to give notice for the end of the term; absent without a term or a notice period.
   */
  readonly noticeByMs?: number;
  /** Committed over the next period. */
  readonly owedUsd: Exact;
  /** The whole remaining commitment, by calendar month. */
  readonly months: readonly { readonly monthMs: number; readonly usd: Exact }[];
  /** Remaining calendar months, each part by the month's length: 1.5. */
  readonly monthsLeft: Exact;
  /** Parts of `owedUsd` by deployment that uses the source. */
  readonly shares: ReadonlyMap<string, Exact>;
  readonly use: CommitmentUse;
}

/** Use of a commitment in the period; used and unused are absent if unknown. */
export interface CommitmentUse {
  readonly committedUsd: Exact;
  readonly usedUsd?: Exact;
  readonly unusedUsd?: Exact;
}

/** Commitments and reserved capacity still in force at the end of the period. */
export interface Contract {
  /** GPU spend of the period whose price is fixed until the end of the contract. */
  readonly fixedGpuUsd: Exact;
  /** The commitment's own charges: paid until its end, and not part of GPU spend until then. */
  readonly chargesUsd: Exact;
  /** The deployment's part of the whole remaining commitments until their ends. */
  readonly remainingUsd: Exact;
  /** The latest end; absent if the end of reserved capacity is unknown. */
  readonly untilMs?: number;
}

export interface MissingMonth {
  readonly sourceId: string;
  /** Start of the month, UTC. */
  readonly monthMs: number;
}
