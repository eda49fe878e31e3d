import { describe, expect, it } from 'vitest';
import { decimal, subtract } from '../../src/domain/exact.ts';
import type { StackInput } from '../../src/economics/input.ts';
import { type OptionName } from '../../src/economics/offer.ts';
import { optionCost } from '../../src/economics/options.ts';
import { bestPlan, planUsd } from '../../src/economics/plan.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { applyOverrides } from '../../src/economics/whatIf.ts';
import type { WhatIfOverrides } from '../../src/economics/wishes/wishes.ts';
import { computeScenarios } from '../../src/verdict/sensitivity/scenarios.ts';
import { PRICED } from './pricedStack.ts';
import { six } from './stackFixture.ts';

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
