/** Tests replicas that have a part of a GPU: MIG, time-slicing and HAMi, computed by hand. */

import { describe, expect, test } from 'vitest';
import { decimal, type Exact, exact, ONE } from '../../src/domain/exact.ts';
import { period } from '../../src/domain/period.ts';
import type { StackInput } from '../../src/economics/input.ts';
import { moveOffer } from '../../src/economics/option/market.ts';
import { rightSizeOffer } from '../../src/economics/option/rightSize.ts';
import { gpusPerReplica, paidReplicas } from '../../src/economics/replicaGpus.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { plausibleThroughput } from '../../src/economics/usage/plausibleUsage.ts';
import { optionFacts, pricedOffer, rate } from './marketFixture.ts';
import {
  charge,
  deployment,
  hosted,
  hour,
  type UsageInterval,
  series,
  six,
  stack,
} from './stackFixture.ts';

const QUARTER = decimal('0.25');
const A100 = 'A100-80GB';

/** GPUs at $4.00 an hour for four hours, billed by GPU-hour. */
function gpus(count: number) {
  const [from, to] = [0, 4];
  return charge({
    usd: `${16 * count}`,
    from,
    to,
    quantity: exact(BigInt(4 * count)),
    unit: 'GPU-Hours',
  });
}

/** Four hours of so many replicas. */
function running(replicas: number, of: Partial<UsageInterval> = {}): UsageInterval[] {
  const replicaS = 3600 * replicas;
  return [0, 1, 2, 3].map((at) => ({ at, uncached: 1_000_000, replicaS, busyS: 3600, ...of }));
}

function sliced(share: Exact, rows: readonly UsageInterval[], overrides: Partial<StackInput> = {}) {
  const deployments = [deployment({ gpu: { type: A100, count: 1, share }, usage: series(rows) })];
  return stack({ window: period(hour(0), hour(4)), charges: [gpus(1)], deployments, ...overrides });
}

function weighed(input: StackInput, index = 0) {
  const found = weighStack(input).deployments[index];
  if (found === undefined) throw new Error('no deployment');
  return found;
}

const hours = (ns: bigint) => six(exact(ns, 3_600_000_000_000n));

describe('four pods at a quarter of a GPU', () => {
  test('are one GPU-hour an hour, of which each is charged a quarter', () => {
    const { time, breakEven, spend } = weighed(sliced(QUARTER, running(4)));
    expect([hours(time.paidNs), hours(time.coveredNs)]).toEqual(['16.000000', '16.000000']);
    expect(six(breakEven.gpuHours)).toBe('4.000000');
    expect(six(spend.coveredComputeUsd)).toBe('16.000000');
    expect(time.mostReplicas).toBe(4);
  });

  test('cost elsewhere what one GPU costs there', () => {
    const rates = [rate({ provider: 'a', usd: '3' })];
    const { gpuUsd, detail } = pricedOffer(
      moveOffer(optionFacts(sliced(QUARTER, running(4), { rates }))),
    );
    // 4 GPU-hours at $3.00 instead of $4.00.
    expect([gpuUsd, detail.usdPerGpuHour, detail.ownUsdPerGpuHour].map(six)).toEqual([
      '12.000000',
      '3.000000',
      '4.000000',
    ]);
  });

  test('sevenths of a GPU, as MIG cuts it, add up to whole hours', () => {
    const { time, breakEven } = weighed(sliced(exact(1n, 7n), running(7)));
    expect([hours(time.paidNs), six(breakEven.gpuHours)]).toEqual(['28.000000', '4.000000']);
  });

  test('a single slice seen on its GPU is not treated as a config error', () => {
    const lone = weighed(sliced(QUARTER, running(1)));
    expect(lone.time.watched).toMatchObject({ onGpu: 4n });
    expect(lone.warnings.filter(({ code }) => code === 'replica-hours-disagree')).toEqual([]);
    // Nine are seen where four are paid for.
    const crowd = weighed(sliced(QUARTER, running(9)));
    expect(crowd.warnings.filter(({ code }) => code === 'replica-hours-disagree')).toHaveLength(1);
  });
});

