/** Converts a charge to its row, and divides it by UTC days. */

import { apportionAlong } from '../../domain/apportion.ts';
import type { Charge } from '../../domain/charge.ts';
import { plainAmount } from '../../domain/currency.ts';
import { dayStartMs, durationMs, period, splitByDay } from '../../domain/period.ts';
import type { ChargeFact } from './factTables.ts';

/** The row of a charge. Tags are in a fixed order, so that equal tags give equal text. */
export function toChargeFact(charge: Charge): ChargeFact {
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
    tagsJson: tags === undefined ? null : toTagsJson(tags),
    withdrawn: false,
    ...toChargeTerms(charge),
  };
}

/** The columns on how the amount came about. Estimates from uptime and price have none. */
export function toChargeTerms({ basis, original, invoice, commitment }: Charge) {
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
export function toTagsJson(tags: Readonly<Record<string, string>>): string {
  const entries = Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(Object.fromEntries(entries));
}

/**
 * The cost of a charge by UTC day, proportional to time and exact to the nano-dollar. $1 for 36
 * hours from midnight is $0.666667 and $0.333333.
 */
export function splitChargeByDay(
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
