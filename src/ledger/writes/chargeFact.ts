/** A charge as its row in the ledger, and how it falls into UTC days. */

import { apportionAlong } from '../../domain/apportion.ts';
import type { Charge } from '../../domain/charge.ts';
import { plainAmount } from '../../domain/currency.ts';
import { dayStartMs, durationMs, period, splitByDay } from '../../domain/period.ts';
import type { ChargeFact } from './factTables.ts';

/** A charge as its row: tags in a fixed order, so that the same tags are the same text. */
export function chargeFact(charge: Charge): ChargeFact {
  const { period: span, billed, list, effective, quantity, tags, ...others } = charge;
  const { isClassPresumed: _isPresumed, basis: _, original: __, ...more } = others;
  const { invoice: ___, commitment: ____, ...rest } = more;
  return {
    ...rest,
    startMs: span.startMs,
    endMs: span.endMs,
    billedNanoUsd: billed,
    listNanoUsd: list ?? null,
    effectiveNanoUsd: effective ?? null,
    quantityNum: quantity?.num.toString() ?? null,
    quantityDen: quantity?.den.toString() ?? null,
    tagsJson: tags === undefined ? null : tagsText(tags),
    withdrawn: false,
    ...termsOf(charge),
  };
}

/** How its money came about, as columns; an estimate by time and price says no more than that. */
export function termsOf({ basis, original, invoice, commitment }: Charge) {
  return {
    basis: basis === 'billed' ? basis : 'estimated',
    rebuiltFrom: basis === 'billed' || basis === 'uptime' ? null : basis,
    originalCurrency: original?.currency ?? null,
    originalAmount: original === undefined ? null : plainAmount(original.amount),
    originalList: original?.list === undefined ? null : plainAmount(original.list),
    originalEffective: original?.effective === undefined ? null : plainAmount(original.effective),
    invoiceId: invoice?.id ?? null,
    invoiceIssuedMs: invoice?.issuedMs ?? null,
    commitmentId: commitment?.id ?? null,
    commitmentStatus: commitment?.status ?? null,
  } as const;
}

/** In a fixed order: `{"env":"prod","team":"chat"}`. */
export function tagsText(tags: Readonly<Record<string, string>>): string {
  const entries = Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(Object.fromEntries(entries));
}

/**
 * A charge's money by UTC day, in proportion to time and to the last nano-dollar: $1 for the 36
 * hours from a midnight on is $0.666667 and $0.333333.
 */
export function chargeDaysOf(
  fact: Pick<ChargeFact, 'startMs' | 'endMs' | 'billedNanoUsd'>,
): { dayMs: number; billedNanoUsd: bigint }[] {
  const days = splitByDay(period(fact.startMs, fact.endMs));
  const lengths = days.map((day) => BigInt(durationMs(day)));
  const parts = apportionAlong(fact.billedNanoUsd, lengths);
  return days.map((day, at) => ({
    dayMs: dayStartMs(day.startMs),
    billedNanoUsd: parts[at] ?? 0n,
  }));
}
