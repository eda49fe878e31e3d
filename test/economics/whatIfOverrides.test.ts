/**
 * Tests another load: it changes the load of billed time, at the capacity derived from today's
 * usage.
 */

import { describe, expect, it, test } from 'vitest';
import { decimal, exact, multiply, subtract } from '../../src/domain/exact.ts';
import { period } from '../../src/domain/period.ts';
import { packedSeries, tokensAt } from '../../src/domain/usage.ts';
import type { StackInput } from '../../src/economics/input.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { applyOverrides } from '../../src/economics/whatIf/whatIf.ts';
import { meanTokensPerDay } from '../../src/economics/whatIf/load.ts';
import { scaleTokens } from '../../src/economics/whatIf/traffic.ts';
import {
  charge,
  deployment,
  hour,
  series,
  six,
  stack,
  type UsageInterval,
} from './stackFixture.ts';
import type { OptionName } from '../../src/economics/offer.ts';
import { optionCost } from '../../src/economics/options.ts';
import { bestPlan, planUsd } from '../../src/economics/plan.ts';
import type { WhatIfOverrides } from '../../src/economics/whatIf/overrides.ts';
import { computeScenarios } from '../../src/verdict/sensitivity/scenarios.ts';
import { PRICED } from './marketFixture.ts';

const HALF = decimal('0.5');

/** Of four hours the first two are billed. */
function halfBilled(rows: readonly UsageInterval[]): StackInput {
  const charges = [charge({ usd: '3', from: 0, to: 2, quantity: decimal('2'), unit: 'Hours' })];
  return stack({ charges, deployments: [deployment({ usage: series(rows) })] });
}

function usageOf({ deployments }: StackInput) {
  const { usage } = deployments[0] ?? deployment();
  return { usage, tokens: Array.from(usage.startMs, (_, row) => tokensAt(usage, row)) };
}

test('requests without a token follow the tokens of billed time, and unbilled ones stay', () => {
  const input = halfBilled([
    { at: 0, output: 1_000_000, requests: 100 },
    { at: 1, requests: 10 },
    { at: 2, output: 3_000_000, requests: 7 },
    { at: 3, requests: 5 },
  ]);
  const { usage, tokens } = usageOf(applyOverrides(input, { tokensPerDay: decimal('3000000') }));
  expect(tokens).toEqual([500_000, 0, 3_000_000, 0]);
  expect([...usage.requests]).toEqual([50, 5, 7, 5]);
});

test('a billed hour that was idle takes the mix of billed time', () => {
  const input = halfBilled([
    { at: 0, output: 10_000_000, requests: 100 },
    { at: 1 },
    { at: 2, uncached: 5_000_000, requests: 900 },
  ]);
  const { usage, tokens } = usageOf(applyOverrides(input, { tokensPerDay: decimal('72000000') }));
  // The first hour is full at 3,000 tokens a second; the other 1.2M are output alone too.
  expect(tokens).toEqual([10_800_000, 1_200_000, 5_000_000]);
  expect([...usage.uncachedPromptTokens]).toEqual([0, 0, 5_000_000]);
  expect([...usage.requests]).toEqual([108, 12, 900]);
});

const PACES = [1000, 2000, 1500, 1200, 900, 1900, 800, 700, 1100, 600, 500, 400, 300];

test('an hour too fast to be plausible raises no capacity at half its pace either', () => {
  const rows = [...PACES, 6000, 1950].map((pace, at) => ({ at, output: pace * 3600, busyS: 3600 }));
  const usage = series(rows);
  const { capacity: _, ...unstated } = deployment({ usage });
  const quantity = decimal('15');
  const input = stack({
    window: period(hour(0), hour(15)),
    charges: [charge({ usd: '15', from: 0, to: 15, quantity, unit: 'Hours' })],
    deployments: [unstated],
  });
  const asIs = weighStack(input);
  const tokensPerDay = multiply(meanTokensPerDay(asIs, asIs.deployments), HALF);
  const [today, then] = [asIs, weighStack(applyOverrides(input, { tokensPerDay }))].map(
    ({ deployments }) => deployments[0],
  );
  expect([today, then].map((each) => six(each?.capacity?.tokensPerSecond))).toEqual([
    '2000.000000',
    '2000.000000',
  ]);
  // 20,850 of 30,000 tokens a second, and half of it.
  expect([today, then].map((each) => six(each?.utilization))).toEqual(['0.695000', '0.347500']);
  expect(then?.doubts).toEqual(today?.doubts);
  expect(then?.doubts).toMatchObject([{ code: 'capacity-not-raised', tokens: 21_600_000 }]);
});

test('counts that were packed into 32 bits may be overridden with larger ones', () => {
  const packed = packedSeries(series([{ at: 0, output: 3_000_000_000, requests: 4e9 }]), 1);
  const pace = { perSecond: exact(10_000_000n), replicas: 1, untouched: [] };
  const made = scaleTokens(packed, 6_000_000_000n, pace);
  expect([...made.outputTokens, ...made.requests]).toEqual([6_000_000_000, 8e9]);
  expect([...packed.outputTokens, ...packed.requests]).toEqual([3_000_000_000, 4e9]);
});

function costIn(input: StackInput, option: OptionName) {
  const [chat] = weighStack(input).deployments;
  if (chat === undefined) throw new Error('there is one');
  return optionCost(chat, option);
}

describe('what if GPUs cost something else', () => {
  it.each<[string, WhatIfOverrides]>([
    ['in dollars', { gpuRate: { usd: decimal('2.1') } }],
    ['of one deployment', { gpuRate: { factor: decimal('1.4') }, deployment: 'chat' }],
  ])('a GPU rate %s is our own: elsewhere and serverless cost what they do', (_, overrides) => {
    const changed = applyOverrides(PRICED, overrides);
    for (const option of ['move', 'spot', 'serverless'] as const) {
      expect(six(costIn(changed, option)?.usd)).toBe(six(costIn(PRICED, option)?.usd));
    }
    expect(six(costIn(changed, 'keep')?.gpuUsd)).toBe('8.400000');
  });

  it('a share of the GPU rate saves what the report says for that scenario', () => {
    const terms = { picks: [], kept: new Set<string>() };
    const result = computeScenarios(weighStack(PRICED), terms).find(
      ({ detail }) => detail.input === 'gpu-rate' && detail.change === '0.400000',
    );
    const pricier = weighStack(applyOverrides(PRICED, { gpuRate: { factor: decimal('1.4') } }));
    const saving = subtract(planUsd(pricier, []), bestPlan(pricier, { kept: new Set() }).usd);
    expect(six(saving)).toBe('8.774175');
    expect(result && six(result.bestSavingUsd)).toBe('8.774175');
  });
});
