import { expect, test } from 'vitest';
import { decimal, exact, ONE, ZERO } from '../../src/domain/exact.ts';
import type { DeploymentInput, ServerlessInput, StackInput } from '../../src/economics/input.ts';
import { serverlessOffer, serverlessWarnings } from '../../src/economics/option/serverless.ts';
import { optionFacts, pricedOffer } from './marketFixture.ts';
import {
  deployment,
  hour,
  type UsageInterval,
  series,
  six,
  stack,
  WORKED_ROWS,
} from './stackFixture.ts';
import { warningSentences } from '../support/factSentences.ts';

const PRICE: ServerlessInput = {
  usdPerSecond: decimal('0.0005'),
  coldStartMs: 60_000,
  idleTimeoutMs: 5_000,
  minWorkers: 0,
};

interface World extends Partial<ServerlessInput> {
  readonly rows?: readonly UsageInterval[];
  readonly of?: Partial<DeploymentInput>;
  readonly stack?: Partial<StackInput>;
}

function facts({ rows = WORKED_ROWS, of = {}, stack: around = {}, ...price }: World = {}) {
  const serverless = { ...PRICE, ...price };
  const deployments = [deployment({ usage: series(rows), serverless, ...of })];
  return optionFacts(stack({ deployments, ...around }));
}

function offer(world: World = {}) {
  return pricedOffer(serverlessOffer(facts(world)));
}

/** Of the worker time alone, in seconds. */
function seconds(world: World): string | undefined {
  return six(offer({ ...world, usdPerSecond: ONE }).gpuUsd);
}

test('the worked example takes 7,930 worker-seconds with two starts', () => {
  const found = offer();
  expect(found.gpuUsd).toEqual(decimal('3.965'));
  expect([found.storageUsd, found.otherUsd, found.rate]).toEqual([ZERO, ZERO, 'market']);
  expect(found.hosted).toEqual({ atZeroUsd: ZERO, atOneUsd: ZERO });
  expect(found.detail).toEqual({
    workerHours: exact(7930n, 3600n),
    starts: 2,
    breakEvenShare: exact(5n, 6n),
    workerShare: exact(7930n, 14_400n),
  });
  expect([...found.days.ownUsd]).toEqual([3.965]);
});

test('tokens at full capacity decide where they take longer than the busy time', () => {
  const row = { at: 0, output: 3_000_000, busyS: 999 };
  expect(seconds({ rows: [row] })).toBe('1065.000000');
  expect(seconds({ rows: [{ ...row, busyS: 1001 }] })).toBe('1066.000000');
});

test('a third of a millisecond stays a third', () => {
  expect(offer({ rows: [{ at: 0, output: 1 }], usdPerSecond: ONE }).gpuUsd).toEqual(
    exact(65n * 3000n + 1n, 3000n),
  );
});

test('workers that always run are paid for in each interval, starts only above them', () => {
  const rows = [{ at: 0, busyS: 3599 }, { at: 1 }, { at: 2, busyS: 3500 }, { at: 3, hours: 0.5 }];
  expect(seconds({ rows, minWorkers: 1 })).toBe(`${3664 + 3600 + 3600 + 1800}.000000`);
});

test('without load only the workers that always run cost anything', () => {
  const rows = [{ at: 0 }, { at: 1 }];
  expect(seconds({ rows })).toBe('0.000000');
  expect(seconds({ rows, minWorkers: 2 })).toBe('14400.000000');
  expect(offer({ rows }).detail.starts).toBe(0);
});

test('a load after an interval without, after a gap, and the first one start cold', () => {
  const load = { hours: 1, output: 1 };
  const starts = (rows: readonly UsageInterval[]) => offer({ rows }).detail.starts;
  expect(
    starts([
      { at: 0, ...load },
      { at: 1, ...load },
    ]),
  ).toBe(1);
  expect(starts([{ at: 0, ...load }, { at: 1 }, { at: 2, ...load }])).toBe(2);
  expect(
    starts([
      { at: 0, ...load },
      { at: 2, ...load },
    ]),
  ).toBe(2);
  expect(starts([{ at: 0 }, { at: 1, ...load }, { at: 2, ...load }])).toBe(1);
});

