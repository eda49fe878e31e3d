/** What a source usually brings and did not: days, months and resources that no charge mentions. */

import { FEWEST_SAMPLES, median, missingDays } from './billRhythm.ts';
import type { ChargeCategory } from './charge.ts';
import { monthEndMs, monthStartMs } from './months.ts';
import { DAY_MS, dayStartMs, type Period } from './period.ts';
import type { StatesByKind } from './uptime.ts';

/** So far back a source's own rhythm is learned. */
export const MEMORY_DAYS = 56;

/** What a source billed of one category. */
export interface BillStream {
  readonly sourceId: string;
  readonly category: ChargeCategory;
  /** How long its shortest charges are; a day where they are shorter. */
  readonly periodMs: number;
  /** Nano-USD by each UTC day that a charge touches, 0 too. */
  readonly days: ReadonlyMap<number, bigint>;
}

/** What inventories of a source told, by UTC day. */
export interface BillInventory {
  readonly sourceId: string;
  /** Whether it knows everything that was billed, and none of that is billed by use alone. */
  readonly isWhole: boolean;
  readonly answered: ReadonlySet<number>;
  /** Days on which a machine was seen in a state that is billed. */
  readonly running: ReadonlySet<number>;
  /** Days on which a machine was seen of which nobody knows whether it is billed. */
  readonly unsure: ReadonlySet<number>;
  /** Days on which a volume was there. */
  readonly kept: ReadonlySet<number>;
}

/** A machine that inventories saw run, and the first and last day that a charge mentions it. */
export interface SeenRunning {
  readonly sourceId: string;
  readonly resourceId: string;
  readonly name: string;
  readonly days: readonly number[];
  readonly billedFromMs?: number;
  readonly billedToMs?: number;
}

export interface BillFacts {
  readonly streams: readonly BillStream[];
  readonly inventories: readonly BillInventory[];
  readonly seen: readonly SeenRunning[];
}

export interface BillSource {
  readonly id: string;
  /** Days after which its bill no longer changes. */
  readonly trailingDays: number;
  readonly tellsCharges: boolean;
  /** What the words of its inventory mean; absent where they say nothing. */
  readonly states?: StatesByKind;
}

export interface BillFactsWish {
  /** Widened to whole days. */
  readonly window: Period;
  /** The ledger's time. */
  readonly asOfMs: number;
  /** What the words of their inventories mean. */
  readonly sources: readonly Pick<BillSource, 'id' | 'states'>[];
}

export interface BillGap {
  readonly sourceId: string;
  readonly unit: 'day' | 'month' | 'resource';
  /** Absent where all of the source is missing. */
  readonly category?: ChargeCategory;
  readonly resourceId?: string;
  readonly name?: string;
  /** First moments of the days, or of the months, in order. */
  readonly atMs: readonly number[];
  /** What they would come to at the source's usual day or month; 0 where that is not known. */
  readonly likelyNanoUsd: bigint;
  /** Nothing came after it. */
  readonly isOngoing: boolean;
}

export interface GapTerms {
  /** Only gaps that lie in it are told. */
  readonly window: Period;
  readonly nowMs: number;
  readonly sources: readonly BillSource[];
  /** Of a source that is not among them. */
  readonly trailingDays: number;
}

/** What bills by the month has no shorter charge. */
const MONTH_MS = 28 * DAY_MS;

/**
 * By source, then by time. A day is missing once its bill no longer changes, where the source had
 * charges on at least 3 of 4 of the last 8 same weekdays (2 at least), and no inventory says that
 * nothing ran. So weekends, new sources, stopped machines and late bills are not missing.
 */
export function gapsOf(facts: BillFacts, terms: GapTerms): BillGap[] {
  const ids = new Set([...facts.streams, ...facts.seen].map(({ sourceId }) => sourceId));
  return [...ids].sort().flatMap((sourceId) => {
    const streams = facts.streams.filter((each) => each.sourceId === sourceId);
    const inventory = facts.inventories.find((each) => each.sourceId === sourceId);
    const source = sourceOf(sourceId, terms);
    const own = { streams, inventory, source, terms };
    const isMonthly = streams.length > 0 && streams.every(({ periodMs }) => periodMs >= MONTH_MS);
    const gaps = isMonthly ? monthGaps(own) : dayGaps(own);
    const seen = facts.seen.filter((each) => each.sourceId === sourceId);
    return [...gaps, ...unmentioned(seen, own, gaps)];
  });
}

function sourceOf(id: string, { sources, trailingDays }: GapTerms): BillSource {
  return sources.find((each) => each.id === id) ?? { id, trailingDays, tellsCharges: false };
}

interface Own {
  readonly streams: readonly BillStream[];
  readonly inventory: BillInventory | undefined;
  readonly source: BillSource;
  readonly terms: GapTerms;
}

