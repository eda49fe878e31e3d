/** Sums spend by source, month and basis: billed, or rebuilt and how. */

import { monthStartMs } from '../../domain/months.ts';
import type { ChargeBook, SpendBasis } from '../chargeBook.ts';
import type { BasisSpend } from '../stackParts.ts';
import { spendAccounts } from './bill.ts';
import { dayGrid, dayMsAt } from './days.ts';

/** Spend by basis. The amounts sum to the spend of the stack. */
export function spendByBasis(book: ChargeBook): BasisSpend[] {
  const grid = dayGrid(book.window);
  const sums = new Map<string, { -readonly [Key in keyof BasisSpend]: BasisSpend[Key] }>();
  for (const { sourceId, basis, byDay } of spendAccounts(book)) {
    for (const [day, nanoUsd] of byDay) {
      const monthMs = monthStartMs(dayMsAt(grid, day));
      const key = JSON.stringify([sourceId, monthMs, basis]);
      const sum = sums.get(key) ?? { sourceId, monthMs, basis, nanoUsd: 0n };
      sums.set(key, sum);
      sum.nanoUsd += nanoUsd;
    }
  }
  return [...sums.values()].sort(byMonthAndBasis);
}

function byMonthAndBasis(a: BasisSpend, b: BasisSpend): number {
  if (a.sourceId !== b.sourceId) return a.sourceId < b.sourceId ? -1 : 1;
  return a.monthMs - b.monthMs || order(a.basis) - order(b.basis);
}

/** Sort order: billed charges first. */
function order(basis: SpendBasis): number {
  return ['billed', 'negotiated', 'list', 'uptime', 'stated'].indexOf(basis);
}
