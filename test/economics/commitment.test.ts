import { expect, test } from 'vitest';
import { decimal, exact } from '../../src/domain/exact.ts';
import { DAY_MS } from '../../src/domain/period.ts';
import {
  computeCommitments,
  committedMonths,
  unusedCommitment,
} from '../../src/economics/bill/commitment.ts';
import type { CommitmentInput } from '../../src/economics/input.ts';
import { BASE_ASSUMPTIONS, optionCost } from '../../src/economics/options.ts';
import { bestPlan } from '../../src/economics/plan.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { rate } from './marketFixture.ts';
import { charge, deployment, money, POD, series, six, stack } from './stackFixture.ts';
import { warningSentences } from '../support/factSentences.ts';

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

test.each([
  ['2026-01-01', '2026-04-01'],
  ['2026-04-01', '2026-07-01'],
  ['2026-10-01', '2027-01-01'],
  ['2027-11-01', '2028-02-01'],
])('whatever the days of %s to %s, the quarter after it has three months due', (start, end) => {
  const window = { startMs: Date.parse(start), endMs: Date.parse(end) };
  expect(six(committedMonths(window, NEVER_ENDING))).toBe('3.000000');
});

const COMMITTED = { sourceId: 'bill', usdPerMonth: money('744'), untilMs: NEVER_ENDING };

test('leaving makes the remaining commitment of the next window unused', () => {
  const [chat] = weighStack(stack({ commitments: [COMMITTED] })).deployments;
  const cost = chat && optionCost(chat, 'delete');
  expect(six(cost?.strandedUsd)).toBe('4.000000');
  expect(six(cost?.usd)).toBe('6.625825');
});

test('a commitment whose source serves no deployment must be paid either way', () => {
  const commitments = [{ ...COMMITTED, sourceId: 'elsewhere' }];
  const [chat] = weighStack(stack({ commitments })).deployments;
  expect(six(chat?.committedUsd)).toBe('0.000000');
});

test('one of two deployments that leaves a commitment makes its part of it unused', () => {
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
  // Each is committed to its $6.00 either way, and to no more; labor is what leaving saves.
  expect(plan.picks.map(({ choice }) => choice)).toEqual(['delete', 'delete']);
  expect(six(plan.usd)).toBe('17.251650');
});

test('a stack that pays less to a committed source leaves the unused part', () => {
  expect(six(unusedCommitment(exact(9000n), exact(9500n), exact(7500n)))).toBe('1500.000000');
  expect(six(unusedCommitment(exact(9000n), exact(8000n), exact(7500n)))).toBe('500.000000');
  expect(six(unusedCommitment(exact(9000n), exact(9500n), exact(9200n)))).toBe('0.000000');
});

test('a rolling contract commits to its notice, a fixed one to the later of notice and end', () => {
  const month = money('3100');
  const owed = (commitment: object) => {
    const terms = { sourceId: 'bill', usdPerMonth: month, ...commitment };
    const window = { startMs: Date.UTC(2026, 6, 1), endMs: Date.UTC(2026, 9, 1) };
    const [found] = computeCommitments([terms], {
      window,
      spendAt: () => new Map([['chat', 1n]]),
      ids: [],
      accounts: [],
      inventory: new Map(),
    });
    return found === undefined ? undefined : [six(found.owedUsd), found.months.length];
  };
  const notice = 31 * DAY_MS;
  expect(owed({ noticeMs: notice })).toEqual(['3100.000000', 1]);
  expect(owed({ noticeMs: notice, untilMs: Date.UTC(2026, 8, 1) })).toEqual(['3100.000000', 1]);
  expect(owed({ noticeMs: notice, untilMs: Date.UTC(2027, 5, 1) })).toEqual(['9300.000000', 8]);
  expect(owed({ untilMs: Date.UTC(2026, 8, 1) })).toEqual(['0.000000', 0]);
  expect(owed({ untilMs: Date.UTC(2026, 6, 1) })).toBeUndefined();
});

test("a commitment's own charge that stays on the bill is not counted twice", () => {
  const fee = (sourceId: string) =>
    charge({ usd: '4', from: 0, to: 4, category: 'commitment', sourceId });
  const rates = ['on-demand', 'spot'].map((pricingClass) =>
    rate({ provider: 'there', usd: '1', pricingClass: pricingClass as 'spot' }),
  );
  const strandedBy = (usdPerMonth: string, sourceId = 'bill') => {
    const commitments = [{ ...COMMITTED, usdPerMonth: money(usdPerMonth) }];
    const deployments = [deployment({ resources: [{ sourceId: 'bill' }, { sourceId: 'other' }] })];
    const charges = [POD, fee(sourceId)];
    const [chat] = weighStack(stack({ charges, rates, commitments, deployments })).deployments;
    return (['move', 'spot', 'delete'] as const).map(
      (option) => chat && six(optionCost(chat, option)?.strandedUsd),
    );
  };
  // $744 a month are $4.00 in four hours: what the charge of $4.00 is for.
  expect(strandedBy('744')).toEqual(['0.000000', '0.000000', '4.000000']);
  expect(strandedBy('1116')).toEqual(['2.000000', '2.000000', '6.000000']);
  expect(strandedBy('372')).toEqual(['0.000000', '0.000000', '2.000000']);
  expect(strandedBy('744', 'other')).toEqual(['4.000000', '4.000000', '4.000000']);
});

test('with other tokens a right-sized stack leaves what it no longer uses then', () => {
  const charges = ['pod-1', 'pod-2'].map((resourceId) => ({ ...POD, key: resourceId, resourceId }));
  const rows = [0, 1, 2, 3].map((at) => ({ at, output: 9_000_000, replicaS: 7200 }));
  const two = deployment({
    resources: [{ sourceId: 'bill' }],
    usage: series(rows),
    rightSize: { headroom: decimal('0.8'), minReplicas: 0 },
  });
  // $12.00 in four hours, all of it committed.
  const commitments = [{ ...COMMITTED, usdPerMonth: money('2232') }];
  const [chat] = weighStack(stack({ charges, deployments: [two], commitments })).deployments;
  const at = (tokens: string) => {
    const cost =
      chat && optionCost(chat, 'right-size', { ...BASE_ASSUMPTIONS, tokens: decimal(tokens) });
    return [cost?.gpuUsd, cost?.strandedUsd].map(six);
  };
  expect(at('1')).toEqual(['12.000000', '0.000000']);
  expect(at('0.5')).toEqual(['6.000000', '6.000000']);
  expect(at('0')).toEqual(['0.000000', '12.000000']);
});

test('a commitment on the bill that the config does not state gives a warning', () => {
  const fee = charge({ usd: '4', from: 0, to: 4, category: 'commitment' });
  const resultOf = (commitments: readonly CommitmentInput[]) =>
    warningSentences(weighStack(stack({ charges: [POD, fee], commitments })).warnings).join();
  expect(resultOf([])).toContain(
    'The bill of bill has commitment charges, but `commitments` in ' +
      'rentcheck.yaml does not list them. Leaving is calculated as if they ended ' +
      'at once.',
  );
  expect(resultOf([COMMITTED])).toBe('');
});
