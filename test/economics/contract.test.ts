import { describe, expect, it } from 'vitest';
import { decimal, subtract } from '../../src/domain/exact.ts';
import type { StackInput } from '../../src/economics/input.ts';
import { BASE_ASSUMPTIONS, optionCost, type Assumptions } from '../../src/economics/options.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { applyOverrides } from '../../src/economics/whatIf/whatIf.ts';
import type { WhatIfOverrides } from '../../src/economics/whatIf/overrides.ts';
import {
  printInputBreakEvens,
  printScenarios,
} from '../../src/verdict/document/documentSensitivity.ts';
import { findDeploymentBreakEvens } from '../../src/verdict/sensitivity/breakEvens.ts';
import { withRefusalsInWords } from '../../src/report/copy/overrideRefusals.ts';
import { AUDIT_SENTENCES } from '../../src/report/copy/sentences.ts';
import { computeScenarios } from '../../src/verdict/sensitivity/scenarios.ts';
import { deployment, money, POD, price, six, stack } from './stackFixture.ts';
import { warningSentences } from '../support/factSentences.ts';

const UNTIL = Date.UTC(2030, 0, 1);
const DELETED = [{ deployment: 'chat', choice: 'delete' as const }];

/** The worked example's $6.00 of GPUs for four hours; $558 a month are $3.00 in four hours. */
const BOUND = stack({
  commitments: [{ sourceId: 'bill', usdPerMonth: money('558'), untilMs: UNTIL }],
});

/** Half of the four hours are reserved, with no stated end. */
const RESERVED = stack({
  charges: [
    { ...POD, key: 'one', billed: money('3') },
    { ...POD, key: 'two', billed: money('3'), pricingClass: 'reserved' },
  ],
});

function chatOf(input: StackInput) {
  const economics = weighStack(input);
  const [chat] = economics.deployments;
  if (chat === undefined) throw new Error('there is one');
  return { economics, chat };
}

function savingIn(input: StackInput, world: Partial<Assumptions> = {}): string | undefined {
  const { chat } = chatOf(input);
  const usd = (option: 'keep' | 'delete') =>
    optionCost(chat, option, { ...BASE_ASSUMPTIONS, ...world })?.usd;
  const [keep, gone] = [usd('keep'), usd('delete')];
  return keep && gone && six(subtract(keep, gone));
}

const overridden = (input: StackInput, overrides: WhatIfOverrides) =>
  applyOverrides(input, overrides);

