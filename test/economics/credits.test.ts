/** Tests credits: which is used first, for what, and what is left or lost. */

import { expect, test } from 'vitest';
import { apportionMoney } from '../../src/domain/apportion.ts';
import { sumNano } from '../../src/domain/money.ts';
import type { CreditInput, CreditsInput, DaySpend } from '../../src/economics/input.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { charge, deployment, hour, money, series, stack } from './stackFixture.ts';

const WINDOW = { startMs: hour(0), endMs: hour(72) };
const always = { fromMs: hour(-2400), untilMs: hour(2400) };

const grant = (usd: string, more: Partial<CreditInput> = {}): CreditInput => ({
  sourceId: 'bill',
  usd: money(usd),
  ...always,
  ...more,
});

const bill = (usd: string, more: Parameters<typeof charge>[0] | object = {}) =>
  charge({ usd, from: 0, to: 72, ...more });

const CHARGES = [
  bill('60'),
  bill('30', { resourceId: 'pod-2' }),
  bill('9', { category: 'tax' }),
  bill('6', { sourceId: 'other', resourceId: 'else' }),
];

function weighed(grants: readonly CreditInput[], spentBefore: readonly DaySpend[] = []) {
  const credits: CreditsInput = { grants, spentBefore };
  const chat = deployment({ usage: series([]) });
  return weighStack(stack({ window: WINDOW, charges: CHARGES, credits, deployments: [chat] }));
}

const dollars = (nano = 0n) => Number(nano) / 1e9;
const used = (of: ReturnType<typeof weighed>) =>
  of.credits.map((each) => [each.usedBefore, each.used, each.left, each.lost].map(dollars));

test('they pay what is billed, each resource in proportion, and no tax', () => {
  const economics = weighed([grant('45')]);
  // Half of $90.00: $30.00 of $60.00 and $15.00 of $30.00; day by day, so all on the first two.
  expect(used(economics)).toEqual([[0, 45, 0, 0]]);
  expect(dollars(economics.bill.spend)).toBe(96 - 45);
  expect(dollars(economics.deployments[0]?.spend.total)).toBe(30);
  expect(economics.deployments[0]?.days.map(({ spend }) => dollars(spend))).toEqual([0, 10, 20]);
  expect(economics.unclaimed.map(({ nanoUsd }) => dollars(nanoUsd))).toEqual([15, 6]);
  expect(dollars(economics.bill.tax)).toBe(9);
});

test('do not apply to estimates: what the config states is neither billed nor rebuilt', () => {
  const charges = [bill('60', { basis: 'uptime' }), bill('30', { resourceId: 'pod-2' })];
  const credits = { grants: [grant('75')], spentBefore: [] };
  const prepaid = { sourceId: 'plan', usdUpfront: money('6'), ...always };
  const terms = { window: WINDOW, charges, credits, commitments: [prepaid] };
  const { bill: whole, spendByBasis } = weighStack(stack(terms));
  // The plan lasts 4,800 hours, of which 72 are here: $0.09.
  expect(dollars(whole.estimated)).toBe(60);
  expect(dollars(whole.spend)).toBe(15.09);
  const by = Map.groupBy(spendByBasis, ({ basis }) => basis);
  expect(
    [...by].map(([basis, of]) => [basis, dollars(sumNano(of.map(({ nanoUsd }) => nanoUsd)))]),
  ).toEqual([
    ['billed', 30],
    ['uptime', 60],
    ['stated', -74.91],
  ]);
});

test('the first to expire is used first, and only while it is valid', () => {
  const early = grant('50', { id: 'early', untilMs: hour(24) });
  const economics = weighed([grant('100', { id: 'late' }), early]);
  expect(economics.credits.map(({ id }) => id)).toEqual(['early', 'late']);
  // $30.00 of the first day; $20.00 are lost, and the other pays the two days that follow.
  expect(used(economics)).toEqual([
    [0, 30, 0, 20],
    [0, 60, 40, 0],
  ]);
  expect(dollars(economics.bill.spend)).toBe(6);
});

test('what was billed before the window has used its part of them', () => {
  const before = [-48, -24].map((at) => ({
    sourceId: 'bill',
    dayMs: hour(at),
    nanoUsd: money('20'),
  }));
  const economics = weighed([grant('50', { fromMs: hour(-24) })], before);
  expect(used(economics)).toEqual([[20, 30, 0, 0]]);
});

test('a day on which more was refunded than billed uses none', () => {
  const credits = { grants: [grant('50')], spentBefore: [] };
  const charges = [bill('10'), bill('-40', { category: 'fee' })];
  const economics = weighStack(stack({ window: WINDOW, charges, credits }));
  expect(used(economics)).toEqual([[0, 0, 50, 0]]);
  expect(dollars(economics.bill.spend)).toBe(-30);
});

test('the parts of what is paid sum to it to the last nano-dollar', () => {
  const thirds = apportionMoney(money('0.000000007'), [1n, 1n, 1n]);
  const charges = thirds.map((nano, at) => ({
    ...bill('0', { resourceId: `pod-${at}` }),
    billed: sumNano([nano * 1_000n]),
  }));
  const credits = { grants: [grant('0.000000005')], spentBefore: [] };
  const economics = weighStack(stack({ window: WINDOW, charges, credits }));
  expect(economics.bill.spend).toBe(7_000n - 5n);
  expect(sumNano(economics.unclaimed.map(({ nanoUsd }) => nanoUsd))).toBe(
    economics.bill.unattributed,
  );
});
