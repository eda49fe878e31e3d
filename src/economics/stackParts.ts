/** The shape of what a stack has once: its bill, its commitments, its fixed labor. */

import type { ChargeCategory } from '../domain/charge.ts';
import type { Exact } from '../domain/exact.ts';
import type { InvoiceSum, SpendBasis } from './chargeBook.ts';
import type { Range } from './input.ts';

/** All amounts in whole nano-USD. */
export interface StackBill {
  /** At effective cost: a purchase is spread over its term. */
  readonly spend: bigint;
  /** What the bills of the window say. */
  readonly billed: bigint;
  readonly unattributed: bigint;
  /** The part of the spend whose charges no bill told. */
  readonly estimated: bigint;
  /** Unattributed over all spend, credits counted by their size so that they hide nothing. */
  readonly unattributedShare?: Exact;
  readonly tax: bigint;
  readonly hosted: bigint;
  readonly labor: bigint;
}

/** What was spent at a source in one month (UTC) on one basis. */
export interface BasisSpend {
  readonly sourceId: string;
  readonly monthMs: number;
  readonly basis: SpendBasis;
  readonly nanoUsd: bigint;
}

/** What the bills of the window say, line by line, as finance books it. All in whole nano-USD. */
export interface Statement {
  /** They sum to the spend. */
  readonly lines: readonly StatementLine[];
  /** Taxes and hours of people on the bills: no part of the spend. */
  readonly beside: readonly {
    readonly sourceId: string;
    readonly category: 'tax' | 'labor';
    readonly nanoUsd: bigint;
  }[];
  /** What charges say by source and month (UTC), without taxes, credits and hours of people. */
  readonly months: readonly BilledMonth[];
  readonly invoices: readonly InvoiceSum[];
}

/** Of one category at one source. */
export interface StatementLine {
  readonly sourceId: string;
  readonly category: ChargeCategory;
  /** Absent where no deployment answers for it. */
  readonly deployment?: string;
  /** At effective cost. */
  readonly nanoUsd: bigint;
  /** What the bills say beside it: purchases less what is spread of them. */
  readonly notInTime: bigint;
}

export interface BilledMonth {
  readonly sourceId: string;
  readonly monthMs: number;
  readonly billed: bigint;
  /** The part of it that no bill told. */
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

/** A resource with spend of no deployment. */
export interface Unclaimed {
  readonly sourceId: string;
  readonly resourceId: string;
  readonly resourceName?: string;
  /** The end of a prepaid plan that rentcheck.yaml states; it has no name of its own. */
  readonly prepaidUntilMs?: number;
  readonly nanoUsd: bigint;
  /** Of its lines, credits by their size. */
  readonly size: bigint;
  /**
   * An item of `resources` in rentcheck.yaml that takes exactly this: where another match may take
   * other charges of the resource, only what is left.
   */
  readonly paste: string;
}

/** Dollars of the parts that exist once for the whole stack. */
export interface StackLabor {
  readonly selfHosted: Range;
  readonly hosted: Range;
  readonly basis: 'measured' | 'assumed';
}

export interface Commitment {
  readonly sourceId: string;
  readonly id?: string;
  /** Its place in the input. */
  readonly at: number;
  /** The end of its term; absent for a rolling contract, of which only the notice is owed. */
  readonly endMs?: number;
  /** The moment until which whoever leaves at the window's end owes. */
  readonly untilMs: number;
  /** The last moment at which notice ends it with its term; absent without a term and a notice. */
  readonly noticeByMs?: number;
  /** Of the next window. */
  readonly owedUsd: Exact;
  /** All that is left, by calendar month. */
  readonly months: readonly { readonly monthMs: number; readonly usd: Exact }[];
  /** Calendar months that are left, each part of one by its length: 1.5. */
  readonly monthsLeft: Exact;
  /** Parts of `owedUsd` by the deployments that use the source. */
  readonly shares: ReadonlyMap<string, Exact>;
  readonly use: CommitmentUse;
}

/** What a commitment came to in the window; used and unused are absent where nothing tells them. */
export interface CommitmentUse {
  readonly committedUsd: Exact;
  readonly usedUsd?: Exact;
  readonly unusedUsd?: Exact;
}

/** Commitments and reserved capacity that are still in force when the window ends. */
export interface Contract {
  /** GPU dollars of the window whose price no rate moves before the end of the contract. */
  readonly fixedGpuUsd: Exact;
  /** The commitment's own charges on the bill: paid until its end, and no GPU's until then. */
  readonly chargesUsd: Exact;
  /** The deployment's part of all that is left of the commitments until their ends. */
  readonly remainingUsd: Exact;
  /** The end of the last one; absent where reserved capacity does not tell its end. */
  readonly untilMs?: number;
}

export interface MissingMonth {
  readonly sourceId: string;
  /** The first moment of the month, UTC. */
  readonly monthMs: number;
}
