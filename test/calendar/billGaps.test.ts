/**
 * Tests gaps in bills: how inventories refine a source's own schedule, and how a gap is reported.
 */

import { expect, test } from 'vitest';
import type { BillFacts, BillGap, BillInventory } from '../../src/domain/completeness.ts';
import { computeBillGaps, findUnsettledBills } from '../../src/calendar/billGaps.ts';
import { toGapFact, gapTimes } from '../../src/domain/billIssues.ts';
import { gapText } from '../../src/report/copy/bills.ts';
import { STORED_FORMAT } from '../../src/report/locale.ts';
import { DAY_MS, dayText } from '../../src/domain/period.ts';

const resultOf = (gap: BillGap) => gapText(toGapFact(gap), STORED_FORMAT);

const START = Date.UTC(2026, 6, 1);
const day = (n: number) => START + n * DAY_MS;
const all = (count: number, ...but: readonly number[]) =>
  Array.from({ length: count }, (_, n) => n).filter((n) => !but.includes(n));
const daysOf = (ns: readonly number[]) => new Map(ns.map((n) => [day(n), 2_000_000_000n]));
const setOf = (ns: readonly number[]) => new Set(ns.map(day));

const stream = (category: 'compute' | 'storage', ns: readonly number[]) => ({
  sourceId: 'runpod',
  category,
  periodMs: DAY_MS,
  days: daysOf(ns),
});

function inventory(result: Partial<BillInventory>): BillInventory {
  return {
    sourceId: 'runpod',
    isWhole: true,
    answered: setOf(all(40)),
    running: new Set(),
    unsure: new Set(),
    kept: new Set(),
    ...result,
  };
}

const terms = (providesCharges = true) => ({
  window: { startMs: START, endMs: day(40) },
  nowMs: day(40),
  sources: [{ id: 'runpod', trailingDays: 7, providesCharges }],
  trailingDays: 14,
});

const found = (facts: Partial<BillFacts>, providesCharges = true) =>
  computeBillGaps({ streams: [], inventories: [], seen: [], ...facts }, terms(providesCharges));

test('an inventory that answers and lists nothing running explains a day without a bill', () => {
  const streams = [stream('compute', all(40, 20, 21))];
  const missing = (result: Partial<BillInventory>) =>
    found({ streams, inventories: [inventory(result)] }).flatMap(({ atMs }) => atMs);
  expect(missing({})).toEqual([]);
  expect(missing({ running: setOf([20]) })).toEqual([day(20)]);
  expect(missing({ kept: setOf([21]) })).toEqual([day(21)]);
  // It is unknown whether the listed machines are billed, so the inventory does not rule out a gap.
  expect(missing({ unsure: setOf([20]) })).toEqual([day(20)]);
  // It did not answer that day, or does not list all that is billed: the schedule alone decides.
  expect(missing({ answered: setOf(all(40, 21)) })).toEqual([day(21)]);
  expect(missing({ isWhole: false })).toEqual([day(20), day(21)]);
});

test('a category is missing where the source billed others and an inventory listed it', () => {
  const streams = [stream('compute', all(40, 20, 21)), stream('storage', all(40))];
  const [gap, ...more] = found({
    streams,
    inventories: [inventory({ isWhole: false, running: setOf([20]) })],
  });
  expect(more).toEqual([]);
  expect(gap).toMatchObject({
    category: 'compute',
    atMs: [day(20)],
    likelyNanoUsd: 2_000_000_000n,
  });
  expect(gap && resultOf(gap).says).toBe(
    'Source runpod billed no compute on 2026-07-21, although its inventory shows some.',
  );
  // Without an inventory, stopped machines and a missing bill look the same.
  expect(found({ streams })).toEqual([]);
});

test('a running machine that is on no bill is reported once its bill is due', () => {
  const seen = (days: readonly number[], billed?: readonly [number, number]) => ({
    sourceId: 'runpod',
    resourceId: 'pod-7',
    name: 'chat-70b-1',
    days: days.map(day),
    ...(billed && { billedFromMs: day(billed[0]), billedToMs: day(billed[1]) }),
  });
  const streams = [stream('compute', all(40))];
  const saying = (...of: Parameters<typeof seen>) =>
    found({ streams, seen: [seen(...of)] }).map((gap) => resultOf(gap).says);
  expect(saying([3, 4, 5])).toEqual([
    'Resource pod-7 (chat-70b-1) of runpod ran on 2026-07-04 and 2 more days ' +
      'without a charge.',
  ]);
  // Within a day of its charges, on only one day, or not due yet: nothing is wrong.
  expect(saying([3, 4, 5], [4, 4])).toEqual([]);
  expect(saying([3])).toEqual([]);
  expect(saying([38, 39])).toEqual([]);
  expect(saying([3, 10, 11], [3, 4])).toHaveLength(1);
  // A source that provides no charges bills elsewhere.
  expect(found({ seen: [seen([3, 4])] }, false)).toEqual([]);
  expect(found({ seen: [seen([3, 4])] }, true)).toHaveLength(1);
});

test('a weekday that is absent for four weeks while others are billed is a new schedule', () => {
  const saturdays = [24, 31, 38, 45, 52, 59, 66];
  const streams = [stream('compute', all(80, ...saturdays))];
  const [gap] = computeBillGaps(
    { streams, inventories: [], seen: [] },
    { ...terms(), window: { startMs: START, endMs: day(80) }, nowMs: day(80) },
  );
  expect(gap?.atMs).toEqual(saturdays.slice(0, 4).map(day));
});

test('a gap is reported with its period and what to do', () => {
  const streams = [stream('compute', all(40, 20, 22))];
  const [gap] = found({ streams });
  expect(gap && [resultOf(gap).says, gapTimes(gap)]).toEqual([
    'Source runpod billed nothing on 2026-07-21 and 1 more day, although it usually does.',
    ['2026-07-21', '2026-07-23'],
  ]);
  const [stopped] = found({ streams: [stream('compute', all(20))] });
  expect(stopped && resultOf(stopped)).toEqual({
    says: 'Source runpod billed nothing since 2026-07-21 (13 days), although it usually does.',
    fix:
      'Pull or import those charges. If there was nothing to bill, import a charge ' +
      'of 0.00 for that time.',
  });
});

test('each source settles after its own delay', () => {
  const window = { startMs: START, endMs: Date.UTC(2026, 9, 1) };
  const sources = [
    { id: 'runpod', trailingDays: 7, providesCharges: true },
    { id: 'aws', trailingDays: 14, providesCharges: true },
    { id: 'prom', trailingDays: 14, providesCharges: false },
  ];
  const at = (dayOfOctober: number) => ({
    window,
    nowMs: Date.UTC(2026, 9, dayOfOctober, 7),
    sources,
  });
  expect(
    findUnsettledBills(at(5)).map(({ sourceId, fromMs }) => [sourceId, dayText(fromMs)]),
  ).toEqual([
    ['runpod', '2026-09-28'],
    ['aws', '2026-09-21'],
  ]);
  expect(findUnsettledBills(at(9)).map(({ sourceId }) => sourceId)).toEqual(['aws']);
  expect(findUnsettledBills(at(15))).toEqual([]);
});
