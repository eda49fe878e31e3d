/**
 * Scenario: a one-hour burst over a low base. Three pods at $2.00 around the clock, 800 tokens/s in
 * 23 hours (2.88 Mtok, a third of it prompt), 2,050 at nine in the morning (7.38 Mtok, two thirds
 * prompt). One pod does 3.6 Mtok an hour, so k = 1 leaves 3.78 Mtok of each burst, k = 2 0.18.
 */

import { expect, test } from 'vitest';
import { hour, price, six } from '../economics/stackFixture.ts';
import {
  chatDeployment,
  MTOK,
  optionOf,
  podCharge,
  quarterVerdict,
  usageByHour,
} from './quarterWorld.ts';

const NOON_OF_SEPTEMBER = hour(62 * 24 + 12);

/** $0.60 and $1.20; a quarter more from noon of 1 September on, three hours after its burst. */
const PRICES = [
  price({ host: 'host', input: '0.6', output: '1.2' }),
  price({ host: 'host', input: '0.75', output: '1.5', validFromMs: NOON_OF_SEPTEMBER }),
];

function burst() {
  const pods = ['pod-1', 'pod-2', 'pod-3'].map((resourceId) => podCharge(2, { resourceId }));
  const usage = usageByHour(
    (at) =>
      at.hour === 9
        ? { uncached: 4.92 * MTOK, output: 2.46 * MTOK }
        : { uncached: 0.96 * MTOK, output: 1.92 * MTOK },
    { pods: 3 },
  );
  const resources = [{ sourceId: 'bill', id: 'pod-*' }];
  return quarterVerdict({
    charges: pods,
    prices: PRICES,
    deployments: [chatDeployment({ resources, usage })],
  });
}

test('one pod stays and the bursts overflow: a hybrid with k = 1', () => {
  const { first, audit, costs } = burst();
  expect(first.verdict).toBe('hybrid');
  expect(optionOf(audit, 'hybrid').detail.replicas).toBe(1);
  // A burst hour at $0.80 a million (63 of them), then $1.00 (29); other hours at $1.00 and $1.25.
  // Delete: 62 × $72.144 + ($31.68 + $5.904 + $43.20) + 29 × $90.18.
  // Right-size: 92 × (23 + 3) h × $2.
  expect(costs()).toMatchObject({
    keep: '13248.000000',
    hybrid: '4716.132000',
    'right-size': '4784.000000',
    delete: '7168.932000',
  });
  expect(six(first.savingUsd)).toBe('8531.868000');
});

test('overflow is priced by its own hour and its own mix, not by the mean of the quarter', () => {
  const { audit } = burst();
  // 3.78 Mtok × (63 × $0.80 + 29 × $1.00) = $300.132, two thirds of it prompt.
  expect(optionOf(audit, 'hybrid')).toMatchObject({
    gpuUsd: '4416.000000',
    hostedUsd: '300.132000',
  });
});

test('each k is listed: $4,416 k, and the overflow above it', () => {
  const { audit } = burst();
  // k = 2: 0.18 Mtok × $79.40 = $14.292.
  expect(optionOf(audit, 'hybrid').detail.costUsdByReplicas).toEqual({
    '1': '4716.132000',
    '2': '8846.292000',
    '3': '13248.000000',
    '4': '17664.000000',
  });
});

test('every day has its burst, so hardly any simulation differs', () => {
  const { first } = burst();
  const odds = first.odds.get('hybrid')?.withLabor;
  expect(odds?.probability).toBe(1);
  // The price rose once and stayed: one quarter cannot show for how long. All within 1.5%.
  expect(odds?.low).toBeGreaterThan(8404);
  expect(odds?.high).toBeLessThan(8660);
});
