/**
 * Computes how well paid time was used: effective price, utilization, busy fraction and waterfall.
 */

import { compare, type Exact, exact, multiply, ONE, subtract, ZERO } from '../../domain/exact.ts';
import { type AllTokens, allTokens, usdPerMtok } from '../../domain/money.ts';
import { shareOfCapacity } from '../breakEven/breakEven.ts';
import type {
  Capacity,
  DayEconomics,
  DeploymentEconomics,
  PaidTime,
  ServedTokens,
  Spend,
  UnbilledUsage,
  Waterfall,
} from '../result.ts';
import type { Warning } from '../warning.ts';
import { excessWarnings } from './warnings.ts';
import type { DeploymentBill } from '../bill/bill.ts';
import { type DayGrid, dayMsAt } from '../bill/days.ts';
import type { CoveredDay } from './coverage.ts';
import { sumColumn, type UsageTally } from './usageTally.ts';

export interface UseTerms {
  readonly tokens: AllTokens;
  readonly spend: Spend;
  readonly time: PaidTime;
  readonly busyMs: number | undefined;
  readonly capacity: Capacity | undefined;
  /** Without attributed charges the spend is unknown, not zero. */
  readonly lacks: DeploymentEconomics['lacks'];
}

type Figures = Pick<
  DeploymentEconomics,
  'effectiveUsdPerMtok' | 'utilization' | 'busyFraction' | 'waterfall'
>;

export function computeUse(terms: UseTerms): { figures: Figures; warnings: Warning[] } {
  const raw = { utilization: computeUtilization(terms), busy: busyFractionOf(terms) };
  const effectiveUsdPerMtok =
    terms.lacks === undefined ? usdPerMtok(terms.spend.coveredUsd, terms.tokens) : undefined;
  const utilization = raw.utilization && capAtOne(raw.utilization);
  const busyFraction = raw.busy && capAtOne(raw.busy);
  const isCrossed =
    utilization !== undefined && busyFraction !== undefined && isAbove(utilization, busyFraction);
  return {
    figures: {
      ...(effectiveUsdPerMtok && { effectiveUsdPerMtok }),
      ...(utilization && { utilization }),
      ...(busyFraction && { busyFraction }),
      waterfall: waterfall({ coveredUsd: terms.spend.coveredUsd, utilization, busyFraction }),
    },
    warnings: excessWarnings({
      ...raw,
      isUtilizationAbove: raw.utilization !== undefined && isAbove(raw.utilization, ONE),
      isBusyAbove: raw.busy !== undefined && isAbove(raw.busy, ONE),
      isCrossed,
    }),
  };
}

function computeUtilization({ tokens, capacity, time }: UseTerms): Exact | undefined {
  if (capacity === undefined || time.coveredNs === 0n) return undefined;
  return shareOfCapacity(BigInt(tokens), capacity, time);
}

/** Busy over covered time: 7,800 of 14,400 seconds are 0.541667. */
function busyFractionOf({ busyMs, time }: UseTerms): Exact | undefined {
  if (busyMs === undefined || time.coveredNs === 0n) return undefined;
  return exact(BigInt(busyMs) * 1_000_000n, time.coveredNs);
}

function capAtOne(share: Exact): Exact {
  return isAbove(share, ONE) ? ONE : share;
}

function isAbove(a: Exact, b: Exact): boolean {
  return compare(a, b) > 0;
}

export interface WaterfallTerms {
  readonly coveredUsd: Exact;
  readonly utilization: Exact | undefined;
  readonly busyFraction: Exact | undefined;
}

/**
 * The parts sum to the covered spend. $6.00 at a utilization of 0.361111 and a busy fraction of
 * 0.541667 is $2.166667 at full capacity, $1.083333 under-filled and $2.75 idle.
 */
function waterfall({ coveredUsd, utilization, busyFraction }: WaterfallTerms): Waterfall {
  const fullUsd = utilization && multiply(coveredUsd, utilization);
  if (busyFraction === undefined) return fullUsd === undefined ? {} : { fullUsd };
  const idleUsd = multiply(coveredUsd, subtract(ONE, busyFraction));
  if (utilization === undefined || fullUsd === undefined) return { idleUsd };
  if (compare(utilization, busyFraction) <= 0) {
    return { fullUsd, idleUsd, underfilledUsd: subtract(subtract(coveredUsd, fullUsd), idleUsd) };
  }
  return { fullUsd, idleUsd: subtract(coveredUsd, fullUsd), underfilledUsd: ZERO };
}

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
