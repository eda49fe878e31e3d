/** Finds days, months and resources whose bill was due, by the usual billing, and is missing. */

import type { ChargeCategory } from '../domain/charge.ts';
import type {
  BillFacts,
  BillGap,
  BillInventory,
  BillSource,
  BillStream,
  SeenRunning,
} from '../domain/completeness.ts';
import { DAY_MS, dayStartMs, monthEndMs, monthStartMs, type Period } from '../domain/period.ts';

/** Days of history used to learn a source's usual billing. */
export const MEMORY_DAYS = 56;

export interface GapTerms {
  /** Only gaps inside it are returned. */
  readonly window: Period;
  readonly nowMs: number;
  readonly sources: readonly BillSource[];
  /** For a source not in `sources`. */
  readonly trailingDays: number;
}

/** A source that bills monthly has no shorter charges. */
const MONTH_MS = 28 * DAY_MS;

/**
 * Billing gaps, by source, then by time. A day is missing under three conditions. Its bill is
 * final. The source had charges on at least 3 of 4 of the last 8 same weekdays (at least 2). No
 * inventory shows that it was idle. Weekends, new sources, stopped resources and late bills are
 * therefore not missing.
 */
export function computeBillGaps(facts: BillFacts, terms: GapTerms): BillGap[] {
  const ids = new Set([...facts.streams, ...facts.seen].map(({ sourceId }) => sourceId));
  return [...ids].sort().flatMap((sourceId) => {
    const streams = facts.streams.filter((each) => each.sourceId === sourceId);
    const inventory = facts.inventories.find((each) => each.sourceId === sourceId);
    const source = sourceOf(sourceId, terms);
    const context = { streams, inventory, source, terms };
    const isMonthly = streams.length > 0 && streams.every(({ periodMs }) => periodMs >= MONTH_MS);
    const gaps = isMonthly ? monthGaps(context) : dayGaps(context);
    const seen = facts.seen.filter((each) => each.sourceId === sourceId);
    return [...gaps, ...unmentioned(seen, context, gaps)];
  });
}

function sourceOf(id: string, { sources, trailingDays }: GapTerms): BillSource {
  return sources.find((each) => each.id === id) ?? { id, trailingDays, providesCharges: false };
}

interface SourceContext {
  readonly streams: readonly BillStream[];
  readonly inventory: BillInventory | undefined;
  readonly source: BillSource;
  readonly terms: GapTerms;
}

/**
 * Days without any charge; on the other days, categories for which an inventory listed something.
 */
function dayGaps(context: SourceContext): BillGap[] {
  const { inventory } = context;
  const streams = context.streams.filter(({ periodMs }) => periodMs < MONTH_MS);
  if (streams.length === 0) return [];
  const all = sumOf(streams);
  const periodMs = Math.min(...streams.map((each) => each.periodMs));
  const lastMs = lastDueMs(context, periodMs);
  const isIdle = (dayMs: number) =>
    inventory !== undefined &&
    inventory.isWhole &&
    inventory.answered.has(dayMs) &&
    !inventory.running.has(dayMs) &&
    !inventory.unsure.has(dayMs) &&
    !inventory.kept.has(dayMs);
  const whole = missingDays(all, { lastMs, isExcused: isIdle });
  const parts = streams.flatMap((stream) => {
    const seenOn = evidenceOf(stream.category, inventory);
    const isExcused = (dayMs: number) => !all.has(dayMs) || !seenOn.has(dayMs);
    const days = missingDays(stream.days, { lastMs, isExcused });
    return gapIn(context, { atMs: days, of: stream.days, category: stream.category });
  });
  return [...gapIn(context, { atMs: whole, of: all }), ...parts];
}

const NEVER: ReadonlySet<number> = new Set();

/** Days on which an inventory listed something billed in the category. */
function evidenceOf(category: ChargeCategory, inventory: BillInventory | undefined) {
  if (category === 'compute') return inventory?.running ?? NEVER;
  return category === 'storage' ? (inventory?.kept ?? NEVER) : NEVER;
}

