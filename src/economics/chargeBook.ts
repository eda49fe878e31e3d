/** What charges come to, put together: their number costs no room. */

import type {
  Charge,
  ChargeCategory,
  Commitment,
  PricingClass,
  SourceBilling,
} from '../domain/charge.ts';
import type { Exact } from '../domain/exact.ts';
import type { Period } from '../domain/period.ts';

/** As a charge's; `stated` is what the config says, plans paid ahead and credits, and no source. */
export type SpendBasis = Charge['basis'] | 'stated';

/** Whether the money was rebuilt, for its source gave none. */
export function isEstimated({ basis }: { readonly basis: SpendBasis }): boolean {
  return basis !== 'billed' && basis !== 'stated';
}

/** Lines that are alike in all but time and amount. */
export interface Account {
  readonly sourceId: string;
  readonly resourceId: string;
  /** The bill's own, else the newest of an inventory. */
  readonly name?: string;
  /** The end of a prepaid plan that rentcheck.yaml states; it has no name of its own. */
  readonly prepaidUntilMs?: number;
  readonly category: ChargeCategory;
  readonly pricingClass: PricingClass;
  readonly basis: SpendBasis;
  readonly gpuType?: string | undefined;
  readonly tags?: Charge['tags'];
  /** Indexes of the deployments it serves, in the order of the input; none is "unattributed". */
  readonly sharers: readonly number[];
  /** Whether the sharers meet by patterns that differ, and may not mean to share. */
  readonly isContested: boolean;
  /** Nano-USD by day of the window on which a line falls, 0 too. */
  readonly byDay: ReadonlyMap<number, bigint>;
  /** Sum over the days. */
  readonly nanoUsd: bigint;
  /** Of its lines, credits by their size, so that one cannot hide a charge. */
  readonly size: bigint;
  /** The commitment that its lines are of, where the bill tells one. */
  readonly commitment?: Commitment;
  /** What a day's bill says beside what the day costs: a purchase less what is spread of it. */
  readonly notInTime: ReadonlyMap<number, bigint>;
  /** GPU time in nanoseconds by day, where a commitment says for how many GPUs it is. */
  readonly gpuNs: ReadonlyMap<number, bigint>;
  /** Of a commitment: the time inside the window for which something was billed. */
  readonly committed: readonly Period[];
}

/** How a source bills for time, by the lines of the window. */
export interface SourceTime extends SourceBilling {
  /** Days of the window that a line touches. */
  readonly days: ReadonlySet<number>;
}

/** What {@link chargeBooking} makes of charges; it says the same whatever their order. */
export interface ChargeBook {
  /** For whom it was put together: the window, and the deployments with the GPUs of a replica. */
  readonly window: Period;
  readonly deployments: readonly { readonly id: string; readonly gpus: Exact }[];
  readonly accounts: readonly Account[];
  readonly billing: readonly SourceTime[];
  /** What compute lines that are no credits bought, of those that serve a deployment. */
  readonly time: BilledRows;
  readonly guesses: readonly TimeGuess[];
  /** By source and number; none where no charge tells its invoice. */
  readonly invoices: readonly InvoiceSum[];
  /** The first to expire first; absent where none were granted. */
  readonly credits?: readonly CreditUse[];
}

/** What the charges of the window that are on one invoice come to, taxes and credits too. */
export interface InvoiceSum {
  readonly sourceId: string;
  readonly invoiceId: string;
  /** Nano-USD, as billed. */
  readonly billed: bigint;
}

/** Of a grant, nano-USD: used before the window and in it, left after it, expired with no use. */
export interface CreditUse {
  readonly sourceId: string;
  readonly id?: string;
  readonly usd: bigint;
  readonly untilMs: number;
  readonly usedBefore: bigint;
  readonly used: bigint;
  readonly left: bigint;
  readonly lost: bigint;
}

/** Time that sharers bought from one moment to another, spread evenly over it. */
export interface BilledRow extends Period {
  /** Indexes of deployments. */
  readonly sharers: readonly number[];
  /** Whose time it is: that of single GPUs, or of the billed thing. */
  readonly of: 'gpu' | 'resource';
  readonly ns: bigint;
}

export interface BilledRows extends Iterable<BilledRow> {
  readonly length: number;
}

/** What had to be guessed, with the resource and the deployments it serves. */
export interface TimeGuess {
  readonly kind: 'dearest bucket' | 'whole period';
  readonly resourceId: string;
  readonly sharers: readonly number[];
}
