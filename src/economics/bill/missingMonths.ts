/** Finds months for which a source that bills by the month has billed nothing. */

import type { SourceBilling } from '../../domain/charge.ts';
import { DAY_MS, type Period } from '../../domain/period.ts';
import { rowsStartingIn } from '../../domain/usage.ts';
import type { DeploymentInput, StackInput } from '../input.ts';
import type { MissingMonth } from '../stackParts.ts';
import type { ChargeBook } from '../chargeBook.ts';
import { dayGrid, dayMsAt } from './days.ts';
import { monthsTouching } from '../../domain/months.ts';

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