/** The last day whose bill no longer changes. */
function lastDueMs(
  { source, terms }: Pick<SourceContext, 'source' | 'terms'>,
  periodMs: number,
): number {
  return terms.nowMs - source.trailingDays * DAY_MS - Math.max(periodMs, DAY_MS);
}

function sumOf(streams: readonly BillStream[]): Map<number, bigint> {
  const all = new Map<number, bigint>();
  for (const { days } of streams) {
    for (const [dayMs, nanoUsd] of days) all.set(dayMs, (all.get(dayMs) ?? 0n) + nanoUsd);
  }
  return all;
}

interface MissingDays {
  readonly atMs: readonly number[];
  readonly of: ReadonlyMap<number, bigint>;
  readonly category?: ChargeCategory;
}

/** One gap of the days inside the period. */
function gapIn(
  { source, terms }: SourceContext,
  { atMs: all, of, category }: MissingDays,
): BillGap[] {
  const atMs = inWindow(all, terms);
  const [first] = atMs;
  if (first === undefined) return [];
  const before = [...of].filter(([at]) => at < first);
  // After a long pause the days before it are the newest.
  const recent = before.filter(([at]) => at >= first - MEMORY_DAYS * DAY_MS);
  const usual = median((recent.length > 0 ? recent : before).map(([, nanoUsd]) => nanoUsd));
  return [
    {
      sourceId: source.id,
      unit: 'day',
      ...(category === undefined ? {} : { category }),
      atMs,
      likelyNanoUsd: usual * BigInt(atMs.length),
      isOngoing: ![...of.keys()].some((at) => at > (atMs.at(-1) ?? first)),
    },
  ];
}

/**
 * A month counts as missing once its bill is final, if at least two months before it were billed.
 */
function monthGaps(context: SourceContext): BillGap[] {
  const { source, terms } = context;
  const all = sumOf(context.streams);
  const months = new Map<number, { days: number; nanoUsd: bigint }>();
  for (const [dayMs, nanoUsd] of all) {
    const month = months.get(monthStartMs(dayMs)) ?? { days: 0, nanoUsd: 0n };
    months.set(monthStartMs(dayMs), month);
    month.days += 1;
    month.nanoUsd += nanoUsd;
  }
  // A month in another time zone extends a few hours into the next one.
  const isBilled = (monthMs: number) => (months.get(monthMs)?.days ?? 0) >= HALF_A_MONTH;
  const billed: number[] = [];
  const missing: number[] = [];
  const dueMs = terms.nowMs - source.trailingDays * DAY_MS;
  let monthMs = Math.min(...months.keys());
  for (let nextMs = monthEndMs(monthMs); nextMs <= dueMs; nextMs = monthEndMs(monthMs)) {
    if (isBilled(monthMs)) billed.push(monthMs);
    else if (billed.length >= FEWEST_SAMPLES) missing.push(monthMs);
    monthMs = nextMs;
  }
  const atMs = inWindow(missing, terms);
  if (atMs.length === 0) return [];
  const usual = median(billed.map((at) => months.get(at)?.nanoUsd ?? 0n));
  const likelyNanoUsd = usual * BigInt(atMs.length);
  const isOngoing = !billed.some((at) => at > (atMs.at(-1) ?? 0));
  return [{ sourceId: source.id, unit: 'month', atMs, likelyNanoUsd, isOngoing }];
}

const HALF_A_MONTH = 14;

function inWindow(atMs: readonly number[], { window }: GapTerms): number[] {
  return atMs.filter((at) => window.startMs <= at && at < window.endMs);
}

/** A resource seen on one day only may have run for seconds. */
const FEWEST_DAYS = 2;

