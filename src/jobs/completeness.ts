/** Which bills should be there and are not, as far as ledger and config tell. */

import type { Config } from '../config/config.ts';
import { gapFact } from '../domain/bookFact.ts';
import { type BillGap, type BillSource, gapsOf, MEMORY_DAYS } from '../domain/completeness.ts';
import { monthEndMs } from '../domain/months.ts';
import { DAY_MS, dayStartMs, type Period, period, splitByDay } from '../domain/period.ts';
import { TRAILING_DAYS } from '../domain/rhythm.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { gapText } from '../report/copy/books.ts';
import { STORED } from '../report/locale.ts';
import type { Source } from '../sources/source.ts';
import { rhythmOf } from './rhythm.ts';

export interface Looking {
  readonly asOfMs: number;
  readonly sources: readonly BillSource[];
}

type Wished = Parameters<typeof rhythmOf>[0];

interface Billing extends Wished {
  readonly sources: ReadonlyMap<
    string,
    Pick<Source, 'id' | 'tells' | 'trailingDays' | 'samples' | 'states'>
  >;
}

/** Sources of the config, with how late their bills may be. */
export function billSources(of: Billing): BillSource[] {
  return rhythmOf(of).sources.map(({ id, tells, trailingDays }) => {
    const states = of.sources.get(id)?.states;
    return {
      id,
      trailingDays,
      tellsCharges: tells.includes('charges'),
      ...(states === undefined ? {} : { states }),
    };
  });
}

/** Gaps that lie in the window, judged by the eight weeks before each and by inventories. */
export async function gapsIn(
  ledger: Pick<Ledger, 'billFacts'>,
  window: Period,
  { asOfMs, sources }: Looking,
): Promise<BillGap[]> {
  const span = period(window.startMs - MEMORY_DAYS * DAY_MS, window.endMs);
  const facts = await ledger.billFacts({ window: span, asOfMs, sources });
  return gapsOf(facts, { window, nowMs: asOfMs, sources, trailingDays: TRAILING_DAYS });
}

/** So far back gaps are told outside of audits. */
const LOOK_BACK_DAYS = 92;

export interface Watched {
  readonly config: Config;
  readonly sources: Billing['sources'];
  readonly ledger: Pick<Ledger, 'billFacts' | 'lastRecordedMs'>;
}

/** The time as of which all that is recorded is known; writes nothing, unlike `asOfNow`. */
export async function knownMs(
  ledger: Pick<Ledger, 'lastRecordedMs'>,
  nowMs: number,
): Promise<number> {
  return Math.max(nowMs, await ledger.lastRecordedMs());
}

/** Gaps of the last quarter in the bills of sources that config names. */
export async function openGaps(of: Watched, nowMs: number): Promise<BillGap[]> {
  const asOfMs = await knownMs(of.ledger, nowMs);
  const window = period(dayStartMs(nowMs) - LOOK_BACK_DAYS * DAY_MS, dayStartMs(nowMs));
  const gaps = await gapsIn(of.ledger, window, { asOfMs, sources: billSources(of) });
  const named = new Set([IMPORT_SOURCE, ...of.config.sources.map(({ id }) => id)]);
  return gaps.filter(({ sourceId }) => named.has(sourceId));
}

/** To which rows of files belong unless they say another. */
const IMPORT_SOURCE = 'import';

/** What is missing of the bills of one source. */
export interface SourceGaps {
  readonly source: string;
  /** Days, each once; of a month all. */
  readonly days: number;
  /** Machines that run and are on no bill. */
  readonly resources: number;
  readonly gaps: readonly { readonly says: string; readonly fix: string }[];
}

/** Of every source that tells charges, and of others of which something is missing. */
export async function sourceGaps(of: Watched, nowMs: number): Promise<SourceGaps[]> {
  const all = await openGaps(of, nowMs);
  const told = billSources(of).filter(({ tellsCharges }) => tellsCharges);
  const ids = new Set([...told.map(({ id }) => id), ...all.map(({ sourceId }) => sourceId)]);
  return [...ids].map((source) => {
    const own = all.filter(({ sourceId }) => sourceId === source);
    const days = own.filter(({ unit }) => unit !== 'resource').flatMap(daysOf);
    return {
      source,
      days: new Set(days).size,
      resources: own.filter(({ unit }) => unit === 'resource').length,
      gaps: own.map((gap) => gapText(gapFact(gap), STORED)),
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