/** Whole days of the source; on the others, categories of which an inventory saw something. */
function dayGaps(own: Own): BillGap[] {
  const { inventory } = own;
  const streams = own.streams.filter(({ periodMs }) => periodMs < MONTH_MS);
  if (streams.length === 0) return [];
  const all = sumOf(streams);
  const periodMs = Math.min(...streams.map((each) => each.periodMs));
  const lastMs = lastDueMs(own, periodMs);
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
    return gapIn(own, { atMs: days, of: stream.days, category: stream.category });
  });
  return [...gapIn(own, { atMs: whole, of: all }), ...parts];
}

const NEVER: ReadonlySet<number> = new Set();

/** Days on which an inventory saw what is billed in the category. */
function evidenceOf(category: ChargeCategory, inventory: BillInventory | undefined) {
  if (category === 'compute') return inventory?.running ?? NEVER;
  return category === 'storage' ? (inventory?.kept ?? NEVER) : NEVER;
}

/** The last day of which the bill no longer changes. */
function lastDueMs({ source, terms }: Pick<Own, 'source' | 'terms'>, periodMs: number): number {
  return terms.nowMs - source.trailingDays * DAY_MS - Math.max(periodMs, DAY_MS);
}

function sumOf(streams: readonly BillStream[]): Map<number, bigint> {
  const all = new Map<number, bigint>();
  for (const { days } of streams) {
    for (const [dayMs, nanoUsd] of days) all.set(dayMs, (all.get(dayMs) ?? 0n) + nanoUsd);
  }
  return all;
}

interface Found {
  readonly atMs: readonly number[];
  readonly of: ReadonlyMap<number, bigint>;
  readonly category?: ChargeCategory;
}

/** One gap of those that lie in the window. */
function gapIn({ source, terms }: Own, { atMs: all, of, category }: Found): BillGap[] {
  const atMs = inWindow(all, terms);
  const [first] = atMs;
  if (first === undefined) return [];
  const before = [...of].filter(([at]) => at < first);
  // After a long rest the days before it are the newest.
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

/** A month is missing once it is over and its bill late, where two months before it were billed. */
function monthGaps(own: Own): BillGap[] {
  const { source, terms } = own;
  const all = sumOf(own.streams);
  const months = new Map<number, { days: number; nanoUsd: bigint }>();
  for (const [dayMs, nanoUsd] of all) {
    const month = months.get(monthStartMs(dayMs)) ?? { days: 0, nanoUsd: 0n };
    months.set(monthStartMs(dayMs), month);
    month.days += 1;
    month.nanoUsd += nanoUsd;
  }
  // A month of another time zone reaches a few hours into the next one.
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

/** Seen on one day alone, a machine may have run for seconds. */
const FEWEST_DAYS = 2;

/** Machines that ran on days on which no charge mentions them any more, or not yet. */
function unmentioned(seen: readonly SeenRunning[], own: Own, gaps: readonly BillGap[]): BillGap[] {
  const { source, streams, terms } = own;
  if (streams.length === 0 && !source.tellsCharges) return [];
  const told = new Set(gaps.flatMap(({ atMs, category }) => (category === undefined ? atMs : [])));
  const lastMs = lastDueMs(own, DAY_MS);
  return seen.flatMap(({ days, billedFromMs, billedToMs, ...of }): BillGap[] => {
    const isBilled = (dayMs: number) =>
      billedFromMs !== undefined &&
      billedToMs !== undefined &&
      billedFromMs - DAY_MS <= dayMs &&
      dayMs <= billedToMs + DAY_MS;
    const open = days.filter((dayMs) => dayMs <= lastMs && !isBilled(dayMs) && !told.has(dayMs));
    const atMs = inWindow(open, terms);
    if (atMs.length < FEWEST_DAYS) return [];
    return [{ ...of, unit: 'resource', atMs, likelyNanoUsd: 0n, isOngoing: true }];
  });
}

/** Days of the window of which the bill of a source may still change, at its end. */
export interface Unsettled {
  readonly sourceId: string;
  readonly fromMs: number;
}

/** Sources whose bill of the window is not final: `runpod` from 2026-09-28 on, at October 5. */
export function unsettledAt({
  window,
  nowMs,
  sources,
}: Pick<GapTerms, 'window' | 'nowMs' | 'sources'>): Unsettled[] {
  return sources
    .filter(({ tellsCharges }) => tellsCharges)
    .flatMap(({ id, trailingDays }) => {
      const settledMs = nowMs - trailingDays * DAY_MS;
      const fromMs = Math.max(window.startMs, dayStartMs(settledMs));
      return fromMs < window.endMs ? [{ sourceId: id, fromMs }] : [];
    });
}