/** Resources that ran on days outside the days on which charges name them. */
function unmentioned(
  seen: readonly SeenRunning[],
  context: SourceContext,
  gaps: readonly BillGap[],
): BillGap[] {
  const { source, streams, terms } = context;
  if (streams.length === 0 && !source.providesCharges) return [];
  const reported = new Set(
    gaps.flatMap(({ atMs, category }) => (category === undefined ? atMs : [])),
  );
  const lastMs = lastDueMs(context, DAY_MS);
  return seen.flatMap(({ days, billedFromMs, billedToMs, ...of }): BillGap[] => {
    const isBilled = (dayMs: number) =>
      billedFromMs !== undefined &&
      billedToMs !== undefined &&
      billedFromMs - DAY_MS <= dayMs &&
      dayMs <= billedToMs + DAY_MS;
    const open = days.filter(
      (dayMs) => dayMs <= lastMs && !isBilled(dayMs) && !reported.has(dayMs),
    );
    const atMs = inWindow(open, terms);
    if (atMs.length < FEWEST_DAYS) return [];
    return [{ ...of, unit: 'resource', atMs, likelyNanoUsd: 0n, isOngoing: true }];
  });
}

/** The last days of the period, on which a source's bill may still change. */
export interface UnsettledBill {
  readonly sourceId: string;
  readonly fromMs: number;
}

/** Sources whose bill for the period is not final: on October 5, `runpod` from 2026-09-28. */
export function findUnsettledBills({
  window,
  nowMs,
  sources,
}: Pick<GapTerms, 'window' | 'nowMs' | 'sources'>): UnsettledBill[] {
  return sources
    .filter(({ providesCharges }) => providesCharges)
    .flatMap(({ id, trailingDays }) => {
      const settledMs = nowMs - trailingDays * DAY_MS;
      const fromMs = Math.max(window.startMs, dayStartMs(settledMs));
      return fromMs < window.endMs ? [{ sourceId: id, fromMs }] : [];
    });
}

const SAMPLES = 8;
/** Fewest samples: days on the same weekday, or months. */
const FEWEST_SAMPLES = 2;
/**
 * After this many weeks without charges, while other days have some, a weekday no longer counts as
 * usual.
 */
const WEEKS_TO_FORGET = 4;

interface MissingDayOptions {
  readonly lastMs: number;
  readonly isExcused: (dayMs: number) => boolean;
}

/**
 * Days on which charges were expected and are missing. A missing day is not a sample, so a source
 * that stopped stays missing.
 */
function missingDays(
  days: ReadonlyMap<number, bigint>,
  { lastMs, isExcused }: MissingDayOptions,
): number[] {
  const missing: number[] = [];
  const weekdays = Array.from({ length: 7 }, () => ({ samples: [] as boolean[], missed: 0 }));
  const firstMs = Math.min(...days.keys());
  for (let dayMs = firstMs; dayMs <= lastMs; dayMs += DAY_MS) {
    const weekday = weekdays[(dayMs / DAY_MS) % 7];
    if (weekday === undefined) continue;
    if (days.has(dayMs)) {
      weekday.samples.push(true);
      weekday.missed = 0;
      continue;
    }
    if (isExcused(dayMs)) continue;
    const isMissing = isExpected(weekday.samples) && weekday.missed < WEEKS_TO_FORGET;
    if (isMissing) missing.push(dayMs);
    else weekday.samples.push(false);
    if (isMissing && isAlive(days, dayMs)) weekday.missed += 1;
  }
  return missing;
}

function isExpected(samples: readonly boolean[]): boolean {
  const recent = samples.slice(-SAMPLES);
  const present = recent.filter((isThere) => isThere).length;
  return recent.length >= FEWEST_SAMPLES && present * 4 >= recent.length * 3;
}

/** Whether any charge exists within three days before or after. */
function isAlive(days: ReadonlyMap<number, bigint>, dayMs: number): boolean {
  return [-3, -2, -1, 1, 2, 3].some((offset) => days.has(dayMs + offset * DAY_MS));
}

/** The median; of an even number, the lower of the two middle ones. Of 1, 2 and 9 it is 2. */
function median(amounts: readonly bigint[]): bigint {
  const sorted = amounts.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0n;
}
