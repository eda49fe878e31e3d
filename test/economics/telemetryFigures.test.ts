/** Tests figures shown beside usage that affect no price: latency, GPUs, published references. */

import { describe, expect, test } from 'vitest';
import { decimal } from '../../src/domain/exact.ts';
import { period } from '../../src/domain/period.ts';
import type { GpuActivity, LatencyHistogram, UsageFacts } from '../../src/domain/usageFacts.ts';
import { weighStack } from '../../src/economics/stack.ts';
import {
  combineLatency,
  computeExtraFigures,
  quantile,
} from '../../src/economics/usage/extraFigures.ts';
import { nearestReference } from '../../src/economics/usage/references.ts';
import type { DeploymentInput } from '../../src/economics/input.ts';
import { deployment, hour, series, six, stack, WORKED_ROWS } from './stackFixture.ts';

const NOTHING: UsageFacts = { parts: [], latency: [], gpuActivity: [], requestCounts: [] };

function histogram(boundsSeconds: readonly number[], counts: readonly number[]): LatencyHistogram {
  return {
    sourceId: 'prom',
    deployment: 'chat',
    period: period(hour(0), hour(1)),
    measure: 'inter-token',
    boundsSeconds,
    counts,
  };
}

function activity(gpuMs: number, rest: Partial<GpuActivity>): GpuActivity {
  const of = { sourceId: 'prom', deployment: 'chat', period: period(hour(0), hour(1)) };
  return { ...of, gpuMs, ...rest };
}

function figures(facts: Partial<UsageFacts>, overrides: Partial<DeploymentInput> = {}) {
  const input = deployment(overrides);
  const [economics] = weighStack(stack({ deployments: [input] })).deployments;
  if (economics === undefined) throw new Error('the worked example has one deployment');
  return computeExtraFigures({ input, economics, beside: { facts: { ...NOTHING, ...facts } } });
}

describe('a quantile of latency', () => {
  test.each([
    // Half of 50 is 25: 0.1 + 0.4 × 15/30.
    [[0.1, 0.5, 1], [10, 30, 10, 0], 0.5, 0.3, false],
    [[0.1, 0.5, 1], [10, 30, 10, 0], 0.95, 0.875, false],
    // The first bucket begins at 0.
    [[0.2], [4, 0], 0.5, 0.1, false],
    [[0.1, 1], [5, 0, 5], 0.95, 1, true],
    // An empty bucket in between is skipped.
    [[1, 2, 3], [5, 0, 5, 0], 0.5, 1, false],
  ])('of %j with %j at %f is %f', (...row) => {
    const [bounds, counts, share, seconds, isMore] = row;
    const found = quantile(bounds, counts, share);
    expect(found?.seconds.toFixed(6)).toBe(seconds.toFixed(6));
    expect(found?.isMore).toBe(isMore);
  });

  test('of nothing is unknown', () => {
    expect(quantile([1], [0, 0], 0.5)).toBeUndefined();
    expect(combineLatency([histogram([1], [0, 0])])).toEqual({});
  });

  test('of hours with different buckets uses the bounds that all have', () => {
    const hours = [histogram([1, 2, 4], [2, 2, 2, 0]), histogram([1, 4, 8], [0, 4, 0, 0])];
    // 2 up to 1 s, 8 from 1 to 4 s: 1 + 3 × (5 - 2)/8.
    expect(combineLatency(hours)['inter-token']).toMatchObject({
      count: 10,
      p50: { seconds: 2.125, isMore: false },
    });
  });
});

describe('GPU telemetry', () => {
  test('is weighted by time, and shown beside tokens, busy time and throughput', () => {
    const { gpu } = figures({
      gpuActivity: [
        activity(3_600_000, { gpuUtilMillionths: 900_000, tensorActiveMillionths: 100_000 }),
        activity(1_200_000, { gpuUtilMillionths: 500_000 }),
      ],
    });
    // (0.9 × 3 + 0.5 × 1) / 4; three of four paid hours had work.
    expect([gpu?.gpuUtil, gpu?.tensorActive, gpu?.dramActive, gpu?.worked].map(six)).toEqual([
      '0.800000',
      '0.100000',
      undefined,
      '0.750000',
    ]);
    expect(gpu).toMatchObject({ gpuMs: 4_800_000, disagrees: false });
  });

  test.each([
    // Throughput is 0.361111 of capacity.
    [1_000_000, false],
    [120_000, true],
    [121_000, false],
  ])('as %i millionths of GPU_UTIL disagrees with throughput: %s', (gpuUtilMillionths, isOff) => {
    const { gpu } = figures({ gpuActivity: [activity(1, { gpuUtilMillionths })] });
    expect(gpu?.disagrees).toBe(isOff);
  });
});

describe('the nearest published run', () => {
  test.each([
    ['A100-80GB', 'Qwen/Qwen3-32B', 1.1, 217, 201],
    ['NVIDIA A100-SXM4-80GB', 'qwen/Qwen3-32B-AWQ', 30, 128, 4],
    ['H100', 'meta-llama/Meta-Llama-3.1-8B-Instruct', 1, 128, 128],
  ])('on %s of %s at %f in for one out', (...row) => {
    const [gpu, model, inputPerOutput, input, output] = row;
    const found = nearestReference({ gpu, model, inputPerOutput });
    expect(found).toMatchObject({ inputTokens: input, outputTokens: output });
  });

  test.each([
    ['RTX 4090', 'Qwen/Qwen3-32B'],
    ['A100-80GB', 'mistralai/Mistral-7B-Instruct'],
  ])('does not exist on %s of %s', (gpu, model) => {
    expect(nearestReference({ gpu, model, inputPerOutput: 1 })).toBeUndefined();
  });

  test.each([
    // 2,054 are published at 217 in and 201 out; 3,081 is one and a half times that.
    ['3081', 'within'],
    ['3082', 'above'],
    ['205', 'below'],
    ['206', 'within'],
  ])('judges a capacity of %s tokens/s: %s', (tokensPerSecond, judgment) => {
    const usage = series([{ at: 0, uncached: 2170, output: 2010 }]);
    const { reference } = figures(
      {},
      {
        usage,
        trailingUsage: usage,
        model: 'Qwen/Qwen3-32B',
        capacity: { tokensPerSecond: decimal(tokensPerSecond) },
      },
    );
    expect(reference).toMatchObject({ judgment, tokensPerSecond: 2054 });
  });

  test('leaves cached prompts out of ours, and takes one GPU of several', () => {
    const { reference } = figures(
      {},
      { model: 'Qwen/Qwen3-32B', gpu: { type: 'A100-80GB', count: 2 }, usage: series(WORKED_ROWS) },
    );
    // 3,000 × (15.6 - 2.6) / 15.6 / 2.
    expect(six(reference?.ours)).toBe('1250.000000');
  });
});
