/**
 * Tests a bill against the ledger: four classes, tolerances, parts that sum, errors of estimates.
 */

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { estimateErrors } from '../../src/domain/billIssues.ts';
import { exact, toDecimal } from '../../src/domain/exact.ts';
import { belongsToPeriod, type ComparedTotal, middleMonthMs } from '../../src/domain/invoice.ts';
import { mergePeriods } from '../../src/domain/period.ts';
import {
  type HeldAmount,
  type InvoicedAmount,
  type InvoicedMonth,
  reconcile,
} from '../../src/domain/reconciliation.ts';
import { TOLERANCE } from '../support/tolerance.ts';

const DOLLAR = 1_000_000_000n;
const [JULY, AUGUST, SEPTEMBER] = [6, 7, 8].map((month) => Date.UTC(2026, month, 1)) as [
  number,
  number,
  number,
];

function month(sides: Partial<InvoicedMonth>): InvoicedMonth {
  return {
    sourceId: 'runpod',
    monthMs: JULY,
    spans: [{ startMs: JULY, endMs: AUGUST }],
    invoices: ['INV-7'],
    invoiced: [],
    held: [],
    ...sides,
  };
}

const asked = (nanoUsd: bigint, of: Partial<InvoicedAmount> = {}): InvoicedAmount => ({
  nanoUsd,
  ...of,
});

const held = (nanoUsd: bigint, of: Partial<HeldAmount> = {}): HeldAmount => ({
  resourceId: 'pod-1',
  category: 'compute',
  nanoUsd,
  estimatedNanoUsd: 0n,
  ...of,
});

const resultOf = (sides: Partial<InvoicedMonth>) => {
  const [result] = reconcile({ months: [month(sides)], totals: [] }, TOLERANCE);
  if (result === undefined) throw new Error('one month goes in, one comes out');
  return result;
};

