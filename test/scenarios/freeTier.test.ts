/** Scenario: a free provider. One pod at $2.00 ($4,416), 2 Mtok an hour, 4,416 in all. */

import { expect, test } from 'vitest';
import { six } from '../economics/stackFixture.ts';
import {
  chatDeployment,
  flatPrice,
  MTOK,
  noFee,
  podCharge,
  quarterVerdict,
  usageByHour,
} from './quarterWorld.ts';

const GRATIS = flatPrice('0', { host: 'gratis', free: true });
const EXPENSIVE = flatPrice('2', { host: 'dear' });
const LOAD = usageByHour(() => ({ uncached: 2 * MTOK }));

function tiers(allowFree: boolean, prices = [GRATIS, EXPENSIVE]) {
  const hosted = noFee({ allowFree });
  return quarterVerdict({
    charges: [podCharge(2)],
    prices,
    deployments: [chatDeployment({ usage: LOAD, hosted })],
  });
}

test('a free tier is never what the pod is compared with', () => {
  const { first, printed, costs } = tiers(false);
  expect(first.verdict).toBe('keep');
  expect(costs()['delete']).toBe('8832.000000');
  expect(printed.hosted).toMatchObject({ host: 'dear', cheapestUsd: '8832.000000' });
  expect(printed.hosted?.considered).toMatchObject([
    { host: 'dear', reason: null },
    { host: 'gratis', costUsd: null, reason: 'free tiers do not count' },
  ]);
});

test('nor is a price of zero that is not marked as free', () => {
  const { first } = tiers(false, [flatPrice('0', { host: 'gratis' }), EXPENSIVE]);
  expect(first.verdict).toBe('keep');
});

test('where only a free tier is known there is not enough evidence', () => {
  const { first, costs } = tiers(false, [GRATIS]);
  expect(first.verdict).toBe('not enough evidence');
  expect(first.missing[0]).toContain('gratis (free tiers do not count)');
  expect(costs()['delete']).toBeNull();
});

test('where it is allowed the verdict changes, and names the free provider it is based on', () => {
  const { first, printed, verdict } = tiers(true);
  expect(first.verdict).toBe('delete');
  expect(six(first.savingUsd)).toBe('4416.000000');
  expect(printed.hosted).toMatchObject({ host: 'gratis', costUsd: '0.000000' });
  expect(first.reasons.join(' ')).toContain('The provider gratis serves chat for free');
  expect(verdict.stack.verdict).toBe('delete');
});
