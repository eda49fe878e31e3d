import { expect, test } from 'vitest';
import type { Charge } from '../../src/domain/charge.ts';
import { compare, decimal, exact, ONE, subtract } from '../../src/domain/exact.ts';
import type { Period } from '../../src/domain/period.ts';
import type { RightSizeInput } from '../../src/economics/input.ts';
import { rightSizeOffer } from '../../src/economics/option/rightSize.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { optionFacts, pricedOffer } from './marketFixture.ts';
import {
  charge,
  deployment,
  hour,
  type UsageInterval,
  POD,
  series,
  six,
  stack,
  WORKED_ROWS,
} from './stackFixture.ts';
import { warningSentences } from '../support/factSentences.ts';

/** What one replica of 3,000 tokens/s holds in an hour at 0.8. */
const HELD = 8_640_000;

interface World {
  readonly rows?: readonly UsageInterval[];
  readonly charges?: readonly Charge[];
  readonly hours?: number;
  readonly window?: Period;
  readonly minReplicas?: number;
}

function input({ rows = WORKED_ROWS, charges = [POD], hours = 4, ...rest }: World) {
  const { window = { startMs: hour(0), endMs: hour(hours) }, minReplicas = 1 } = rest;
  const rightSize: RightSizeInput = { headroom: decimal('0.8'), minReplicas };
  const deployments = [
    deployment({
      rightSize,
      usage: series(rows),
      resources: [{ sourceId: 'bill', id: 'pod-*' }],
    }),
  ];
  return stack({ window, charges, deployments });
}

function offer(world: World) {
  return pricedOffer(rightSizeOffer(optionFacts(input(world))));
}

/** $1 an hour for each pod. */
function pods(count: number, { from = 0, to }: { from?: number; to: number }): Charge[] {
  const [usd, unit] = [`${to - from}`, 'Hours'];
  return Array.from({ length: count }, (_, index) =>
    charge({ usd, from, to, quantity: decimal(usd), unit, resourceId: `pod-${index}` }),
  );
}

test('the worked example keeps its only replica through the idle hour', () => {
  const { gpuUsd, storageUsd, otherUsd, rate, detail, days } = offer({});
  expect([gpuUsd, storageUsd, otherUsd].map(six)).toEqual(['6.000000', '0.000000', '0.000000']);
  expect([rate, six(detail.replicaHours)]).toEqual(['own', '4.000000']);
  expect([detail.mostReplicas, detail.hoursOff]).toEqual([1, 0]);
  expect([...days.ownUsd]).toEqual([6]);
});

test('where no replica must run, the idle hour of the worked example is off', () => {
  const { gpuUsd, detail, days } = offer({ minReplicas: 0 });
  expect(gpuUsd).toEqual(decimal('4.5'));
  expect([six(detail.replicaHours), detail.hoursOff]).toEqual(['3.000000', 1]);
  expect([...days.ownUsd]).toEqual([4.5]);
});

test('a load exactly at the headroom needs one replica, one token more needs two', () => {
  const charges = pods(2, { to: 1 });
  const usdOf = (output: number) =>
    six(offer({ rows: [{ at: 0, output, replicaS: 7200 }], charges, hours: 1 }).gpuUsd);
  expect([HELD - 1, HELD, HELD + 1].map(usdOf)).toEqual(['1.000000', '1.000000', '2.000000']);
});

test('the fastest interval of an hour decides for all of it', () => {
  const rows = [
    { at: 0, hours: 0.25, output: HELD / 4 },
    { at: 0.25, hours: 0.25, output: HELD / 4 + 1, replicaS: 1800 },
    { at: 0.5, hours: 0.5, replicaS: 3600 },
    { at: 1, output: HELD, replicaS: 7200 },
  ];
  const found = offer({ rows, charges: pods(2, { to: 2 }), hours: 2 });
  expect(six(found.detail.replicaHours)).toBe('3.000000');
});

test('fastest is by tokens per second, not by tokens', () => {
  const slow = { at: 0, hours: 0.75, output: HELD / 2, replicaS: 5400 };
  const fast = { at: 0.75, hours: 0.25, output: HELD / 4 + 1, replicaS: 1800 };
  const usdOf = (rows: readonly UsageInterval[]) =>
    six(offer({ rows, charges: pods(2, { to: 1 }), hours: 1 }).gpuUsd);
  expect(usdOf([slow, fast])).toBe('2.000000');
  expect(
    usdOf([
      { ...fast, at: 0 },
      { ...slow, at: 0.25 },
    ]),
  ).toBe('2.000000');
});