test('two deployments on one GPU pay for their parts of it', () => {
  const node = { resources: [{ sourceId: 'bill', id: 'pod-1' }] };
  const half = { type: A100, count: 1, share: decimal('0.5') };
  const deployments = [
    deployment({
      ...node,
      id: 'quarters',
      gpu: { type: A100, count: 1, share: decimal('0.25') },
      usage: series(running(3)),
    }),
    deployment({ ...node, id: 'half', gpu: half, usage: series(running(0.5)) }),
  ];
  const input = stack({ window: period(hour(0), hour(4)), charges: [gpus(1)], deployments });
  // 3 x 0.25 beside 0.5 x 0.5: three quarters of the GPU and one.
  expect([0, 1].map((index) => six(exact(weighed(input, index).spend.total, 10n ** 9n)))).toEqual([
    '12.000000',
    '4.000000',
  ]);
  expect([0, 1].map((index) => hours(weighed(input, index).time.paidNs))).toEqual([
    '12.000000',
    '2.000000',
  ]);
});

describe('a GPU that is partitioned is released only as a whole', () => {
  const capacity = { tokensPerSecond: decimal('1000') };
  /** 2.5 replicas at a headroom of 1. */
  const rows = running(8, { uncached: 9_000_000 });
  const input = (share: Exact, replicas = rows) => {
    const gpu = { type: A100, count: 1, share };
    const rightSize = { headroom: ONE, minReplicas: 1 };
    const usage = series(replicas);
    const free = hosted({ fee: exact(0n) });
    const deployments = [deployment({ gpu, rightSize, capacity, usage, hosted: free })];
    return stack({ window: period(hour(0), hour(4)), charges: [gpus(2)], deployments });
  };

  test('three of eight quarters keep one GPU of two', () => {
    const { gpuUsd, detail } = pricedOffer(rightSizeOffer(optionFacts(input(QUARTER))));
    expect([six(gpuUsd), six(detail.replicaHours)]).toEqual(['16.000000', '16.000000']);
    expect(detail.mostReplicas).toBe(3);
  });

  test('of 0.3 a GPU holds three, and its unused tenth is paid for as well', () => {
    const { gpuUsd, detail } = pricedOffer(rightSizeOffer(optionFacts(input(decimal('0.3')))));
    // A GPU for four hours is 13.333333 replica-hours of 0.3 GPU.
    expect([six(gpuUsd), six(detail.replicaHours)]).toEqual(['16.000000', '13.333333']);
  });

  test('a hybrid of one to four quarters costs the same GPU', () => {
    const { plans } = weighed(input(QUARTER)).hybrid;
    expect(plans.map(({ paidGpuUsd }) => six(paidGpuUsd))).toEqual([
      ...Array.from({ length: 4 }, () => '16.000000'),
      ...Array.from({ length: 4 }, () => '32.000000'),
      '48.000000',
    ]);
  });

  test('a hybrid of the one slice that was paid for costs that slice, not its whole GPU', () => {
    // Four hours of a quarter of a GPU at $4.00 an hour; a second slice may take a GPU of its own.
    const slice = charge({ usd: '4', from: 0, to: 4, quantity: exact(1n), unit: 'GPU-Hours' });
    const { plans } = weighed({ ...input(QUARTER, running(1)), charges: [slice] }).hybrid;
    expect(plans.map(({ paidGpuUsd }) => six(paidGpuUsd))).toEqual(['4.000000', '16.000000']);
  });

  test('8 replicas are paid where 5 run, and as many as run where each has whole GPUs', () => {
    expect([0, 1, 4, 5].map((running) => six(paidReplicas(QUARTER)(running)))).toEqual([
      '0.000000',
      '4.000000',
      '4.000000',
      '8.000000',
    ]);
    expect(six(paidReplicas(undefined)(5))).toBe('5.000000');
  });
});

test('a part of a GPU is plausible up to that part of the published throughput', () => {
  const whole = plausibleThroughput({ type: 'H100', count: 1 });
  expect(plausibleThroughput({ type: 'H100', count: 1, share: QUARTER })).toBe(whole / 4);
  expect(six(gpusPerReplica({ count: 2, share: decimal('0.5') }))).toBe('1.000000');
});
