/** Types of a charge book: charges summed into accounts, so their number does not matter. */

import type {
  Charge,
  ChargeCategory,
  Commitment,
  PricingClass,
  SourceBilling,
} from '../domain/charge.ts';
import type { Exact } from '../domain/exact.ts';
import type { Period } from '../domain/period.ts';

/**
 * Basis of a charge; `stated` is for amounts from config (prepaid plans and credits), not from a
 * source.
 */
export type SpendBasis = Charge['basis'] | 'stated';

/** Whether the amount was rebuilt because its source stated none. */
export function isEstimated({ basis }: { readonly basis: SpendBasis }): boolean {
  return basis !== 'billed' && basis !== 'stated';
}

/** Charges that differ only in time and amount. */
export interface ChargeAccount {
  readonly sourceId: string;
  readonly resourceId: string;
  /** The name on the bill, else the newest in an inventory. */
  readonly name?: string;
  /** The end of a prepaid plan that rentcheck.yaml states; it has no name of its own. */
  readonly prepaidUntilMs?: number;
  readonly category: ChargeCategory;
  readonly pricingClass: PricingClass;
  readonly basis: SpendBasis;
  readonly gpuType?: string | undefined;
  readonly tags?: Charge['tags'];
  /** Indexes of the deployments it serves, in input order; empty is "unattributed". */
  readonly sharers: readonly number[];
  /** Whether the sharers match by different patterns, so the overlap may be unintended. */
  readonly isContested: boolean;
  /** Nano-USD by day of the period with a charge, including 0. */
  readonly byDay: ReadonlyMap<number, bigint>;
  /** Sum over the days. */
  readonly nanoUsd: bigint;
  /** Sum of absolute amounts, so a credit cannot hide a charge. */
  readonly size: bigint;
  /** The commitment of its charges, if the bill states one. */
  readonly commitment?: Commitment;
  /** Billed minus effective cost by day: a purchase, minus its spread parts. */
  readonly notInTime: ReadonlyMap<number, bigint>;
  /** GPU time in nanoseconds by day, if a commitment states a number of GPUs. */
  readonly gpuNs: ReadonlyMap<number, bigint>;
  /** For a commitment: the billed time inside the period. */
  readonly committed: readonly Period[];
}

/** How a source bills for time, from the charges of the period. */
export interface SourceTime extends SourceBilling {
  /** Days of the period with a charge. */
  readonly days: ReadonlySet<number>;
}

/** The result of {@link chargeBooking}, independent of the order of charges. */
export interface ChargeBook {
  /** The period and the deployments it was made for, with the GPUs per replica. */
  readonly window: Period;
  readonly deployments: readonly { readonly id: string; readonly gpus: Exact }[];
  readonly accounts: readonly ChargeAccount[];
  readonly billing: readonly SourceTime[];
  /** Time bought by compute charges that serve a deployment, without credits. */
  readonly time: BilledRows;
  readonly guesses: readonly TimeGuess[];
  /** By source and number; empty if no charge states its invoice. */
  readonly invoices: readonly InvoiceSum[];
  /** First to expire first; absent if none were granted. */
  readonly credits?: readonly CreditUse[];
}

/** Sum of the period's charges on one invoice, including taxes and credits. */
export interface InvoiceSum {
  readonly sourceId: string;
  readonly invoiceId: string;
  /** Nano-USD, as billed. */
  readonly billed: bigint;
}

/**
 * Use of a grant, in nano-USD: used before the period and in it, left after it, and expired unused.
 */
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

/** Time that sharers bought, spread evenly over its period. */
export interface BilledRow extends Period {
  /** Indexes of deployments. */
  readonly sharers: readonly number[];
  /** Whether it is time of single GPUs or of the billed resource. */
  readonly of: 'gpu' | 'resource';
  readonly ns: bigint;
}

export interface BilledRows extends Iterable<BilledRow> {
  readonly length: number;
}

/** A guess, with the resource and the deployments it serves. */
export interface TimeGuess {
  readonly kind: 'costliest bucket' | 'whole period';
  readonly resourceId: string;
  readonly sharers: readonly number[];
}
