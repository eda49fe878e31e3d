import { expect, test } from 'vitest';
import { exact } from '../../src/domain/exact.ts';
import { DAY_MS } from '../../src/domain/period.ts';
import { commitmentsOf, committedMonths, leftBehind } from '../../src/economics/bill/commitment.ts';
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
  expect(six(chat?.committedUsd)).toBe('0.000000');
});

test('who leaves a commitment that two deployments use strands its part of it', () => {
  const charges = [POD, { ...POD, key: 'two', resourceId: 'pod-2' }];
  const second = deployment({ id: 'two', resources: [{ sourceId: 'bill', id: 'pod-2' }] });
  const terms = { charges, deployments: [deployment(), second] };
  const large = { ...COMMITTED, usdPerMonth: money('7440') };
  const free = weighStack(stack(terms));
  const bound = weighStack(stack({ ...terms, commitments: [large] }));
  expect(bound.deployments.map(({ committedUsd }) => six(committedUsd))).toEqual([
    '20.000000',
    '20.000000',
  ]);
  expect(six(bestPlan(free, { kept: new Set() }).usd)).toBe('5.251650');
  const plan = bestPlan(bound, { kept: new Set() });
  expect(plan.picks.map(({ choice }) => choice)).toEqual(['keep', 'keep']);
  expect(six(plan.usd)).toBe('18.000000');
});

test('a stack that pays less to a committed source leaves what it no longer uses', () => {
  expect(six(leftBehind(exact(9000n), exact(9500n), exact(7500n)))).toBe('1500.000000');
  expect(six(leftBehind(exact(9000n), exact(8000n), exact(7500n)))).toBe('500.000000');
  expect(six(leftBehind(exact(9000n), exact(9500n), exact(9200n)))).toBe('0.000000');
});

test('a rolling contract owes its notice, and a fixed one the later of notice and end', () => {
  const month = money('3100');
  const owed = (commitment: object) => {
    const terms = { sourceId: 'bill', usdPerMonth: month, ...commitment };
    const window = { startMs: Date.UTC(2026, 6, 1), endMs: Date.UTC(2026, 9, 1) };
    const [found] = commitmentsOf([terms], window, () => new Map([['chat', 1n]]));
    return found === undefined ? undefined : [six(found.owedUsd), found.months.length];
  };
  const notice = 31 * DAY_MS;
  expect(owed({ noticeMs: notice })).toEqual(['3100.000000', 1]);
  expect(owed({ noticeMs: notice, untilMs: Date.UTC(2026, 8, 1) })).toEqual(['3100.000000', 1]);
  expect(owed({ noticeMs: notice, untilMs: Date.UTC(2027, 5, 1) })).toEqual(['9300.000000', 8]);
  expect(owed({ untilMs: Date.UTC(2026, 8, 1) })).toBeUndefined();
});
