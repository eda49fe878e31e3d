/** Bills as finance books them: by source, category and deployment, by month, and by invoice. */

import type { ChargeCategory } from '../../domain/charge.ts';
import { monthStartMs } from '../../domain/months.ts';
import { sumNano } from '../../domain/money.ts';
import { NOT_RECONCILED } from '../../domain/reconciliation.ts';
import { type ChargeAccount, type ChargeBook, isEstimated } from '../chargeBook.ts';
import type { BilledMonth, BillStatement } from '../stackParts.ts';
import { type DeploymentBill, spendAccounts } from './bill.ts';
import { addToLine, type BillLine } from './billLine.ts';
import { dayGrid, dayMsAt } from './days.ts';

/**
 * Lines of deployments in their order, then unattributed lines. Worked number: $6.00 of compute
 * shared equally by two deployments and $1.00 of unattributed storage are lines of $3.00, $3.00 and
 * $1.00: $7.00 in all.
 */
export function buildStatement(book: ChargeBook, bills: readonly DeploymentBill[]): BillStatement {
  const attributed = bills.flatMap(({ lines }, index) => {
    const deployment = book.deployments[index]?.id ?? '';
    return inOrder(lines).map((line) => ({ ...line, deployment }));
  });
  const unattributed = new Map<string, BillLine>();
  for (const account of spendAccounts(book)) {
    if (account.sharers.length > 0) continue;
    const beside = sumNano([...account.notInTime.values()]);
    addToLine(unattributed, account, [account.nanoUsd, beside]);
  }
  return {
    lines: [...attributed, ...inOrder(unattributed)],
    beside: (['tax', 'labor'] as const).flatMap((category) => besideOf(book.accounts, category)),
    months: billedMonths(book),
    invoices: book.invoices,
  };
}

function inOrder(lines: ReadonlyMap<string, BillLine>): BillLine[] {
  return [...lines].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
}

function besideOf<Category extends 'tax' | 'labor'>(
  accounts: readonly ChargeAccount[],
  category: Category,
) {
  const sums = new Map<string, bigint>();
  for (const account of accounts) {
    if (account.category !== category) continue;
    sums.set(account.sourceId, (sums.get(account.sourceId) ?? 0n) + account.nanoUsd);
  }
  return [...sums]
    .filter(([, nanoUsd]) => nanoUsd !== 0n)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([sourceId, nanoUsd]) => ({ sourceId, category, nanoUsd }));
}

const LEFT_OUT: ReadonlySet<ChargeCategory> = new Set(NOT_RECONCILED);

/**
 * Months as invoices are compared. Amounts stated in config are left out, because no bill of the
 * source contains them.
 */
function billedMonths({ accounts, window }: ChargeBook): BilledMonth[] {
  const grid = dayGrid(window);
  const sums = new Map<string, { -readonly [Key in keyof BilledMonth]: BilledMonth[Key] }>();
  for (const account of accounts) {
    const { sourceId, category, basis, byDay, notInTime } = account;
    if (basis === 'stated' || LEFT_OUT.has(category)) continue;
    for (const [day, nanoUsd] of [...byDay, ...notInTime]) {
      const monthMs = monthStartMs(dayMsAt(grid, day));
      const key = JSON.stringify([sourceId, monthMs]);
      const sum = sums.get(key) ?? { sourceId, monthMs, billed: 0n, estimated: 0n };
      sums.set(key, sum);
      sum.billed += nanoUsd;
      if (isEstimated(account)) sum.estimated += nanoUsd;
    }
  }
  return [...sums.values()].sort(
    (a, b) =>
      (a.sourceId === b.sourceId ? 0 : a.sourceId < b.sourceId ? -1 : 1) || a.monthMs - b.monthMs,
  );
}
