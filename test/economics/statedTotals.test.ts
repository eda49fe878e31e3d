/** Tests the totals that providers state against the charges, all totals in one pass. */

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { period } from '../../src/domain/period.ts';
import { nanoUsd } from '../../src/domain/money.ts';
import type { StatedScope, StatedTotal } from '../../src/domain/invoice.ts';
import { totalsKeeper, type FetchedCharge } from '../../src/economics/bill/compareTotals.ts';
import { hour } from './stackFixture.ts';

const PODS: StatedScope = { keyPrefix: 'pod/' };

interface Line {
  readonly key?: string;
  readonly sourceId?: string;
  readonly fetchRef?: number;
  readonly hours: readonly [number, number];
  readonly nano: bigint;
}

function line({
  key = 'pod/a',
  sourceId = 'bill',
  fetchRef = 1,
  hours,
  nano,
}: Line): FetchedCharge {
  const [from, to] = hours;
  return {
    sourceId,
    key,
    fetchRef,
    period: period(hour(from), hour(to)),
    billed: nanoUsd(nano),
  };
}

function total(from: number, to: number, of: StatedScope = PODS): StatedTotal {
  const window = period(hour(from), hour(to));
  return { sourceId: 'bill', kind: 'bill.pods', window, statedNanoUsd: 0n, of };
}

function sumsOf(totals: readonly StatedTotal[], charges: readonly FetchedCharge[]): bigint[] {
  const keeper = totalsKeeper(totals);
  for (const charge of charges) keeper.add(charge);
  return keeper.close().map(({ ledgerNanoUsd }) => ledgerNanoUsd);
}

describe('a stated total', () => {
  test('is compared with the charges of its source and keys within its window', () => {
    const charges = [
      line({ hours: [0, 1], nano: 5_000n }),
      line({ hours: [23, 24], nano: 7_000n }),
      line({ hours: [24, 25], nano: 100_000n }),
      line({ hours: [0, 1], nano: 200_000n, key: 'endpoint/a' }),
      line({ hours: [0, 1], nano: 300_000n, sourceId: 'other' }),
    ];
    expect(sumsOf([total(0, 24)], charges)).toEqual([12_000n]);
  });

  test('takes from a charge for two days the part of its own day', () => {
    const charges = [line({ hours: [0, 48], nano: 4_000_000_000n })];
    expect(sumsOf([total(0, 24), total(0, 12), total(0, 48)], charges)).toEqual([
      2_000_000_000n,
      1_000_000_000n,
      4_000_000_000n,
    ]);
  });

  test('counts a charge for each window that holds it: an hour, its day and its month', () => {
    const charges = [line({ hours: [5, 6], nano: 9n }), line({ hours: [6, 7], nano: 1n })];
    expect(sumsOf([total(5, 6), total(0, 24), total(0, 720), total(7, 9)], charges)).toEqual([
      9n,
      10n,
      10n,
      0n,
    ]);
  });

  test('without keys is compared with the charges of its kind of answer', () => {
    const of = { fetchRefs: new Set([3, 4]) };
    const charges = [1, 3, 4].map((fetchRef) =>
      line({ hours: [0, 1], nano: BigInt(10 ** fetchRef), fetchRef }),
    );
    expect(sumsOf([total(0, 24, of)], charges)).toEqual([11_000n]);
  });
});

test('all totals in one pass equal each of them alone, in any order', () => {
  const span = fc
    .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 40 }))
    .map(([from, length]): [number, number] => [from, from + length]);
  const keys = fc.constantFrom('pod/a', 'pod/b', 'endpoint/c');
  const lines = fc.record({ key: keys, hours: span, nano: fc.bigInt(-(10n ** 12n), 10n ** 12n) });
  const worlds = fc.record({
    windows: fc.array(span, { minLength: 1, maxLength: 8 }),
    lines: fc.array(lines, { maxLength: 30 }),
  });
  fc.assert(
    fc.property(worlds, (world) => {
      const totals = world.windows.map(([from, to]) => total(from, to));
      const charges = world.lines.map(line);
      const sums = sumsOf(totals, charges);
      expect(sumsOf(totals, charges.toReversed())).toEqual(sums);
      for (const [at, window] of world.windows.entries()) {
        const off = Number((sums[at] ?? 10n ** 15n) - byHand(window, world.lines));
        // Each divided charge is rounded by less than a thousandth of a cent.
        const cut = world.lines.filter((each) => isCut(each, window)).length;
        expect(Math.abs(off)).toBeLessThan(1_000 * cut + 1);
      }
    }),
  );
});

interface Drawn {
  readonly key: string;
  readonly hours: readonly [number, number];
  readonly nano: bigint;
}

function isCut({ hours: [from, to] }: Drawn, [start, end]: readonly [number, number]): boolean {
  return from < end && to > start && (from < start || to > end);
}

/** Hour by hour; a share is rounded down. */
function byHand([start, end]: readonly [number, number], lines: readonly Drawn[]): bigint {
  let sum = 0n;
  for (const {
    key,
    hours: [from, to],
    nano,
  } of lines) {
    let inside = 0;
    for (let at = from; at < to; at += 1) if (at >= start && at < end) inside += 1;
    if (key.startsWith('pod/')) sum += (nano * BigInt(inside)) / BigInt(to - from);
  }
  return sum;
}