describe('an invoice compared with the ledger', () => {
  test('$100.00 may differ by 0.1%, $1.00 by a cent, and not by a nano-dollar more', () => {
    const match = (bill: bigint, own: bigint) =>
      resultOf({ invoiced: [asked(bill)], held: [held(own)] }).match;
    expect(match(100n * DOLLAR, 99_900_000_000n)).toBe('matched');
    expect(match(100n * DOLLAR, 99_899_999_999n)).toBe('different');
    expect(match(100n * DOLLAR, 100_100_000_000n)).toBe('matched');
    expect(match(DOLLAR, 990_000_000n)).toBe('matched');
    expect(match(DOLLAR, 989_999_999n)).toBe('different');
    expect(match(-DOLLAR, -990_000_000n)).toBe('matched');
    expect(match(-DOLLAR, DOLLAR)).toBe('different');
  });

  test('other currencies are shown beside the dollars, with a sum for each', () => {
    const euros = (cents: bigint, nanoUsd: bigint, of: Partial<InvoicedAmount> = {}) =>
      asked(nanoUsd, { ...of, original: { currency: 'EUR', amount: exact(cents, 100n) } });
    const kroner = { original: { currency: 'DKK', amount: exact(7n) } };
    const pod = { resourceId: 'pod-1' };
    const { billedIn, lines } = resultOf({
      invoiced: [
        euros(150n, 2n * DOLLAR, pod),
        euros(25n, DOLLAR, pod),
        asked(DOLLAR, { ...pod, ...kroner }),
        asked(DOLLAR, { resourceId: 'pod-2' }),
      ],
      held: [held(4n * DOLLAR), held(DOLLAR, { resourceId: 'pod-2' })],
    });
    const summaryOf = (all: typeof billedIn = []) =>
      all.map(({ currency, amount }) => [currency, toDecimal(amount, 2)]);
    const both = [
      ['DKK', '7.00'],
      ['EUR', '1.75'],
    ];
    expect(summaryOf(billedIn)).toEqual(both);
    expect(lines.map((line) => summaryOf(line.billedIn))).toEqual([both, []]);
  });

  test('a month with a charge that waits for an exchange rate is not compared', () => {
    const rate = { currency: 'EUR', monthMs: JULY };
    const original = { currency: 'EUR', amount: exact(1n) };
    const waiting = [{ invoiceId: 'INV-7', original, rate }];
    const months = [month({ invoiced: [asked(DOLLAR)], held: [held(DOLLAR)], waiting })];
    expect(reconcile({ months, totals: [] }, TOLERANCE)).toEqual([]);
  });

  test('what is on one side only is distinguished from what differs', () => {
    expect(resultOf({ invoiced: [asked(5n * DOLLAR)] }).match).toBe('bill only');
    const invoiced = [asked(5n * DOLLAR, { resourceId: 'pod-1' })];
    const own = [held(5n * DOLLAR), held(DOLLAR, { resourceId: 'pod-2' })];
    const { match, lines } = resultOf({ invoiced, held: own });
    expect(match).toBe('different');
    expect(lines.map((line) => [line.resourceId, line.match])).toEqual([
      ['pod-1', 'matched'],
      ['pod-2', 'ours only'],
    ]);
  });

  test('an estimate may be off by 5% of what was estimated, on top of rounding', () => {
    const own = [held(60n * DOLLAR), held(40n * DOLLAR, { estimatedNanoUsd: 40n * DOLLAR })];
    const match = (bill: bigint) => resultOf({ invoiced: [asked(bill)], held: own }).match;
    // $102.00 × 0.1% + $40.00 × 5 % = $2.102.
    expect(match(102_000_000_000n)).toBe('matched');
    expect(match(102_200_000_000n)).toBe('different');
  });

  test('a dimension that one line leaves out is not compared', () => {
    const own = [held(3n * DOLLAR), held(2n * DOLLAR, { resourceId: 'pod-2' })];
    const invoiced = [asked(3n * DOLLAR, { resourceId: 'pod-1' }), asked(2n * DOLLAR)];
    const { lines, match } = resultOf({ invoiced, held: own });
    expect(match).toBe('matched');
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toHaveProperty('resourceId');
  });

  test('a resource may be on the invoice by its name', () => {
    const own = [held(3n * DOLLAR, { resourceName: 'chat-70b-1' })];
    const invoiced = [asked(3n * DOLLAR, { resourceId: 'chat-70b-1', category: 'compute' })];
    const { lines } = resultOf({ invoiced, held: own });
    expect(lines.map((line) => [line.resourceId, line.match])).toEqual([['chat-70b-1', 'matched']]);
  });

  test('money with the wrong resource matches in total and not in its parts', () => {
    const own = [held(3n * DOLLAR, { resourceId: 'pod-2' })];
    const { match, lines } = resultOf({
      invoiced: [asked(3n * DOLLAR, { resourceId: 'pod-1' })],
      held: own,
    });
    expect(match).toBe('matched');
    expect(lines.map((line) => line.match)).toEqual(['bill only', 'ours only']);
  });

  test('whatever the lines, they sum to the month on both sides', () => {
    const name = fc.constantFrom('pod-1', 'pod-2', 'pod-3');
    const category = fc.constantFrom('compute' as const, 'storage' as const);
    const nanoUsd = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });
    const some = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });
    const invoicedOf = ({ resourceId, category: of, nanoUsd: amount }: Entry): InvoicedAmount => ({
      ...(resourceId === undefined ? {} : { resourceId }),
      ...(of === undefined ? {} : { category: of }),
      nanoUsd: amount,
    });
    type Entry = {
      resourceId: string | undefined;
      category: Category | undefined;
      nanoUsd: bigint;
    };
    type Category = 'compute' | 'storage';
    const line = fc.record({ resourceId: some(name), category: some(category), nanoUsd });
    const own = fc.record({ resourceId: name, category, nanoUsd, estimatedNanoUsd: nanoUsd });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1 }), fc.array(own), (invoiced, mine) => {
        const result = resultOf({ invoiced: invoiced.map(invoicedOf), held: mine });
        const total = (amounts: readonly bigint[]) => amounts.reduce((sum, one) => sum + one, 0n);
        const all = total(invoiced.map((one) => one.nanoUsd));
        expect(result.billedNanoUsd).toBe(all);
        expect(total(result.lines.map((one) => one.billedNanoUsd))).toBe(all);
        expect(result.heldNanoUsd).toBe(total(mine.map((one) => one.nanoUsd)));
        expect(total(result.lines.map((one) => one.heldNanoUsd))).toBe(result.heldNanoUsd);
        expect(total(result.lines.map((one) => one.estimatedNanoUsd))).toBe(
          total(mine.map((one) => one.estimatedNanoUsd)),
        );
      }),
    );
  });
});

