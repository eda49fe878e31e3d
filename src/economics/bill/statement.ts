/** Bills as finance books them: by source, category and deployment, by month, and by invoice. */

import type { ChargeCategory, SourceBilling } from '../../domain/charge.ts';
import { DAY_MS, monthStartMs, monthsTouching, type Period } from '../../domain/period.ts';
import { sumNano } from '../../domain/money.ts';
import { NOT_RECONCILED } from '../../domain/reconciliation.ts';
import {
  type ChargeAccount,
  type ChargeBook,
  isEstimated,
  type SpendBasis,
} from '../chargeBook.ts';
import type { BasisSpend, BilledMonth, BillStatement, MissingMonth } from '../stackParts.ts';
import { type DeploymentBill, spendAccounts } from './bill.ts';
import { addToLine, type BillLine } from './accounts.ts';
import { dayGrid, dayMsAt } from './days.ts';
import { rowsStartingIn } from '../../domain/usage.ts';
import type { DeploymentInput, StackInput } from '../input.ts';

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

/** The shortest month: a source without shorter charges bills monthly. */
const SHORTEST_MONTH_MS = 28 * DAY_MS;

/**
 * Months (UTC) of the period without charges: between a source's first and last known charge, or
 * after the last one if deployments at the source still served. A source with invoices for July and
 * September lacks August. One with July only lacks August and September if its deployments served
 * then.
 */
export function missingMonths(input: StackInput, book: ChargeBook): MissingMonth[] {
  return billingOf(input, book)
    .filter(({ shortestMs }) => shortestMs >= SHORTEST_MONTH_MS)
    .flatMap((billing) => findMissingMonths(input, book, billing));
}

function findMissingMonths(
  input: StackInput,
  book: ChargeBook,
  { sourceId, firstMs, lastMs }: SourceBilling,
) {
  const grid = dayGrid(input.window);
  const own = book.billing.find((each) => each.sourceId === sourceId);
  const daysMs = [...(own?.days ?? [])].map((day) => dayMsAt(grid, day));
  return monthsTouching(input.window).flatMap((month): MissingMonth[] => {
    const isBilled = daysMs.some((dayMs) => month.startMs <= dayMs && dayMs < month.endMs);
    const isInside = firstMs < month.endMs && month.startMs < lastMs;
    const isAfter = lastMs <= month.startMs && hasUsage(input.deployments, sourceId, month);
    return !isBilled && (isInside || isAfter) ? [{ sourceId, monthMs: month.startMs }] : [];
  });
}

/** Whether any deployment at the source has usage in the month. */
function hasUsage(deployments: readonly DeploymentInput[], sourceId: string, month: Period) {
  return deployments.some(
    ({ resources, usage }) =>
      resources.some((match) => match.sourceId === sourceId) &&
      rowsStartingIn(usage, month.startMs, month.endMs).length > 0,
  );
}

/** Billing summary of each source, extended by the charges of the period. */
function billingOf({ billing = [] }: StackInput, book: ChargeBook): SourceBilling[] {
  const known = new Map(billing.map((each) => [each.sourceId, each]));
  for (const own of book.billing) {
    const before = known.get(own.sourceId) ?? own;
    known.set(own.sourceId, {
      sourceId: own.sourceId,
      shortestMs: Math.min(before.shortestMs, own.shortestMs),
      firstMs: Math.min(before.firstMs, own.firstMs),
      lastMs: Math.max(before.lastMs, own.lastMs),
    });
  }
  return [...known.values()].sort((a, b) => (a.sourceId < b.sourceId ? -1 : 1));
}
