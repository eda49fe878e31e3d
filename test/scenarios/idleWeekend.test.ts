/**
 * Scenario: a stack that is idle on weekends but paid for. Two pods at $2.00 around the clock (2 ×
 * 2,208 h × $2 = $8,832), 5.4 Mtok in each hour of 66 weekdays (1,584 h, 8,553.6 Mtok), none on 26
 * weekend days (624 h). 1,500 of 2,000 tokens/s are 2 pods at 80 % headroom.
 */

import { expect, test } from 'vitest';
import { decimal, exact } from '../../src/domain/exact.ts';
import { six } from '../economics/stackFixture.ts';
import {
  chatDeployment,
  flatPrice,
  MTOK,
  optionOf,
  podCharge,
  quarterVerdict,
  usageByHour,
} from './quarterWorld.ts';

const PODS = [podCharge(2), podCharge(2, { resourceId: 'pod-2' })];
const LOAD = usageByHour(
  ({ isWeekend }) => (isWeekend ? { busyS: 0 } : { uncached: 3.6 * MTOK, output: 1.8 * MTOK }),
  { pods: 2 },
);

function weekends(usdPerMtok: string, minReplicas: number) {
  return quarterVerdict({
    charges: PODS,
    prices: [flatPrice(usdPerMtok)],
    deployments: [
      chatDeployment({
        resources: [{ sourceId: 'bill', id: 'pod-*' }],
        usage: LOAD,
        rightSize: { headroom: decimal('0.8'), minReplicas },
      }),
    ],
  });
}

test('pods that may be off on weekends are right-sized: 1,584 h × 2 × $2 = $6,336', () => {
  const { first, audit, costs } = weekends('1', 0);
  expect(first).toMatchObject({ verdict: 'right-size', subject: 'right-size' });
  // Hybrid(1) is 2,208 × $2 + 1.8 Mtok × 1,584 × $1 = $7,267.20, hosting all 8,553.6 Mtok × $1.
  expect(costs()).toMatchObject({
    keep: '8832.000000',
    'right-size': '6336.000000',
    hybrid: '7267.200000',
    delete: '8553.600000',
  });
  expect(six(first.savingUsd)).toBe('2496.000000');
  expect(optionOf(audit, 'right-size').detail).toEqual({
    replicaHours: '3168.000000',
    mostReplicas: 2,
    hoursOff: 624,
    weekOff: 'Sat–Sun all day',
    weekOffTimeZone: 'UTC',
    weekOffDetail: { timeZone: 'UTC', spans: [{ from: 120, to: 168 }] },
  });
  expect(audit.stack.steps[0]?.text).toBe(
    'Switch chat off in its 624 paid hours without load, and run at most 2 ' +
      'replicas otherwise. Every week, these include Sat–Sun all day (UTC).',
  );
  expect(audit.stack).toMatchObject({ verdict: 'right-size', bestPlanUsd: '6336.000000' });
});

test('a reader in Paris sees in local time when pods may be off', () => {
  const wall = { timeZone: 'Europe/Paris', offsets: [{ fromMs: 0, aheadMs: 7_200_000 }] };
  const { audit, costs } = quarterVerdict({
    charges: PODS,
    prices: [flatPrice('1')],
    localClock: wall,
    deployments: [
      chatDeployment({
        resources: [{ sourceId: 'bill', id: 'pod-*' }],
        usage: LOAD,
        rightSize: { headroom: decimal('0.8'), minReplicas: 0 },
      }),
    ],
  });
  expect(costs()).toMatchObject({ 'right-size': '6336.000000' });
  expect(optionOf(audit, 'right-size').detail).toMatchObject({
    weekOff: 'Mon 00:00–02:00, Sat 02:00–24:00, Sun all day',
    weekOffTimeZone: 'Europe/Paris',
  });
  expect(audit.stack.steps[0]?.text).toContain('Sun all day (Europe/Paris).');
});

test('the saving of turning off is the idle part of the paid hour, to the cent', () => {
  const { printed, first } = weekends('1', 0);
  // 624 h × 2 pods × $2; at full capacity 8,553.6 Mtok take 2,376 pod-hours, $4,752.
  expect(printed).toMatchObject({
    fullCapacityUsd: '4752.000000',
    underfilledUsd: '1584.000000',
    idleUsd: six(first.savingUsd),
    busyFraction: '0.717391',
    utilization: '0.538043',
  });
});

test('the effective price is that of paid hours, and decides against a provider at $0.90', () => {
  const { economics, printed, audit } = weekends('0.9', 0);
  // $8,832 / 8,553.6 Mtok. By busy hours alone it would be $6,336 / 8,553.6 = 0.740741.
  expect(printed.effectiveUsdPerMtok).toBe('1.032548');
  expect(optionOf(audit, 'delete').savingUsd).toBe('1133.760000');
  // $2 / (1,000 × 99/184 × 3,600 / 1e6), to the last digit.
  const [only] = economics.deployments;
  expect(only?.utilization).toEqual(exact(99n, 184n));
  expect(only?.effectiveUsdPerMtok).toEqual(exact(2n * 184n * 1_000_000n, 1000n * 99n * 3600n));
});

test('one pod that must stay on leaves right-sizing 14.1%, and a provider takes the peaks', () => {
  const { first, costs } = weekends('1', 1);
  // 1,584 h × $4 + 624 h × $2 = $7,584; the hybrid saves 17.7% of $8,832.
  expect(costs()).toMatchObject({ 'right-size': '7584.000000', hybrid: '7267.200000' });
  expect(first).toMatchObject({ verdict: 'hybrid' });
  expect(six(first.savingUsd)).toBe('1564.800000');
});

test('with an expensive provider only those 14.1% are left, too few to act on', () => {
  const { first } = weekends('2', 1);
  expect(first).toMatchObject({ verdict: 'too small to act on', subject: 'right-size' });
  expect(first.reasons[0]).toBe('Changing chat would save $1,248, less than the required $1,325.');
});

test('with a provider at half a dollar all of it goes: 8,553.6 Mtok × $0.50', () => {
  const { first, costs, printed } = weekends('0.5', 0);
  expect(costs()).toMatchObject({ delete: '4276.800000', 'right-size': '6336.000000' });
  expect(first).toMatchObject({ verdict: 'delete' });
  expect(first.odds.get('delete')?.withLabor.probability).toBe(1);
  // Its break-even is the price of the paid hours: $8,832 / 8,553.6 Mtok.
  expect(printed.flips).toContainEqual(
    expect.objectContaining({ input: 'hosted $/Mtok', today: '0.500000', flipsAt: '1.032548' }),
  );
});
