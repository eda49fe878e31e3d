/**
 * Scenario: two deployments that pay off only when both are deleted. Each a pod at $2.00 ($4,416)
 * whose tokens a provider sells for $5,000, and 100 hours at $100 for self-hosting anything, 10 for
 * any provider.
 */

import { expect, test } from 'vitest';
import type { Waiver } from '../../src/economics/input.ts';
import { hour, six } from '../economics/stackFixture.ts';
import {
  chatDeployment,
  flatPrice,
  QUARTER_HOURS,
  MTOK,
  engineeringHours,
  picksOf,
  podCharge,
  quarterVerdict,
  usageByHour,
} from './quarterWorld.ts';

const LABOR = engineeringHours({ fixed: [90, 100, 120], hostedFixed: 10 });
/** 2,000 Mtok in the first 2,000 hours, at $2.50. */
const LOAD = usageByHour((at) => ({ uncached: at.day * 24 + at.hour < 2000 ? MTOK : 0 }));

function pair(waiver?: Waiver, labor = LABOR) {
  const deployments = ['one', 'two'].map((id) =>
    chatDeployment({
      id,
      usage: LOAD,
      resources: [{ sourceId: 'bill', id }],
      ...(waiver === undefined || id === 'two' ? {} : { waiver }),
    }),
  );
  const charges = ['one', 'two'].map((resourceId) => podCharge(2, { resourceId }));
  return quarterVerdict({ charges, prices: [flatPrice('2.5')], deployments, labor });
}

test('alone each is cheaper kept, together both are cheaper deleted', () => {
  const { verdict, audit, costs } = pair();
  expect(costs(0)).toMatchObject({ keep: '4416.000000', delete: '5000.000000' });
  expect(verdict.deployments.map(({ decided }) => decided)).toEqual([
    { option: 'delete', because: 'with-the-plan', alone: 'keep' },
    { option: 'delete', because: 'with-the-plan', alone: 'keep' },
  ]);
  expect(verdict.deployments.map((each) => each.verdict)).toEqual(['delete', 'delete']);
  expect(verdict.stack.verdict).toBe('delete');
  expect(picksOf(audit)).toEqual(['delete', 'delete']);
  // 2 × $4,416 + $10,000 against 2 × $5,000 + $1,000.
  expect(audit.stack).toMatchObject({ keepUsd: '18832.000000', bestPlanUsd: '11000.000000' });
  expect(six(verdict.stack.savingUsd)).toBe('7832.000000');
  // For twelve weeks hosting costs more, then the load ends; its return is unknown.
  expect(audit.stack.probability).toBe('0.988500');
});

test('the plan is listed step by step, and its dollars sum to the saving', () => {
  const { audit } = pair();
  const steps = audit.stack.steps.map(({ action, savingUsd }) => [action, savingUsd]);
  expect(steps).toEqual([
    ['stop-operations', '10000.000000'],
    ['delete', '-584.000000'],
    ['delete', '-584.000000'],
    ['start-hosting', '-1000.000000'],
  ]);
  expect(audit.stack.savingUsd.base).toBe('7832.000000');
});

test('the plan breaks even at a hosted price of $4.458, or at 21.68 hours of labor', () => {
  const { audit } = pair();
  const flips = audit.stack.flips.map(({ input, flipsAt }) => [input, flipsAt]);
  // ($18,832 - $1,000) / 4,000 Mtok; ($11,000 - $8,832) / $100.
  expect(Object.fromEntries(flips)).toMatchObject({
    'hosted $/Mtok': '4.458000',
    'ops hours': '21.680000',
  });
});

test('without labor both stay, so the answer is not certain', () => {
  const { verdict } = pair();
  expect(verdict.stack.withoutLabor.verdict).toBe('keep');
  expect(six(verdict.stack.withoutLabor.savingUsd)).toBe('0.000000');
  expect(verdict.stack.confidence).toBe('low');
});

test('where one must stay both do, at the cost of all that leaving would save', () => {
  const waiver = { reason: 'residency', owner: 'legal', expiresMs: hour(2 * QUARTER_HOURS) };
  const { verdict, audit } = pair(waiver);
  expect(picksOf(audit)).toEqual(['keep', 'keep']);
  expect(verdict.deployments.map((each) => each.verdict)).toEqual(['keep (required)', 'keep']);
  expect(verdict.stack.verdict).toBe('keep');
  expect(audit.stack).toMatchObject({
    requiredCostUsd: '7832.000000',
    bestPlanUsd: '18832.000000',
  });
  expect(audit.stack.reasons).toContain(
    'Keeping one under a waiver costs $7,832 more than the best plan without waivers.',
  );
});

test('with ten hours instead of a hundred there is nothing to gain by leaving', () => {
  const { verdict } = pair(undefined, engineeringHours({ fixed: [9, 10, 12], hostedFixed: 10 }));
  // $8,832 + $1,000 against $11,000.
  expect(verdict.stack.verdict).toBe('keep');
});

test('where the fixed hours may be as few as ten, the answer depends on them and says so', () => {
  const { audit } = pair(undefined, engineeringHours({ fixed: [10, 100, 120], hostedFixed: 10 }));
  expect(audit.stack.hangsOn).toContain(
    'At 10 hours of engineering time for self-hosting (low estimate), the plan costs $1,168 more',
  );
});