test('requests without tokens, and busy time without either, are load', () => {
  const starts = (row: Omit<UsageInterval, 'at'>) =>
    offer({ rows: [{ at: 0, ...row }] }).detail.starts;
  expect([{ requests: 1 }, { busyS: 1 }, { requests: null, busyS: null }, {}].map(starts)).toEqual([
    1, 1, 0, 0,
  ]);
});

test('an interval belongs to the day on which it starts', () => {
  const rows = [
    { at: 23.5, output: 3_000_000, busyS: 500 },
    { at: 24.5, output: 6_000_000, busyS: 3000 },
  ];
  const window = { startMs: hour(0), endMs: hour(48) };
  const { days, gpuUsd } = offer({ rows, stack: { window } });
  expect([...days.ownUsd]).toEqual([0.5325, 1.5]);
  expect(gpuUsd).toEqual(decimal('2.0325'));
});

test('with other tokens, starts and busy time stay as they are', () => {
  const { atScale } = offer();
  const usdAt = (scale: string) => six(atScale?.(decimal(scale)).gpuUsd);
  expect(['0', '0.5', '1', '2', '3'].map(usdAt)).toEqual([
    '3.965000',
    '3.965000',
    '3.965000',
    '5.765000',
    '7.865000',
  ]);
});

test('the slope counts the intervals in which more tokens take longer', () => {
  const { atScale } = offer();
  const slopeAt = (scale: string) => atScale?.(decimal(scale)).slope?.gpuUsd;
  expect(['0', '0.999', '1', '2.4', '2.5', '3'].map(slopeAt).map(six)).toEqual([
    '0.000000',
    '0.000000',
    '1.800000',
    '1.800000',
    '2.400000',
    '2.600000',
  ]);
});

test('a scale of very many digits is as exact as any other', () => {
  const { atScale, gpuUsd } = offer();
  const hair = 10n ** 900n;
  const above = atScale?.(exact(hair + 1n, hair)).gpuUsd;
  expect(above).toEqual(exact(3965n * hair + 1800n, 1000n * hair));
  expect(atScale?.(exact(hair - 1n, hair)).gpuUsd).toEqual(gpuUsd);
});

test('where nothing is paid for, there is no pod to compare with', () => {
  const { detail } = offer({ stack: { charges: [] } });
  expect(Object.keys(detail)).toEqual(['workerHours', 'starts']);
  expect(offer({ usdPerSecond: ZERO }).detail.breakEvenShare).toBeUndefined();
});

test('without a price, capacity or usage there is no offer', () => {
  const { serverless: _, ...unpriced } = deployment();
  const reasonOf = (result: ReturnType<typeof optionFacts>) => serverlessOffer(result);
  expect(reasonOf(optionFacts(stack({ deployments: [unpriced] })))).toEqual({
    reason: { code: 'no-serverless-price' },
  });
  const { capacity: __, ...unmeasured } = facts();
  expect(reasonOf(unmeasured)).toEqual({ reason: { code: 'capacity-unknown' } });
  expect(reasonOf(facts({ rows: [] }))).toEqual({ reason: { code: 'no-usage' } });
});

test('the figure is marked as a lower bound, all the more where busy time is unknown', () => {
  expect(warningSentences(serverlessWarnings(facts()))).toEqual([
    'The serverless cost is a lower bound. Pauses within an interval are not ' +
      'visible, nor are their idle timeouts and cold starts.',
  ]);
  const rows = [
    { at: 0, output: 3_000_000, busyS: null },
    { at: 1, busyS: 3600 },
  ];
  expect(seconds({ rows })).toBe(`${1000 + 65 + 3600}.000000`);
  expect(warningSentences(serverlessWarnings(facts({ rows })))[1]).toBe(
    'Busy time is unknown in 1 interval. There, the serverless cost covers only ' +
      'the time that the tokens take at full capacity.',
  );
});

test('serverless is not mentioned where it has no price', () => {
  const { serverless: _, ...unpriced } = deployment();
  expect(serverlessWarnings(optionFacts(stack({ deployments: [unpriced] })))).toEqual([]);
  expect(serverlessWarnings(facts({ rows: [] }))).toEqual([]);
});
