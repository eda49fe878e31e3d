import { expect, test } from 'vitest';
import { decimal, exact } from '../../../src/domain/exact.ts';
import type { StackInput } from '../../../src/economics/input.ts';
import type { Choice } from '../../../src/economics/offer.ts';
import { weighStack } from '../../../src/economics/stack.ts';
import type { InputBreakEven } from '../../../src/verdict/sensitivity/inputEffect.ts';
import {
  findDeploymentBreakEvens,
  findStackBreakEvens,
} from '../../../src/verdict/sensitivity/breakEvens.ts';
import {
  pointRange,
  charge,
  deployment,
  LABOR,
  POD,
  price,
  series,
  six,
  stack,
  WORKED_ROWS,
} from '../../economics/stackFixture.ts';

function flipsTo(option: Choice, parts: Partial<StackInput> = {}): InputBreakEven[] {
  const economics = weighStack(stack(parts));
  const [first] = economics.deployments;
  if (first === undefined) throw new Error('one deployment is weighed');
  return findDeploymentBreakEvens(economics, first, option);
}

function planFlips(choice: Choice, parts: Partial<StackInput>): InputBreakEven[] {
  const economics = weighStack(stack(parts));
  const picks = economics.deployments.map(({ id }) => ({ deployment: id, choice }));
  return findStackBreakEvens(economics, picks);
}

function resultOf(flips: readonly InputBreakEven[]) {
  return flips.map(({ code, today, flipsAt, change }) => [
    code,
    ...[today, flipsAt, change].map(six),
  ]);
}

const EXPENSIVE = {
  prices: [price({ host: 'dear', input: '0.45', cached: '0.10', output: '0.90' })],
};

test('in the worked example deleting breaks even at four times the price or the tokens', () => {
  expect(resultOf(flipsTo('delete'))).toEqual([
    ['tokens-per-day', '93600000.000000', '374254701.116037', '2.998448'],
    ['hosted-price', '0.136271', '0.544872', '2.998448'],
  ]);
});

test('where the sides are close every input has a break-even, nearest first', () => {
  expect(resultOf(flipsTo('delete', EXPENSIVE))).toEqual([
    ['tokens-per-day', '93600000.000000', '97494922.139472', '0.041612'],
    ['utilization', '0.361111', '0.376138', '0.041612'],
    ['hosted-price', '0.523104', '0.544872', '0.041612'],
    ['gpu-rate', '1.500000', '1.415106', '-0.056596'],
    ['ops-hours', '3.000000', '2.660425', '-0.113192'],
    ['cache-share', '0.500000', '0.146294', '-0.707411'],
  ]);
});

test('an input that is zero today has a break-even without a distance, last', () => {
  const labor = {
    ...LABOR,
    selfHosted: { ...LABOR.selfHosted, hoursPerDeployment: pointRange('0') },
  };
  const flips = resultOf(flipsTo('delete', { ...EXPENSIVE, labor }));
  expect(flips.at(-1)).toEqual(['ops-hours', '0.000000', '2.660425', undefined]);
});

const BOTH = series(WORKED_ROWS.map((row) => ({ ...row, replicaS: 7200 })));

/** Two pods with a capacity at which one overflows in the second hour, or just holds it. */
function twoPods(tokensPerSecond: string): Partial<StackInput> {
  const pods = ['pod-1', 'pod-2'].map((resourceId) =>
    charge({ usd: '6', from: 0, to: 4, resourceId, quantity: decimal('4'), unit: 'Hours' }),
  );
  const of = deployment({
    usage: BOTH,
    trailingUsage: BOTH,
    resources: [{ sourceId: 'bill', id: 'pod-*' }],
    capacity: { tokensPerSecond: decimal(tokensPerSecond) },
  });
  return { charges: pods, deployments: [of] };
}

test('a hybrid breaks even where its overflow costs what the other replica does', () => {
  expect(resultOf(flipsTo('hybrid', twoPods('2000')))).toEqual([
    ['gpu-rate', '1.500000', '0.247644', '-0.834904'],
    ['tokens-per-day', '93600000.000000', '355945207.154869', '2.802833'],
    ['hosted-price', '0.136271', '1.527778', '10.211334'],
  ]);
});

test('a hybrid that buys nothing yet also has a break-even in tokens', () => {
  const flips = resultOf(flipsTo('hybrid', twoPods('3000')));
  expect(flips).toEqual([
    ['gpu-rate', '1.500000', '0.125000', '-0.916667'],
    ['tokens-per-day', '93600000.000000', '402745207.154869', '3.302833'],
    ['utilization', '0.180556', '0.776900', '3.302833'],
  ]);
});

