/**
 * Scenario: a hosted price doubles on the 16th. One pod at $2.00 ($4,416), 3 Mtok an hour, $0.50
 * per million for 46 days and $1.00 for the other 46: $1,656 + $3,312 = $4,968.
 */

import { expect, test } from 'vitest';
import { period } from '../../src/domain/period.ts';
import { hour } from '../economics/stackFixture.ts';
import {
  chatDeployment,
  flatPrice,
  QUARTER_HOURS,
  MTOK,
  podCharge,
  QUARTER,
  quarterVerdict,
  usageByHour,
} from './quarterWorld.ts';

const BEFORE = flatPrice('0.5');
const RISE = flatPrice('1', { validFromMs: hour(46 * 24) });

function world(prices = [BEFORE, RISE], window = QUARTER) {
  const days = (window.endMs - window.startMs) / 86_400_000;
  const usage = usageByHour(() => ({ uncached: 2 * MTOK, output: MTOK }), { days });
  return quarterVerdict({
    window,
    charges: [podCharge(2)],
    prices,
    deployments: [chatDeployment({ usage })],
  });
}

test('each day is bought at its own price, so the pod is kept', () => {
  const { first, printed, costs } = world();
  expect(costs()).toMatchObject({ keep: '4416.000000', delete: '4968.000000' });
  expect(printed.hosted).toMatchObject({ costUsd: '4968.000000', usdPerMtok: '0.750000' });
  expect(first).toMatchObject({ verdict: 'keep', withoutLabor: 'keep' });
  expect(first.odds.get('delete')?.withLabor.probability).toBeLessThan(0.5);
});

test('at either price alone the answer would differ, or be much clearer', () => {
  // 6,624 Mtok at $0.50 are $3,312, 25% less; at today's $1.00 they would be $6,624.
  expect(world([BEFORE]).first).toMatchObject({ verdict: 'delete' });
  expect(world([BEFORE]).costs()['delete']).toBe('3312.000000');
  expect(world([flatPrice('1')]).costs()['delete']).toBe('6624.000000');
});

test('the half that ended before the rise is not affected by it', () => {
  const { costs, first } = world([BEFORE, RISE], period(hour(0), hour(46 * 24)));
  expect(costs()).toMatchObject({ keep: '2208.000000', delete: '1656.000000' });
  // $552 is 25%, but below $1,000.
  expect(first.verdict).toBe('too small to act on');
});

test('a rise at six in the morning costs the hours after it, not the day', () => {
  const { costs } = world([BEFORE, flatPrice('1', { validFromMs: hour(46 * 24 + 6) })]);
  // Six hours of 3 Mtok at half a dollar less.
  expect(costs()['delete']).toBe('4959.000000');
});

test('a price from October on never changes what September cost', () => {
  const later = flatPrice('0.01', { validFromMs: hour(QUARTER_HOURS) });
  const { audit } = world([BEFORE, RISE, later]);
  const { audit: then } = world();
  expect(audit.deployments[0]).toEqual(then.deployments[0]);
  expect(audit.stack.verdict).toBe('keep');
});

test('the forecast sees the price rise, and leaves the past as it was', () => {
  const { audit } = world();
  const { outlook } = audit.stack;
  expect(Number(outlook?.withTrend?.hostedPricePerWeek)).toBeGreaterThan(0);
  expect(outlook).toMatchObject({ asLast: { base: '0.000000' }, flipsOn: null });
  expect(audit.deployments[0]?.hosted?.costUsd).toBe('4968.000000');
});

test('a provider that is a ninth cheaper would turn it: $4,416 for 6,624 Mtok', () => {
  const { printed } = world();
  expect(printed.flips).toContainEqual(
    expect.objectContaining({
      input: 'hosted $/Mtok',
      today: '0.750000',
      flipsAt: '0.666667',
      change: '-0.111111',
    }),
  );
});
