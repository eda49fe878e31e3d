/** Invoice lines: a bill to reconcile with, never counted as spend. */

import type { ChargeCategory } from './charge.ts';
import type { ForeignAmount } from './currency.ts';
import type { NanoUsd } from './money.ts';
import { DAY_MS, monthEndMs, monthStartMs, type Period } from './period.ts';

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

export interface StatedTotal {
  readonly sourceId: string;
  /** Kind of request, e.g. `runpod.billing.pods`. */
  readonly kind: string;
  readonly window: Period;
  readonly statedNanoUsd: bigint;
  readonly of: StatedScope;
}

/** The charges that a total covers: by key prefix, or by the fetches they came from. */
export type StatedScope =
  | { readonly keyPrefix: string }
  | { readonly fetchRefs: ReadonlySet<number> };

/** Both sides of one total. */
export interface ComparedTotal extends Omit<StatedTotal, 'of'> {
  readonly ledgerNanoUsd: bigint;
}

/** Start of the month (UTC) that contains the middle of a period. */
export function middleMonthMs({ startMs, endMs }: Period): number {
  return monthStartMs(Math.floor((startMs + endMs) / 2));
}

/**
 * Whether an invoiced month belongs to a period: the month, or all of its invoiced time, lies
 * inside.
 */
export function belongsToPeriod(
  month: { monthMs: number; spans: readonly Period[] },
  of: Period,
): boolean {
  const endMs = monthEndMs(month.monthMs);
  const isInside = (span: Period) => of.startMs <= span.startMs && span.endMs <= of.endMs;
  return isInside({ startMs: month.monthMs, endMs }) || month.spans.every(isInside);
}

/**
 * Lines outside the period by more than this never belong to it: a quarter's invoice on each side.
 */
export const MAX_INVOICE_DISTANCE_MS = 184 * DAY_MS;
