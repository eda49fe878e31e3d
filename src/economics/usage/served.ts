/** Sums served tokens of the period and by day. */

import { type Exact, exact } from '../../domain/exact.ts';
import { allTokens } from '../../domain/money.ts';
import type { DeploymentBill } from '../bill/bill.ts';
import { type DayGrid, dayMsAt } from '../bill/days.ts';
import { shareOfCapacity } from '../breakEven/breakEven.ts';
import type { Capacity, DayEconomics, ServedTokens, UnbilledUsage } from '../result.ts';
import type { CoveredDay } from './coverage.ts';
import { sumColumn, type UsageTally } from './usageTally.ts';

/** Sums over the period; a figure missing in one interval is unknown for the whole. */
export function sumServed(tally: UsageTally): ServedTokens {
  const [uncached, cached, output] = [tally.uncached, tally.cached, tally.output].map(sumColumn);
  const promptTokens = (uncached ?? 0) + (cached ?? 0);
  return {
    tokens: allTokens(promptTokens, output ?? 0),
    promptTokens,
    outputTokens: output ?? 0,
    ...(sumColumn(tally.cacheUnknown) > 0 ? {} : { cachedTokens: cached ?? 0 }),
    ...(sumColumn(tally.requestsUnknown) > 0 ? {} : { requests: sumColumn(tally.requests) }),
  };
}

/**
 * Milliseconds with a running request; `undefined` if an interval does not state them, or without
 * intervals.
 */
export function sumBusyMs(tally: UsageTally): number | undefined {
  if (tally.series.length === 0 || sumColumn(tally.busyUnknown) > 0) return undefined;
  return Math.round(tally.busyMs.reduce((sum, day) => sum + day, 0));
}

export interface DayTerms {
  readonly bill: DeploymentBill;
  readonly tally: UsageTally;
  readonly unbilled: UnbilledUsage | undefined;
  readonly covered: readonly CoveredDay[];
  readonly capacity: Capacity | undefined;
  readonly grid: DayGrid;
}

export function computeDays(terms: DayTerms): DayEconomics[] {
  const { bill, tally, unbilled, covered, capacity, grid } = terms;
  return covered.map(({ paidNs, coveredNs, coveredUsd }, day) => {
    const cachedTokens = tally.cached[day] ?? 0;
    const promptTokens = (tally.uncached[day] ?? 0) + cachedTokens;
    const outputTokens = tally.output[day] ?? 0;
    const utilization = dayUtilization(promptTokens + outputTokens, coveredNs, capacity);
    return {
      dayMs: dayMsAt(grid, day),
      spend: bill.spend[day] ?? 0n,
      coveredUsd,
      promptTokens,
      outputTokens,
      unbilledTokens: unbilled?.tokensByDay[day] ?? 0,
      ...((tally.cacheUnknown[day] ?? 0) > 0 ? {} : { cachedTokens }),
      paidNs,
      coveredNs,
      ...((tally.busyUnknown[day] ?? 0) > 0 ? {} : { busyMs: Math.round(tally.busyMs[day] ?? 0) }),
      ...(utilization === undefined ? {} : { utilization }),
    };
  });
}

function dayUtilization(
  tokens: number,
  coveredNs: bigint,
  capacity: Capacity | undefined,
): Exact | undefined {
  if (capacity === undefined || coveredNs === 0n) return undefined;
  const share = shareOfCapacity(BigInt(tokens), capacity, { coveredNs });
  return share.num > share.den ? exact(1n) : share;
}
