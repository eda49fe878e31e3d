/** Finds bills that are missing in the ledger, according to the config and earlier bills. */

import { daysBefore, QUARTER_DAYS } from '../calendar/horizons.ts';
import type { Config } from '../config/config.ts';
import { toGapFact } from '../domain/billIssues.ts';
import type { BillGap, BillSource } from '../domain/completeness.ts';
import { computeBillGaps, MEMORY_DAYS } from '../calendar/billGaps.ts';
import {
  DAY_MS,
  dayStartMs,
  monthEndMs,
  type Period,
  period,
  splitByDay,
} from '../domain/period.ts';
import { DEFAULT_TRAILING_DAYS, toSchedule } from '../calendar/schedule.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { gapText } from '../report/copy/bills.ts';
import type { LocaleFormat } from '../report/locale.ts';
import type { Source } from '../sources/source.ts';

export interface BillGapQuery {
  readonly asOfMs: number;
  readonly sources: readonly BillSource[];
}

type ScheduleContext = Parameters<typeof toSchedule>[0];

interface Billing extends ScheduleContext {
  readonly sources: ReadonlyMap<
    string,
    Pick<Source, 'id' | 'provides' | 'trailingDays' | 'samples' | 'states'>
  >;
}

/** Returns the sources of the config, each with how late its bills may be. */
export function billSources(context: Billing): BillSource[] {
  return toSchedule(context).sources.map(({ id, provides, trailingDays }) => {
    const states = context.sources.get(id)?.states;
    return {
      id,
      trailingDays,
      providesCharges: provides.includes('charges'),
      ...(states === undefined ? {} : { states }),
    };
  });
}

/** Returns gaps inside the window, judged by the eight weeks before each gap and by inventories. */
export async function findBillGaps(
  ledger: Pick<Ledger, 'facts'>,
  window: Period,
  { asOfMs, sources }: BillGapQuery,
): Promise<BillGap[]> {
  const span = period(window.startMs - MEMORY_DAYS * DAY_MS, window.endMs);
  const facts = await ledger.facts.billFacts({ window: span, asOfMs, sources });
  return computeBillGaps(facts, {
    window,
    nowMs: asOfMs,
    sources,
    trailingDays: DEFAULT_TRAILING_DAYS,
  });
}

export interface GapContext {
  readonly config: Config;
  readonly sources: Billing['sources'];
  readonly ledger: Pick<Ledger, 'facts'>;
}

/** Returns a time as of which all recorded facts are known. Unlike `asOfNow`, it writes nothing. */
export async function latestKnownMs(ledger: Pick<Ledger, 'facts'>, nowMs: number): Promise<number> {
  return Math.max(nowMs, await ledger.facts.lastRecordedMs());
}

/** Returns gaps of the last quarter's length of days in the bills of the config's sources. */
export async function findOpenGaps(context: GapContext, nowMs: number): Promise<BillGap[]> {
  const asOfMs = await latestKnownMs(context.ledger, nowMs);
  const window = daysBefore(dayStartMs(nowMs), QUARTER_DAYS);
  const gaps = await findBillGaps(context.ledger, window, {
    asOfMs,
    sources: billSources(context),
  });
  const named = new Set([IMPORT_SOURCE, ...context.config.sources.map(({ id }) => id)]);
  return gaps.filter(({ sourceId }) => named.has(sourceId));
}

/** The default source of imported rows. */
const IMPORT_SOURCE = 'import';

/** Missing bills of one source. */
export interface SourceGaps {
  readonly source: string;
  /** Number of distinct days; a missing month counts all of its days. */
  readonly days: number;
  /** Resources that run but are on no bill. */
  readonly resources: number;
  readonly gaps: readonly { readonly says: string; readonly fix: string }[];
}

/** Returns the gaps of every source with bills, and of any other source with a gap. */
export async function findSourceGaps(
  context: GapContext,
  nowMs: number,
  writing: LocaleFormat,
): Promise<SourceGaps[]> {
  const all = await findOpenGaps(context, nowMs);
  const billing = billSources(context).filter(({ providesCharges }) => providesCharges);
  const ids = new Set([...billing.map(({ id }) => id), ...all.map(({ sourceId }) => sourceId)]);
  return [...ids].map((source) => {
    const own = all.filter(({ sourceId }) => sourceId === source);
    const days = own.filter(({ unit }) => unit !== 'resource').flatMap(daysOf);
    return {
      source,
      days: new Set(days).size,
      resources: own.filter(({ unit }) => unit === 'resource').length,
      gaps: own.map((gap) => gapText(toGapFact(gap), writing)),
    };
  });
}

function daysOf({ unit, atMs }: BillGap): number[] {
  if (unit !== 'month') return [...atMs];
  return atMs.flatMap((monthMs) => {
    return splitByDay({ startMs: monthMs, endMs: monthEndMs(monthMs) }).map(
      ({ startMs }) => startMs,
    );
  });
}
