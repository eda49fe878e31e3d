/**
 * Scenario: a reserved pod. $2.00 an hour (2,208 h, $4,416), committed at $1,472 a month, for
 * traffic that a provider serves for a tenth: 1 Mtok an hour at $0.20, $441.60.
 */

import { expect, test } from 'vitest';
import { money, six } from '../economics/stackFixture.ts';
import {
  chatDeployment,
  flatPrice,
  MTOK,
  optionOf,
  podCharge,
  quarterVerdict,
  usageByHour,
} from './quarterWorld.ts';

const LOAD = usageByHour(() => ({ uncached: MTOK }));
const DAY_MS = 86_400_000;

function reserved(terms?: { untilMs?: number; noticeMs?: number }) {
  return quarterVerdict({
    charges: [podCharge(2, { pricingClass: 'reserved' })],
    prices: [flatPrice('0.2')],
    deployments: [chatDeployment({ usage: LOAD })],
    commitments: terms ? [{ sourceId: 'bill', usdPerMonth: money('1472'), ...terms }] : [],
  });
}

test('while it is committed leaving does not pay, though hosting costs a tenth', () => {
  const { first, audit, costs } = reserved({ untilMs: Date.UTC(2027, 6, 1) });
  // $441.60 and three months of $1,472 that stay committed in the next quarter.
  expect(optionOf(audit, 'delete')).toMatchObject({
    hostedUsd: '441.600000',
    strandedUsd: '4416.000000',
    costUsd: '4857.600000',
    probability: '0.000000',
  });
  expect(costs()).toMatchObject({ keep: '4416.000000', hybrid: '4416.000000' });
  expect(first.verdict).toBe('keep');
});

test('the commitment is listed month by month to its end', () => {
  const { economics } = reserved({ untilMs: Date.UTC(2027, 6, 1) });
  const [owed] = economics.commitments;
  expect(owed?.months.map(({ usd }) => six(usd))).toEqual(
    Array.from({ length: 9 }, () => '1472.000000'),
  );
  expect(six(owed?.owedUsd)).toBe('4416.000000');
});

test('the same pod is deleted where nothing is committed beyond the quarter', () => {
  for (const terms of [undefined, { untilMs: Date.UTC(2026, 9, 1) }]) {
    const { first } = reserved(terms);
    expect(first.verdict).toBe('delete');
    // $4,416 - $441.60.
    expect(six(first.savingUsd)).toBe('3974.400000');
  }
});

test('a notice of 61 days leaves two months committed, and deleting still pays', () => {
  const { first, audit } = reserved({ noticeMs: 61 * DAY_MS });
  expect(optionOf(audit, 'delete').strandedUsd).toBe('2944.000000');
  // $4,416 - $441.60 - $2,944 is 23.3%.
  expect(first.verdict).toBe('delete');
  expect(six(first.savingUsd)).toBe('1030.400000');
});

test('a notice of 92 days is the whole next quarter, and deleting does not pay', () => {
  const { first } = reserved({ untilMs: Date.UTC(2026, 9, 1), noticeMs: 92 * DAY_MS });
  expect(first.verdict).toBe('keep');
  expect(first.reasons[0]).toContain('would cost $4,858, $442 more.');
});

test('a contract that ends in the middle of a month is committed to that day', () => {
  const { audit } = reserved({ untilMs: Date.UTC(2026, 9, 1) + 15.5 * DAY_MS });
  // Half of October.
  expect(optionOf(audit, 'delete').strandedUsd).toBe('736.000000');
});

test('of two reserved pods, turning off the second saves nothing while it is committed', () => {
  const two = (untilMs: number) =>
    quarterVerdict({
      charges: ['pod-1', 'pod-2'].map((resourceId) => podCharge(2, { resourceId })),
      prices: [flatPrice('9')],
      deployments: [
        chatDeployment({
          usage: usageByHour(() => ({ uncached: MTOK }), { pods: 2 }),
          resources: [{ sourceId: 'bill', id: 'pod-*' }],
        }),
      ],
      commitments: [{ sourceId: 'bill', usdPerMonth: money('2944'), untilMs }],
    });
  const owed = two(Date.UTC(2027, 6, 1));
  // $4,416 of pods and as much that stays committed of $8,832.
  expect(optionOf(owed.audit, 'right-size')).toMatchObject({
    gpuUsd: '4416.000000',
    strandedUsd: '4416.000000',
  });
  expect(owed.first.verdict).toBe('keep');
  expect(two(Date.UTC(2026, 9, 1)).first.verdict).toBe('right-size');
});
