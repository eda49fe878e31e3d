import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimal } from '../../src/domain/exact.ts';
import { weighStack } from '../../src/economics/stack.ts';
import {
  dropImplausibleUsage,
  plausibleThroughput,
} from '../../src/economics/usage/plausibleUsage.ts';
import { findCapacity } from '../../src/economics/usage/capacity.ts';
import { deployment, type UsageInterval, series, six, stack } from './stackFixture.ts';
import { warningSentences } from '../support/factSentences.ts';

const A100 = { gpu: { type: 'A100-80GB', count: 1 } };
const stated = { ...A100, capacity: { tokensPerSecond: decimal('3000') } };

/** Hours with so many tokens per second each. */
function hours(...perSecond: readonly number[]): UsageInterval[] {
  return perSecond.map((pace, at) => ({ at, output: pace * 3600, busyS: 3600 }));
}

const ordinary = [1000, 2000, 1500, 1200, 900, 1900, 800, 700, 1100, 600, 500, 400, 300];
const startsOf = ({ doubts }: ReturnType<typeof dropImplausibleUsage>) =>
  doubts.map(({ startMs }) => startMs);

describe('the plausible throughput of a replica', () => {
  test.each([
    ['A100-80GB', 1, 251_730],
    ['NVIDIA H100 80GB HBM3', 2, 1_173_000],
    ['H200', 1, 601_460],
    ['B200', 1, 1_076_240],
    ['RTX 4090', 1, 1_076_240],
    ['a chip nobody knows', 4, 4_304_960],
  ])('%s × %i is %i tokens a second', (type, count, pace) => {
    expect(plausibleThroughput({ type, count })).toBe(pace);
  });
});

describe('an interval', () => {
  test('faster than anything published for its GPU is excluded, and reported with figures', () => {
    const usage = series(hours(1000, 2_400_000, 500));
    const found = dropImplausibleUsage(usage, stated);
    expect([...found.series.startMs]).toEqual([usage.startMs[0], usage.startMs[2]]);
    expect(found.doubts).toEqual([
      {
        code: 'beyond-published',
        startMs: usage.startMs[1],
        endMs: usage.endMs[1],
        tokens: 8_640_000_000,
        tokensPerSecond: { num: 2_400_000n, den: 1n },
        supported: 251_730,
      },
    ]);
  });

  test('more than ten times as fast as the third-fastest hour is excluded', () => {
    const usage = series(hours(...ordinary, 20_001, 20_000));
    expect(startsOf(dropImplausibleUsage(usage, A100))).toEqual([usage.startMs[13]]);
    expect(dropImplausibleUsage(usage, A100).doubts[0]).toMatchObject({
      code: 'alone',
      supported: 2000,
    });
  });

  test('counts where a third hour is as fast, or nearly', () => {
    const usage = series(hours(...ordinary, 20_000, 20_000, 2_000));
    expect(dropImplausibleUsage(usage, A100).doubts).toEqual([]);
  });

  test('counts where the stated capacity is a tenth of it', () => {
    const usage = series(hours(...ordinary, 29_000));
    expect(startsOf(dropImplausibleUsage(usage, stated))).toEqual([]);
    expect(startsOf(dropImplausibleUsage(usage, A100))).toEqual([usage.startMs[13]]);
  });

  test('is judged by its hour alone where fewer than twelve hours were busy', () => {
    expect(dropImplausibleUsage(series(hours(10, 10, 10, 9_000)), A100).doubts).toEqual([]);
  });

  test('with unknown replica time, or seen too briefly, is not judged', () => {
    const blind: UsageInterval[] = [
      { at: 20, output: 3600 * 900_000, replicaS: null },
      { at: 21, output: 3600 * 900_000, replicaS: 100 },
    ];
    expect(dropImplausibleUsage(series([...hours(...ordinary), ...blind]), A100).doubts).toEqual(
      [],
    );
  });

  test('that is estimated is judged, and is no evidence for others', () => {
    const guesses = [13, 14, 15].map((at) => {
      return { at, output: 3600 * 30_000, busyS: 3600, estimated: true };
    });
    const usage = series([...hours(...ordinary), ...guesses]);
    expect(dropImplausibleUsage(usage, A100).doubts).toHaveLength(3);
  });
});

test('whatever is faked in one interval, the rest is as if it had not been seen', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: ordinary.length - 1 }),
      fc.integer({ min: 21_000, max: 400_000_000 }),
      (at, faked) => {
        const bad = ordinary.map((pace, hour) => (hour === at ? faked : pace));
        const found = dropImplausibleUsage(series(hours(...bad)), A100);
        const rest = series(hours(...ordinary).filter((_, hour) => hour !== at));
        expect(found.series).toEqual(rest);
      },
    ),
  );
});

describe('the capacity', () => {
  const { capacity: _stated, ...unstated } = deployment({ trailingUsage: series([]) });
  const found = (usage: readonly UsageInterval[], more: object = {}) =>
    findCapacity({ ...unstated, ...more }, series(usage));

  test('is not raised beyond twice what three hours support, and that is reported', () => {
    const { capacity, doubts } = found(hours(...ordinary, 6_000, 1_950));
    expect(six(capacity?.tokensPerSecond)).toBe('2000.000000');
    expect(doubts).toMatchObject([
      { code: 'capacity-not-raised', tokens: 21_600_000, supported: 1950 },
    ]);
  });

  test('is raised up to twice that', () => {
    const { capacity, doubts } = found(hours(...ordinary, 3_800, 1_950));
    expect(six(capacity?.tokensPerSecond)).toBe('3800.000000');
    expect(doubts).toEqual([]);
  });

  test('that is stated supports an interval of twice as many', () => {
    const more = { capacity: { tokensPerSecond: decimal('3000') } };
    expect(six(found(hours(...ordinary, 6_000), more).capacity?.tokensPerSecond)).toBe(
      '6000.000000',
    );
    const unsupported = found(hours(...ordinary, 6_001), more);
    expect(six(unsupported.capacity?.tokensPerSecond)).toBe('3000.000000');
    expect(unsupported.capacity?.basis).toBe('measured');
  });

  test('that is stated beyond anything published is not used, and that is reported', () => {
    const more = { capacity: { tokensPerSecond: decimal('300000'), evidence: 'a slide' } };
    const { capacity, warnings } = found(hours(...ordinary), more);
    expect(capacity).toEqual({
      tokensPerSecond: { num: 2000n, den: 1n },
      basis: 'observed',
    });
    expect(warningSentences(warnings).join()).toContain(
      'The stated capacity is more than ten times the highest figure published for ' +
        'these GPUs. It is not used.',
    );
  });
});

test('excluded intervals are in the economics, with a sentence for each kind', () => {
  const usage = series(hours(1000, 2000, 1500, 100));
  const doubts = dropImplausibleUsage(series(hours(2_400_000)), A100).doubts;
  const [chat] = weighStack(stack({ deployments: [deployment({ usage, doubts })] })).deployments;
  expect(chat?.doubts).toEqual(doubts);
  expect(warningSentences(chat?.warnings)[0]).toBe(
    'Usage in 1 interval (8,640,000,000 tokens) is left out, with its tokens and ' +
      'dollars. It is more than ten times as fast as the highest figure published ' +
      'for these GPUs. The fastest interval had 2,400,000 tokens a second per ' +
      'replica at 2026-07-01T00:00:00Z, compared with 251,730.',
  );
});