describe("a provider's own totals", () => {
  const total = (
    days: readonly [number, number],
    sides: readonly [bigint, bigint],
  ): ComparedTotal => ({
    sourceId: 'runpod',
    kind: 'runpod.billing.pods',
    window: { startMs: JULY + days[0] * 86_400_000, endMs: JULY + days[1] * 86_400_000 },
    statedNanoUsd: sides[0],
    ledgerNanoUsd: sides[1],
  });

  test('that match are one sum per month, and no period counts twice', () => {
    const totals = [
      total([0, 10], [10n * DOLLAR, 10n * DOLLAR]),
      total([5, 15], [10n * DOLLAR, 10n * DOLLAR]),
      total([15, 20], [5n * DOLLAR, 5n * DOLLAR]),
      { ...total([15, 20], [DOLLAR, DOLLAR]), kind: 'runpod.billing.volumes' },
    ];
    const [july, ...more] = reconcile({ months: [], totals }, TOLERANCE);
    expect(more).toEqual([]);
    expect(july).toMatchObject({ match: 'matched', billedNanoUsd: 16n * DOLLAR, monthMs: JULY });
  });

  test('that do not match are listed one by one', () => {
    const totals = [
      total([0, 10], [10n * DOLLAR, 9n * DOLLAR]),
      total([10, 20], [10n * DOLLAR, 0n]),
      total([20, 30], [0n, DOLLAR]),
    ];
    const all = reconcile({ months: [], totals }, TOLERANCE);
    expect(all.map(({ match }) => match)).toEqual(['different', 'bill only', 'ours only']);
  });
});

test('an invoice gives a range for estimates, for the estimated part only', () => {
  const estimated = (nano: bigint) => held(nano, { estimatedNanoUsd: nano });
  const months = [
    month({ invoiced: [asked(108n * DOLLAR)], held: [estimated(100n * DOLLAR)] }),
    month({
      monthMs: AUGUST,
      invoiced: [asked(98n * DOLLAR)],
      held: [held(60n * DOLLAR), estimated(40n * DOLLAR)],
    }),
    month({ monthMs: SEPTEMBER, invoiced: [asked(98n * DOLLAR)] }),
    month({ sourceId: 'other', invoiced: [asked(DOLLAR)], held: [held(DOLLAR)] }),
  ];
  const errors = estimateErrors(reconcile({ months, totals: [] }, TOLERANCE));
  expect(
    errors.map(({ low, high, ...each }) => [each, toDecimal(low, 2), toDecimal(high, 2)]),
  ).toEqual([[{ sourceId: 'runpod', months: 2 }, '-0.05', '0.08']]);
});

test('a month in Seattle is the month that contains its middle', () => {
  const span = { startMs: Date.UTC(2026, 6, 1, 7), endMs: Date.UTC(2026, 7, 1, 7) };
  expect(middleMonthMs(span)).toBe(JULY);
  const quarter = { startMs: JULY, endMs: Date.UTC(2026, 9, 1) };
  const of = (monthMs: number, ...spans: readonly (typeof span)[]) =>
    belongsToPeriod({ monthMs, spans }, quarter);
  expect(of(JULY, span)).toBe(true);
  expect(of(SEPTEMBER, { startMs: SEPTEMBER, endMs: Date.UTC(2026, 9, 1, 7) })).toBe(true);
  expect(of(Date.UTC(2026, 9, 1), { startMs: quarter.endMs, endMs: quarter.endMs + 1 })).toBe(
    false,
  );
});

test('spans that touch or overlap are one', () => {
  const span = (startMs: number, endMs: number) => ({ startMs, endMs });
  expect(mergePeriods([span(5, 9), span(0, 3), span(3, 4), span(6, 7)])).toEqual([
    span(0, 4),
    span(5, 9),
  ]);
});
