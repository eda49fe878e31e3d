/** Finds months for which a source that bills by the month has billed nothing. */

import type { Charge, SourceBilling } from '../../domain/charge.ts';
import { DAY_MS, durationMs, overlapMs, type Period } from '../../domain/period.ts';
import { rowsStartingIn } from '../../domain/usage.ts';
import type { DeploymentInput, StackInput } from '../input.ts';
import type { MissingMonth } from '../stackParts.ts';
import { monthsOf } from './months.ts';

/** The shortest month: who bills nothing shorter, bills by the month. */
const SHORTEST_MONTH_MS = 28 * DAY_MS;

/**
 * Months (UTC) of the window between a source's first and last known charge, and after the last one
 * those in which something that it should bill still served. A source with invoices for July and
 * September lacks August; one with July's alone lacks August and September where its pods served.
 */
export function missingMonths(input: StackInput): MissingMonth[] {
  return billingOf(input)
    .filter(({ shortestMs }) => shortestMs >= SHORTEST_MONTH_MS)
    .flatMap((billing) => monthsLacking(input, billing));
}

function monthsLacking(input: StackInput, { sourceId, firstMs, lastMs }: SourceBilling) {
  const billed = input.charges.filter(
    (charge) => charge.sourceId === sourceId && isForTime(charge),
  );
  return monthsOf(input.window).flatMap((month): MissingMonth[] => {
    const isBilled = billed.some(({ period }) => overlapMs(period, month) > 0);
    const isInside = firstMs < month.endMs && month.startMs < lastMs;
    const isAfter = lastMs <= month.startMs && served(input.deployments, sourceId, month);
    return !isBilled && (isInside || isAfter) ? [{ sourceId, monthMs: month.startMs }] : [];
  });
}

function isForTime({ category, billed }: Charge): boolean {
  return (category === 'compute' || category === 'commitment') && billed >= 0n;
}

/** Whether usage tells of anything in the month that the source should bill. */
function served(deployments: readonly DeploymentInput[], sourceId: string, month: Period) {
  return deployments.some(
    ({ resources, usage }) =>
      resources.some((match) => match.sourceId === sourceId) &&
      rowsStartingIn(usage, month.startMs, month.endMs).length > 0,
  );
}

/** What is told of each source, widened by the charges of the window. */
function billingOf({ charges, billing = [] }: StackInput): SourceBilling[] {
  const known = new Map(billing.map((each) => [each.sourceId, each]));
  for (const charge of charges) {
    if (!isForTime(charge)) continue;
    const { sourceId, period } = charge;
    const { startMs: firstMs, endMs: lastMs } = period;
    const own = { sourceId, shortestMs: durationMs(period), firstMs, lastMs };
    const before = known.get(sourceId) ?? own;
    known.set(sourceId, {
      sourceId,
      shortestMs: Math.min(before.shortestMs, own.shortestMs),
      firstMs: Math.min(before.firstMs, own.firstMs),
      lastMs: Math.max(before.lastMs, own.lastMs),
    });
  }
  return [...known.values()].sort((a, b) => (a.sourceId < b.sourceId ? -1 : 1));
}