test('an interval longer than an hour counts in each of its hours with its own rate', () => {
  const rows = [
    { at: 0, hours: 3, output: 3 * HELD + 1, replicaS: 6 * 3600 },
    { at: 3, replicaS: 7200 },
  ];
  const { detail } = offer({ rows, charges: pods(2, { to: 4 }), minReplicas: 0 });
  expect([six(detail.replicaHours), detail.mostReplicas, detail.hoursOff]).toEqual([
    '6.000000',
    2,
    1,
  ]);
});

test('an interval across the end of an hour counts in both hours', () => {
  const rows = [
    { at: 0, hours: 0.5 },
    { at: 0.5, output: 1 },
    { at: 1.5, hours: 0.5 },
  ];
  const { detail } = offer({ rows, charges: pods(1, { to: 2 }), hours: 2, minReplicas: 0 });
  expect([six(detail.replicaHours), detail.hoursOff]).toEqual(['2.000000', 0]);
});

test('hours of unknown usage are neither paid for nor off', () => {
  const rows = [{ at: 0, output: 1 }, { at: 3 }];
  const { gpuUsd, detail } = offer({ rows, minReplicas: 0 });
  expect([six(gpuUsd), six(detail.replicaHours), detail.hoursOff]).toEqual([
    '1.500000',
    '1.000000',
    1,
  ]);
});

test('of an hour that is known in part, only that part counts', () => {
  const rows = [{ at: 0, hours: 0.5, output: 1, replicaS: 3600 }];
  const facts = optionFacts(input({ rows, charges: pods(2, { to: 1 }), hours: 1 }));
  expect(six(facts.spend.coveredComputeUsd)).toBe('1.000000');
  expect(six(pricedOffer(rightSizeOffer(facts)).gpuUsd)).toBe('0.500000');
});

test('a pod that was paid for a part of an hour costs no more than that part', () => {
  const half = charge({ usd: '1', from: 0, to: 1, quantity: decimal('0.5'), unit: 'Hours' });
  const rows = [{ at: 0, output: HELD + 1 }];
  const { gpuUsd, detail } = offer({ rows, charges: [half], hours: 1 });
  expect([six(gpuUsd), six(detail.replicaHours), detail.mostReplicas]).toEqual([
    '1.000000',
    '0.500000',
    1,
  ]);
});

test('replicas stop at what was paid, whatever the load needs', () => {
  const rows = [{ at: 0, output: 9 * HELD, replicaS: 7200 }];
  const found = offer({ rows, charges: pods(2, { to: 1 }), hours: 1 });
  expect([six(found.gpuUsd), found.detail.mostReplicas]).toEqual(['2.000000', 2]);
  expect(found.atScale?.(decimal('1e999')).gpuUsd).toEqual(found.gpuUsd);
});

test('more replicas than were paid for are never assumed because of a high minimum', () => {
  expect(six(offer({ minReplicas: 3 }).gpuUsd)).toBe('6.000000');
});

test('each day is charged at its own rate', () => {
  const expensive = charge({ usd: '48', from: 24, to: 48, quantity: decimal('24'), unit: 'Hours' });
  const rows = Array.from({ length: 48 }, (_, at) => ({ at, output: at % 4 === 0 ? 1 : 0 }));
  const charges = [
    ...pods(1, { to: 24 }).map((each) => ({ ...each, resourceId: 'pod-1' })),
    expensive,
  ];
  const { gpuUsd, days } = offer({ rows, charges, hours: 48, minReplicas: 0 });
  expect([...days.ownUsd]).toEqual([6, 12]);
  expect(gpuUsd).toEqual(exact(18n));
});

test('storage and everything else that is not a GPU stays', () => {
  const charges = [
    POD,
    charge({ usd: '0.4', from: 0, to: 4, category: 'storage' }),
    charge({ usd: '0.2', from: 0, to: 4, category: 'network' }),
  ];
  const found = offer({ charges, minReplicas: 0 });
  expect([found.gpuUsd, found.storageUsd, found.otherUsd].map(six)).toEqual([
    '4.500000',
    '0.400000',
    '0.200000',
  ]);
  expect([...found.days.ownUsd]).toEqual([5.1]);
});

