/** In any random world, a missing bill is reported, and nothing else is. */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BillFacts, BillGap } from '../../src/domain/completeness.ts';
import { computeBillGaps } from '../../src/calendar/billGaps.ts';
import { DAY_MS } from '../../src/domain/period.ts';
import { size } from '../support/size.ts';

const RUNS = { numRuns: size({ short: 200, full: 5_000 }) };
/** A Thursday. */
const START = Date.UTC(2026, 0, 1);
const DAYS = 140;
const dayAt = (day: number) => START + day * DAY_MS;

/** A source that bills on some weekdays, from some day on, possibly with idle spells. */
const world = fc.record({
  weekdays: fc.uniqueArray(fc.nat(6), { minLength: 1, maxLength: 7 }),
  bornOn: fc.nat(60),
  trailingDays: fc.nat(20),
  nowOn: fc.integer({ min: 90, max: DAYS }),
  /** Where an inventory reports that nothing ran: from a day on, for so many days. */
  spells: fc.array(fc.record({ from: fc.nat(DAYS), days: fc.integer({ min: 1, max: 40 }) }), {
    maxLength: 3,
  }),
  hasInventory: fc.boolean(),
  usd: fc.integer({ min: 1, max: 1_000 }),
});

type World = typeof world extends fc.Arbitrary<infer W> ? W : never;

function isIdle({ hasInventory, spells }: World, day: number): boolean {
  return hasInventory && spells.some(({ from, days }) => from <= day && day < from + days);
}

/** Days on which a bill should be there. */
function billed(of: World): number[] {
  const { weekdays, bornOn, nowOn } = of;
  return Array.from({ length: nowOn }, (_, day) => day).filter(
    (day) => day >= bornOn && weekdays.includes(day % 7) && !isIdle(of, day),
  );
}

function factsOf(of: World, removed: ReadonlySet<number>): BillFacts {
  const days = billed(of).filter((day) => !removed.has(day));
  if (days.length === 0) return { streams: [], inventories: [], seen: [] };
  const stream = {
    sourceId: 'pods',
    category: 'compute' as const,
    periodMs: DAY_MS,
    days: new Map(days.map((day) => [dayAt(day), BigInt(of.usd)])),
  };
  const all = Array.from({ length: of.nowOn }, (_, day) => day);
  const ran = all.filter((day) => !isIdle(of, day));
  const inventory = {
    sourceId: 'pods',
    isWhole: true,
    answered: new Set(all.map(dayAt)),
    running: new Set(ran.map(dayAt)),
    unsure: new Set<number>(),
    kept: new Set<number>(),
  };
  return { streams: [stream], inventories: of.hasInventory ? [inventory] : [], seen: [] };
}

function gapsIn(of: World, removed: ReadonlySet<number>): BillGap[] {
  const { trailingDays, nowOn } = of;
  return computeBillGaps(factsOf(of, removed), {
    window: { startMs: START, endMs: dayAt(nowOn) },
    nowMs: dayAt(nowOn),
    sources: [{ id: 'pods', trailingDays, providesCharges: true }],
    trailingDays: 14,
  });
}

describe('a source that bills by the day', () => {
  it('is never reported where nothing is missing', () => {
    fc.assert(
      fc.property(world, (of) => {
        expect(gapsIn(of, new Set())).toEqual([]);
      }),
      RUNS,
    );
  });

  it('is reported for each day that is expected, due and absent, and for no other', () => {
    const removal = fc.record({ from: fc.nat(DAYS), days: fc.integer({ min: 1, max: 27 }) });
    fc.assert(
      fc.property(world, removal, (of, { from, days }) => {
        const should = billed(of);
        const lost = should.filter((day) => from <= day && day < from + days);
        const removed = new Set(lost);
        // Expected from its schedule: billed twice before on the same weekday.
        const isKnown = (day: number) =>
          should.filter((one) => one < from && one % 7 === day % 7).length >= 2;
        const isDue = (day: number) => day + 1 + of.trailingDays <= of.nowOn;
        const result = gapsIn(of, removed);
        const wanted = lost.filter((day) => isKnown(day) && isDue(day));
        expect(result.flatMap(({ atMs }) => atMs)).toEqual(wanted.map(dayAt));
        expect(result.map(({ likelyNanoUsd }) => likelyNanoUsd)).toEqual(
          wanted.length === 0 ? [] : [BigInt(of.usd * wanted.length)],
        );
      }),
      RUNS,
    );
  });

  it('stays reported when it has stopped for good', () => {
    fc.assert(
      fc.property(world, fc.integer({ min: 20, max: 60 }), (of, after) => {
        const daily = { ...of, weekdays: [0, 1, 2, 3, 4, 5, 6], hasInventory: false, bornOn: 0 };
        const lost = new Set(billed(daily).filter((day) => day >= after));
        const [gap, ...more] = gapsIn(daily, lost);
        expect(more).toEqual([]);
        expect(gap).toMatchObject({ isOngoing: true });
        expect(gap?.atMs).toHaveLength(daily.nowOn - daily.trailingDays - after);
      }),
      RUNS,
    );
  });
});

describe('a source that bills by the month', () => {
  const monthAt = (month: number) => Date.UTC(2026, month, 1);
  const months = fc.record({
    first: fc.nat(4),
    count: fc.integer({ min: 1, max: 8 }),
    lost: fc.nat(12),
    lateDays: fc.integer({ min: -20, max: 40 }),
    trailingDays: fc.nat(20),
    zoneHours: fc.integer({ min: -12, max: 14 }),
  });

  it('is reported for a month that is over, due and absent, and for nothing else', () => {
    fc.assert(
      fc.property(months, ({ first, count, lost, lateDays, trailingDays, zoneHours }) => {
        const all = Array.from({ length: count }, (_, at) => first + at);
        const days = new Map<number, bigint>();
        for (const month of all.filter((one) => one !== lost)) {
          // In a time zone a month extends into another UTC month.
          const shiftMs = zoneHours * 3_600_000;
          const [from, to] = [monthAt(month) + shiftMs, monthAt(month + 1) + shiftMs];
          for (let at = Math.floor(from / DAY_MS) * DAY_MS; at < to; at += DAY_MS) days.set(at, 5n);
        }
        const nowMs = monthAt(first + count) + lateDays * DAY_MS;
        const stream = { sourceId: 'acme', category: 'compute' as const, days };
        const result = computeBillGaps(
          {
            streams: days.size === 0 ? [] : [{ ...stream, periodMs: 28 * DAY_MS }],
            inventories: [],
            seen: [],
          },
          {
            window: { startMs: monthAt(0), endMs: nowMs },
            nowMs,
            sources: [],
            trailingDays,
          },
        );
        const isDue = (month: number) => monthAt(month + 1) + trailingDays * DAY_MS <= nowMs;
        const there = (month: number) => month >= first && month < first + count && month !== lost;
        const wanted = Array.from({ length: 24 }, (_, month) => month).filter(
          (month) =>
            isDue(month) &&
            !there(month) &&
            all.filter(there).filter((one) => one < month).length >= 2,
        );
        expect(result.flatMap(({ atMs }) => atMs)).toEqual(wanted.map(monthAt));
      }),
      RUNS,
    );
  });
});