test('a stack has no break-even utilization where one that stays would be too full', () => {
  const second = (tokens: number) => {
    const usage = series([0, 1, 2, 3].map((at) => ({ at, uncached: tokens, busyS: 3600 })));
    const resources = [{ sourceId: 'bill', id: 'pod-2' }];
    return deployment({ id: 'full', resources, usage, trailingUsage: usage });
  };
  const flipsBeside = (tokens: number) => {
    const charges = [POD, { ...POD, key: 'two', resourceId: 'pod-2' }];
    const deployments = [deployment(), second(tokens)];
    const economics = weighStack(stack({ ...EXPENSIVE, charges, deployments }));
    return findStackBreakEvens(economics, [{ deployment: 'chat', choice: 'delete' }]);
  };
  const inputsBeside = (tokens: number) => flipsBeside(tokens).map(({ code }) => code);
  // Deleting breaks even at 1.0416 times the tokens; of 10.8M that a pod serves an hour 10.5M are
  // 97%.
  expect(inputsBeside(10_500_000)).toContain('tokens-per-day');
  expect(inputsBeside(10_500_000)).not.toContain('utilization');
  expect(inputsBeside(9_000_000)).toContain('utilization');
});

test('what goes by steps, or does not follow the tokens, has no break-even in tokens', () => {
  const inputs = flipsTo('right-size', {
    deployments: [deployment({ rightSize: { headroom: decimal('0.8'), minReplicas: 0 } })],
  });
  expect(inputs.map(({ code }) => code)).not.toContain('tokens-per-day');
  expect(flipsTo('keep')).toEqual([]);
});

test('serverless breaks even in tokens where they take longer than the busy time', () => {
  const serverless = {
    usdPerSecond: decimal('0.0005'),
    coldStartMs: 60_000,
    idleTimeoutMs: 5_000,
    minWorkers: 0,
  };
  expect(resultOf(flipsTo('serverless', { deployments: [deployment({ serverless })] }))).toEqual([
    ['gpu-rate', '1.500000', '0.691250', '-0.539167'],
    ['tokens-per-day', '93600000.000000', '254865000.000000', '1.722917'],
    ['utilization', '0.361111', '0.983275', '1.722917'],
  ]);
});

test('a plan breaks even in the hours of the whole stack, its fixed part with them', () => {
  const labor = { ...LABOR, selfHosted: { ...LABOR.selfHosted, fixedHours: pointRange('1') } };
  const flips = resultOf(planFlips('delete', { ...EXPENSIVE, labor }));
  expect(flips.find(([code]) => code === 'ops-hours')).toEqual([
    'ops-hours',
    '4.000000',
    '2.660425',
    '-0.334894',
  ]);
});

test('two deployments break even in the tokens, the spend and the capacity of both', () => {
  const deployments = ['a', 'b'].map((id) =>
    deployment({ id, resources: [{ sourceId: 'bill', id: `pod-${id}` }] }),
  );
  const charges = ['a', 'b'].map((id) => ({
    ...charge({ usd: '6', from: 0, to: 4, resourceId: `pod-${id}` }),
    quantity: decimal('4'),
    unit: 'Hours',
  }));
  const single = resultOf(flipsTo('delete', EXPENSIVE));
  const both = resultOf(planFlips('delete', { ...EXPENSIVE, deployments, charges }));
  const doubled = new Set(['tokens-per-day', 'ops-hours']);
  for (const [input, today, flipsAt, change] of single) {
    const times = doubled.has(input ?? '') ? 2 : 1;
    const found = both.find(([name]) => name === input);
    expect(found?.[3]).toBe(change);
    expect(Number(found?.[1])).toBe(Number(today) * times);
    expect(Math.abs(Number(found?.[2]) - Number(flipsAt) * times)).toBeLessThan(2e-6);
  }
});

test('a plan that keeps everything has no break-even', () => {
  expect(planFlips('keep', EXPENSIVE)).toEqual([]);
});

test('a stack without tokens has no break-even in tokens or in their price', () => {
  const usage = series(WORKED_ROWS.map(({ at }) => ({ at })));
  const labor = { ...LABOR, loadedUsdPerHour: exact(2n) };
  const flips = flipsTo('delete', { labor, deployments: [deployment({ usage })] });
  expect(flips.map(({ code }) => code)).toEqual([]);
});
