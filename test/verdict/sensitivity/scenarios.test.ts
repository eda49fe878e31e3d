import { expect, test } from 'vitest';
import { weighStack } from '../../../src/economics/stack.ts';
import { AUDIT_SENTENCES } from '../../../src/report/copy/sentences.ts';
import { printScenarios } from '../../../src/verdict/document/documentSensitivity.ts';
import { computeScenarios } from '../../../src/verdict/sensitivity/scenarios.ts';
import { price, stack } from '../../economics/stackFixture.ts';

const DELETED = [{ deployment: 'chat', choice: 'delete' as const }];

test('in the worked example deleting saves at every price and rate', () => {
  const result = printScenarios(
    computeScenarios(weighStack(stack()), { picks: DELETED, kept: new Set() }),
    AUDIT_SENTENCES,
  );
  expect(result).toEqual([
    {
      name: 'hosted price −30%',
      detail: { code: 'price-change', input: 'hosted-price', change: '-0.300000' },
      savingUsd: '7.011922',
      bestSavingUsd: '7.011922',
      afterContracts: null,
    },
    {
      name: 'hosted price +30%',
      detail: { code: 'price-change', input: 'hosted-price', change: '0.300000' },
      savingUsd: '5.736428',
      bestSavingUsd: '5.736428',
      afterContracts: null,
    },
    {
      name: 'GPU price −30%',
      detail: { code: 'price-change', input: 'gpu-rate', change: '-0.300000' },
      savingUsd: '4.574175',
      bestSavingUsd: '4.574175',
      afterContracts: null,
    },
    {
      name: 'GPU price +40%',
      detail: { code: 'price-change', input: 'gpu-rate', change: '0.400000' },
      savingUsd: '8.774175',
      bestSavingUsd: '8.774175',
      afterContracts: null,
    },
  ]);
});

test('the plan stays as it was advised, and the best one moves with the prices', () => {
  const expensive = price({ host: 'dear', input: '0.45', cached: '0.10', output: '0.90' });
  const economics = weighStack(stack({ prices: [expensive] }));
  const [, pricier, cheapGpu] = computeScenarios(economics, { picks: DELETED, kept: new Set() });
  expect(
    printScenarios(
      [pricier, cheapGpu].filter((each) => each !== undefined),
      AUDIT_SENTENCES,
    ),
  ).toEqual([
    {
      name: 'hosted price +30%',
      detail: { code: 'price-change', input: 'hosted-price', change: '0.300000' },
      savingUsd: '-2.108552',
      bestSavingUsd: '0.000000',
      afterContracts: null,
    },
    {
      name: 'GPU price −30%',
      detail: { code: 'price-change', input: 'gpu-rate', change: '-0.300000' },
      savingUsd: '-1.460425',
      bestSavingUsd: '0.000000',
      afterContracts: null,
    },
  ]);
});

test('what must be kept is kept at any price', () => {
  const all = computeScenarios(weighStack(stack()), { picks: [], kept: new Set(['chat']) });
  expect(
    new Set(
      printScenarios(all, AUDIT_SENTENCES).flatMap((each) => [each.savingUsd, each.bestSavingUsd]),
    ),
  ).toEqual(new Set(['0.000000']));
});
