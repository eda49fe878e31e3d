import { expect, test } from 'vitest';
import { committedMonths } from '../../src/economics/commitment.ts';
import { optionCost } from '../../src/economics/options.ts';
import { bestPlan } from '../../src/economics/plan.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { deployment, money, POD, six, stack } from './stackFixture.ts';

const Q3 = { startMs: Date.UTC(2026, 6, 1), endMs: Date.UTC(2026, 9, 1) };
const NEVER_ENDING = Date.UTC(2030, 0, 1);

test.each([
  ['2026-11-16', '1.500000'],
  ['2026-10-01', '0.000000'],
  ['2026-07-15', '0.000000'],
  ['2026-11-01', '1.000000'],
  ['2028-01-01', '3.000000'],
])('a commitment until %s has %s months left of the next quarter', (until, months) => {
  expect(six(committedMonths(Q3, Date.parse(until)))).toBe(months);
});

const COMMITTED = { sourceId: 'bill', usdPerMonth: money('744'), untilMs: NEVER_ENDING };

test('leaving strands what is still committed over the next window', () => {
  const [chat] = weighStack(stack({ commitments: [COMMITTED] })).deployments;
  const cost = chat && optionCost(chat, 'delete');
  expect(six(cost?.strandedUsd)).toBe('4.000000');
  expect(six(cost?.usd)).toBe('6.625825');
});

test('a commitment whose source serves nobody is owed either way', () => {
  const commitments = [{ ...COMMITTED, sourceId: 'elsewhere' }];
  const [chat] = weighStack(stack({ commitments })).deployments;
  expect(six(chat?.strandedUsd)).toBe('0.000000');
});

test('a commitment that two deployments use is stranded only if both leave', () => {
  const charges = [POD, { ...POD, key: 'two', resourceId: 'pod-2' }];
  const second = deployment({ id: 'two', resources: [{ sourceId: 'bill', id: 'pod-2' }] });
  const terms = { charges, deployments: [deployment(), second] };
  const large = { ...COMMITTED, usdPerMonth: money('7440') };
  const free = weighStack(stack(terms));
  const bound = weighStack(stack({ ...terms, commitments: [large] }));
  expect(bound.deployments.map(({ strandedUsd }) => six(strandedUsd))).toEqual([
    '0.000000',
    '0.000000',
  ]);
  expect(six(bestPlan(free, { kept: new Set() }).usd)).toBe('5.251650');
  const plan = bestPlan(bound, { kept: new Set() });
  expect(plan.picks.map(({ choice }) => choice).toSorted()).toEqual(['delete', 'keep']);
  expect(six(plan.usd)).toBe('11.625825');
});