test('hours are counted from the start of the window, and one over midnight is one hour', () => {
  const rows = [
    { at: 22.5, output: 1 },
    { at: 23.5, hours: 0.75 },
    { at: 24.25, hours: 0.25, output: 1 },
    { at: 24.5 },
  ];
  const window = { startMs: hour(22.5), endMs: hour(25.5) };
  const charges = pods(1, { from: 22.5, to: 25.5 });
  const { detail, days } = offer({ rows, charges, window, minReplicas: 0 });
  expect([six(detail.replicaHours), detail.hoursOff]).toEqual(['2.000000', 1]);
  expect([...days.ownUsd]).toEqual([1.5, 0.5]);
});

test('an hour off over midnight is one hour off', () => {
  const rows = [{ at: 22.5, hours: 3 }];
  const window = { startMs: hour(22.5), endMs: hour(25.5) };
  const charges = pods(1, { from: 22.5, to: 25.5 });
  expect(offer({ rows, charges, window, minReplicas: 0 }).detail.hoursOff).toBe(3);
});

test('more tokens need more replicas by steps, fewer tokens fewer', () => {
  const rows = [{ at: 0, output: HELD, replicaS: 7200 }];
  const found = offer({ rows, charges: pods(2, { to: 1 }), hours: 1, minReplicas: 0 });
  const usdAt = (scale: string) => six(found.atScale?.(decimal(scale)).gpuUsd);
  expect(['0', '0.001', '1', '1.0000001', '2', '2.5'].map(usdAt)).toEqual([
    '0.000000',
    '1.000000',
    '1.000000',
    '2.000000',
    '2.000000',
    '2.000000',
  ]);
  expect(found.atScale?.(ONE)).toEqual({ gpuUsd: found.gpuUsd, hosted: found.hosted });
});

test('a scale of very many digits is as exact as any other', () => {
  const rows = [{ at: 0, output: HELD, replicaS: 7200 }];
  const found = offer({ rows, charges: pods(2, { to: 1 }), hours: 1 });
  const hair = exact(1n, 10n ** 900n);
  const above = { num: hair.num + hair.den, den: hair.den };
  expect(six(found.atScale?.(above).gpuUsd)).toBe('2.000000');
  expect(six(found.atScale?.(subtract(ONE, hair)).gpuUsd)).toBe('1.000000');
});

test('thousands of replicas are counted to the nanosecond', () => {
  const quantity = decimal('48000.000000000001');
  const charges = [charge({ usd: '48000', from: 0, to: 24, quantity, unit: 'Hours' })];
  const rows = Array.from({ length: 24 }, (_, at) => ({ at, replicaS: null, output: 1 }));
  const facts = optionFacts(input({ rows, charges, hours: 24, minReplicas: 5000 }));
  expect(compare(pricedOffer(rightSizeOffer(facts)).gpuUsd, facts.spend.coveredComputeUsd)).toBe(0);
});

test('without capacity, or without time that is paid and used, there is no offer', () => {
  const { capacity: _, ...unknown } = optionFacts(input({}));
  expect(rightSizeOffer(unknown)).toEqual({ reason: { code: 'capacity-unknown' } });
  const reason = { code: 'no-paid-hours-in-use' };
  expect(rightSizeOffer(optionFacts(input({ charges: [] })))).toEqual({ reason });
  const blind = { rows: [{ at: 30, output: 1 }], hours: 48 };
  expect(rightSizeOffer(optionFacts(input(blind)))).toEqual({ reason });
});

test('intervals that are too long to show a peak are reported', () => {
  const warned = (hours: number, output: number) => {
    const [chat] = weighStack(input({ rows: [{ at: 0, hours, output }] })).deployments;
    return warningSentences(chat?.warnings).filter((text) => text.includes('longer than an hour'));
  };
  expect(warned(2, 1)).toEqual([
    'Usage has 1 interval longer than an hour. Peaks within an interval are not ' +
      'visible, so right-size and hybrid costs are lower bounds.',
  ]);
  expect([warned(1, 1), warned(2, 0)]).toEqual([[], []]);
});
