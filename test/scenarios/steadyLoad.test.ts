/**
 * Scenario: a stack that is worth its cost. One pod at $2.00 (2,208 h, $4,416) that serves 900 of
 * its 1,000 tokens/s day and night, 3.24 Mtok an hour, 7,153.92 in the quarter; the provider
 * charges $1.50.
 */

import { expect, test } from 'vitest';
import { six } from '../economics/stackFixture.ts';
import {
  chatDeployment,
  flatPrice,
  MTOK,
  optionOf,
  engineeringHours,
  podCharge,
  quarterVerdict,
  usageByHour,
} from './quarterWorld.ts';

const LOAD = usageByHour(() => ({ uncached: 2 * MTOK, output: 1.24 * MTOK }));

function steady(hostedUsd = '1.5') {
  return quarterVerdict({
    charges: [podCharge(2)],
    prices: [flatPrice(hostedUsd)],
    deployments: [chatDeployment({ usage: LOAD })],
    labor: engineeringHours({ own: [15, 20, 25], hostedOwn: 5 }),
  });
}

test('it is kept, for $6,416 against $11,230.88, and nothing else is near', () => {
  const { verdict, first, costs } = steady();
  // Keep $4,416 + 20 h × $100; delete 7,153.92 × $1.50 + 5 h × $100.
  expect(costs()).toMatchObject({ keep: '6416.000000', delete: '11230.880000' });
  expect(first).toMatchObject({ verdict: 'keep', withoutLabor: 'keep', subject: 'delete' });
  expect(verdict.stack).toMatchObject({ verdict: 'keep', confidence: 'high' });
  expect(six(verdict.stack.savingUsd)).toBe('0.000000');
});

test('in none of 2,000 simulations is hosting cheaper, and even its best end is a loss', () => {
  const { audit, first } = steady();
  const { probability, low, high } = optionOf(audit, 'delete');
  expect(probability).toBe('0.000000');
  expect(Number(low)).toBeLessThan(-4814.88);
  expect(Number(high)).toBeGreaterThan(-4814.88);
  expect(Number(high)).toBeLessThan(-4000);
  expect(first.odds.get('delete')?.withoutLabor.probability).toBe(0);
});

test('it breaks even at half its load', () => {
  const { printed } = steady();
  // ($6,416 - $500) / $1.50 = 3,944 Mtok of 7,948.8 that one pod can do.
  expect(printed.breakEven).toMatchObject({
    tokens: 3_944_000_000,
    utilization: '0.496176',
    note: null,
  });
  expect(printed.utilization).toBe('0.900000');
});

test('it breaks even at $0.83 hosted, a GPU at $4.18 or 68 hours of labor', () => {
  const { printed, economics } = steady();
  const flips = printed.flips.map(({ input, flipsAt }) => [input, flipsAt]);
  // $5,916 / 7,153.92; ($11,230.88 - $2,000) / 2,208 h; ($11,230.88 - $4,416) / $100.
  expect(Object.fromEntries(flips)).toMatchObject({
    'hosted $/Mtok': '0.826959',
    'GPU $/h': '4.180652',
    'ops hours': '68.148800',
    utilization: '0.496176',
  });
  const [only] = economics.deployments;
  expect(six(only?.breakEven.hostedUsdPerMtok)).toBe('0.826959');
  expect(six(only?.breakEven.gpuUsdPerHour)).toBe('4.180652');
  expect(six(only?.breakEven.opsHours)).toBe('68.148800');
});

test('at the break-even both cost the same; a cent below it hosting would win', () => {
  const { costs } = steady('0.826959');
  // 7,153.92 × $0.826959 = $5,915.998529, beside the $5,916 that keeping costs above labor.
  expect(costs()['delete']).toBe('6415.998529');
  expect(steady('0.5').first.verdict).toBe('delete');
});
