import { expect, test } from 'vitest';
import { exact } from '../../../src/domain/exact.ts';
import { weighStack } from '../../../src/economics/stack.ts';
import { AUDIT_SENTENCES } from '../../../src/report/copy/sentences.ts';
import {
  printBreakEven,
  printEffects,
  printInputBreakEvens,
} from '../../../src/verdict/document/documentSensitivity.ts';
import { computeTornado } from '../../../src/verdict/sensitivity/tornado.ts';
import { stack } from '../../economics/stackFixture.ts';

const economics = weighStack(stack());

test('a break-even is printed with six places, and what has none as null', () => {
  expect(printBreakEven(economics.deployments[0]?.breakEven ?? {}, AUDIT_SENTENCES)).toEqual({
    tokens: 62_375_784,
    tokensPerDay: 374_254_704,
    utilization: '1.443884',
    note: 'more than this replica can serve',
    noteDetail: { code: 'beyond-replicas', replicas: 1 },
    hostedUsdPerMtok: '0.544872',
    gpuUsdPerHour: null,
    gpuContract: null,
    opsHours: null,
    cacheShare: null,
    lackDetails: {
      gpuUsdPerHour: { code: 'delete-cheaper-at-free-gpus' },
      opsHours: { code: 'delete-cheaper-at-no-hours' },
      cacheShare: { code: 'no-cache-share-decides' },
    },
  });
});

test('more tokens than JSON can hold exactly are not printed as tokens', () => {
  const tokens = BigInt(Number.MAX_SAFE_INTEGER);
  expect(printBreakEven({ tokens }, AUDIT_SENTENCES).tokens).toBe(Number.MAX_SAFE_INTEGER);
  expect(printBreakEven({ tokens: tokens + 1n }, AUDIT_SENTENCES).tokens).toBeNull();
});

test('a break-even is printed with its distance where it has one', () => {
  const flip = { code: 'cache-share' as const, today: exact(1n, 2n), flipsAt: exact(1n, 3n) };
  expect(
    printInputBreakEvens([{ ...flip, change: exact(-1n, 3n) }, flip], AUDIT_SENTENCES),
  ).toEqual([
    {
      input: 'cache share',
      code: 'cache-share',
      today: '0.500000',
      flipsAt: '0.333333',
      change: '-0.333333',
      contract: null,
    },
    {
      input: 'cache share',
      code: 'cache-share',
      today: '0.500000',
      flipsAt: '0.333333',
      change: null,
      contract: null,
    },
  ]);
});

test('an effect is printed in words, figures and dollars', () => {
  const picks = [{ deployment: 'chat', choice: 'delete' as const }];
  expect(printEffects(computeTornado(economics, picks), AUDIT_SENTENCES)[0]).toEqual({
    input: 'GPU price',
    low: '−30%',
    base: 'as measured',
    high: '+40%',
    detail: { code: 'gpu-rate', lowChange: '-0.300000', highChange: '0.400000' },
    savingAtLowUsd: '4.574175',
    savingAtHighUsd: '8.774175',
  });
});