describe('a price that a contract fixes', () => {
  it('does not move with the GPU rate: only what is above it does', () => {
    const { chat } = chatOf(BOUND);
    expect(six(chat.contract?.fixedGpuUsd)).toBe('3.000000');
    expect(chat.contract?.untilMs).toBe(UNTIL);
    const cheaper = chatOf(overridden(BOUND, { gpuRate: { factor: decimal('0.7') } })).chat;
    // $3.00 + $3.00 x 0.7.
    expect(six(optionCost(cheaper, 'keep')?.gpuUsd)).toBe('5.100000');
    expect(six(cheaper.spend.coveredUsd)).toBe('5.100000');
    expect(six(optionCost(cheaper, 'delete')?.strandedUsd)).toBe('3.000000');
  });

  it('gives scenario and what-if the same saving, and states what is saved after its end', () => {
    const [, , cheaper] = computeScenarios(weighStack(BOUND), { picks: DELETED, kept: new Set() });
    // $5.10 + $3.00 - ($2.625825 + $3.00 committed), and from 2030 on $4.20 + $3.00 - $2.625825.
    expect(printScenarios(cheaper === undefined ? [] : [cheaper], AUDIT_SENTENCES)).toEqual([
      {
        name: 'GPU price −30%',
        detail: { code: 'price-change', input: 'gpu-rate', change: '-0.300000' },
        savingUsd: '2.474175',
        bestSavingUsd: '2.474175',
        afterContracts: {
          savingUsd: '4.574175',
          bestSavingUsd: '4.574175',
          until: '2029-12-31',
        },
      },
    ]);
    const factor = decimal('0.7');
    expect(savingIn(overridden(BOUND, { gpuRate: { factor } }))).toBe('2.474175');
    expect(savingIn(overridden(BOUND, { gpuRate: { factor } }), { contracts: 'over' })).toBe(
      '4.574175',
    );
  });

  it('is in the break-even rate, at which the what-if saves nothing', () => {
    const expensive = price({ host: 'dear', input: '0.45', cached: '0.10', output: '0.90' });
    const { economics, chat } = chatOf({ ...BOUND, prices: [expensive] });
    // $8.160425 and $0.50 and $3.00 committed are $11.660425; less $3.00 of labor, over four hours.
    expect(six(chat.breakEven.gpuUsdPerHour)).toBe('2.165106');
    const flips = printInputBreakEvens(
      findDeploymentBreakEvens(economics, chat, 'delete'),
      AUDIT_SENTENCES,
    );
    expect(flips.find(({ code }) => code === 'gpu-rate')).toEqual({
      input: 'GPU $/h',
      code: 'gpu-rate',
      today: '1.500000',
      flipsAt: '2.165106',
      change: '0.443404',
      contract: { leastUsdPerHour: '0.750000', until: '2029-12-31', isBeyond: false },
    });
    const usd = chat.breakEven.gpuUsdPerHour ?? decimal('0');
    expect(savingIn(overridden({ ...BOUND, prices: [expensive] }, { gpuRate: { usd } }))).toBe(
      '0.000000',
    );
  });

  it('is refused where the requested dollars are below what it fixes', () => {
    const usd = decimal('0.7');
    const refused = { expected: '$0.75 per GPU-hour or more until 2029-12-31' };
    const inWords = () => withRefusalsInWords(() => overridden(BOUND, { gpuRate: { usd } }));
    expect(inWords).toThrow(expect.objectContaining(refused));
    expect(
      six(chatOf(overridden(BOUND, { gpuRate: { usd: decimal('0.75') } })).chat.spend.coveredUsd),
    ).toBe('3.000000');
  });

  it('also applies to reserved capacity without a stated end', () => {
    const { chat } = chatOf(RESERVED);
    expect(six(chat.contract?.fixedGpuUsd)).toBe('3.000000');
    expect(chat.contract?.untilMs).toBeUndefined();
    const resultOf = (input: StackInput) => warningSentences(weighStack(input).warnings).join();
    expect(resultOf(RESERVED)).toContain('The bill of bill has reserved capacity');
    expect(resultOf({ ...RESERVED, commitments: BOUND.commitments })).toBe('');
    const [, , cheaper] = computeScenarios(weighStack(RESERVED), {
      picks: DELETED,
      kept: new Set(),
    });
    expect(cheaper && six(cheaper.savingUsd)).toBe('5.474175');
    expect(cheaper?.afterContracts && six(cheaper.afterContracts.savingUsd)).toBe('4.574175');
  });

  it('that makes a break-even unreachable is reported, with the rate after the contract', () => {
    const less = price({ host: 'less', input: '0.20', cached: '0.20', output: '0.50' });
    const { economics, chat } = chatOf({ ...RESERVED, prices: [less] });
    // 13M x $0.20 and 2.6M x $0.50, and 5.5%, are $4.1145; and $0.50 less $3.00 are $1.6145.
    expect(six(chat.breakEven.gpuUsdPerHour)).toBe('0.403625');
    expect(chat.breakEven.gpuContract).toEqual({
      leastUsdPerHour: decimal('0.75'),
      isBeyond: true,
    });
    const flip = findDeploymentBreakEvens(economics, chat, 'delete').find(
      ({ code }) => code === 'gpu-rate',
    );
    expect(flip && six(flip.flipsAt)).toBe('0.403625');
    expect(flip?.contract?.isBeyond).toBe(true);
  });

  it('comes first in a smaller stack: what is given up is what moves', () => {
    const input = { ...BOUND, deployments: [deployment({ rightSize: OFF })] };
    const { chat } = chatOf(input);
    // One of four hours is idle: $4.50, of which $3.00 are fixed.
    expect(six(optionCost(chat, 'right-size')?.gpuUsd)).toBe('4.500000');
    const cheaper = chatOf(overridden(input, { gpuRate: { factor: decimal('0.7') } })).chat;
    expect(six(optionCost(cheaper, 'right-size')?.gpuUsd)).toBe('4.050000');
  });
});

const OFF = { headroom: decimal('0.8'), minReplicas: 0 };
