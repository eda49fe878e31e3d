import { expect, test } from 'vitest';
import { decimal, exact } from '../../src/domain/exact.ts';
import { FRACTION_SCALE, FractionSums } from '../../src/economics/hosted/overflow.ts';
import { weighStack } from '../../src/economics/stack.ts';
import {
  charge,
  deployment,
  HOST_A,
  HOST_B,
  hosted,
  hour,
  price,
  series,
  six,
  stack,
} from './stackFixture.ts';

const PODS = [1, 2, 3].map((pod) =>
  charge({
    usd: '2',
    from: 0,
    to: 2,
    resourceId: `pod-${pod}`,
    quantity: decimal('2'),
    unit: 'Hours',
  }),
);
const FREE_OF_FEE = hosted({ fee: decimal('0') });

/** One quiet hour and one of 2.5 replicas of 1,000 tokens/s. */
function bursty(overrides: Parameters<typeof deployment>[0] = {}) {
  return deployment({
    resources: [{ sourceId: 'bill', id: 'pod-*' }],
    capacity: { tokensPerSecond: decimal('1000') },
    usage: series([
      { at: 0, uncached: 1_800_000, replicaS: 10_800, busyS: 3600 },
      { at: 1, uncached: 9_000_000, replicaS: 10_800, busyS: 9000 },
    ]),
    hosted: FREE_OF_FEE,
    ...overrides,
  });
}

function hybrids(overrides: Parameters<typeof stack>[0]) {
  const window = { startMs: hour(0), endMs: hour(2) };
  const charges = PODS;
  const deployments = [bursty()];
  const prices = [price({ host: 'x', input: '0.5', output: '1' })];
  const [chat] = weighStack(
    stack({ window, charges, deployments, prices, ...overrides }),
  ).deployments;
  if (chat === undefined) throw new Error('one deployment is weighed');
  return chat.hybrid;
}

test('k replicas run all the time and the rest of each interval is bought', () => {
  const { plans, best } = hybrids({});
  expect(plans.map(({ replicas, usd }) => [replicas, six(usd)])).toEqual([
    [1, '4.700000'],
    [2, '4.900000'],
    [3, '6.000000'],
    [4, '8.000000'],
  ]);
  expect(best?.replicas).toBe(1);
});

test('the overflow of an interval is bought at the price of that interval', () => {
  const before = price({ host: 'x', input: '0.5', output: '1' });
  const after = price({ host: 'x', input: '2', output: '1', validFromMs: hour(1) });
  const { plans, best } = hybrids({ prices: [before, after] });
  expect(plans.map(({ usd }) => six(usd))).toEqual([
    '12.800000',
    '7.600000',
    '6.000000',
    '8.000000',
  ]);
  expect(best?.replicas).toBe(3);
});

test('the overflow carries the mix of its interval', () => {
  const usage = series([
    {
      at: 0,
      uncached: 3_600_000,
      cached: 1_800_000,
      output: 1_800_000,
      requests: 7200,
      replicaS: 10_800,
    },
  ]);
  const prices = [price({ host: 'x', input: '1', cached: '0.5', output: '3', request: '0.001' })];
  const { plans } = hybrids({ prices, deployments: [bursty({ usage })] });
  const [one] = plans;
  expect(six(one?.overflow.atZeroUsd)).toBe('9.000000');
  expect(six(one?.overflow.atOneUsd)).toBe('8.550000');
});

test('every hybrid pays for what is not compute', () => {
  const disk = charge({ usd: '1', from: 0, to: 2, category: 'storage' });
  const { plans } = hybrids({ charges: [...PODS, disk] });
  expect(six(plans[0]?.usd)).toBe('5.700000');
});

test('the fewest replicas win a tie', () => {
  const own = bursty({
    capacity: { tokensPerSecond: exact(5000n, 9n) },
    usage: series([0, 1].map((at) => ({ at, uncached: 4_000_000, replicaS: 10_800 }))),
  });
  const { plans, best } = hybrids({ deployments: [own] });
  expect(plans.slice(0, 2).map(({ usd }) => six(usd))).toEqual(['4.000000', '4.000000']);
  expect(best?.replicas).toBe(1);
});

test('over partly covered time replicas are counted for the covered hours alone', () => {
  const usage = series([{ at: 1, uncached: 9_000_000, replicaS: 10_800 }]);
  const { plans } = hybrids({ deployments: [bursty({ usage })] });
  expect(plans.map(({ ownUsd }) => six(ownUsd))).toEqual([
    '1.000000',
    '2.000000',
    '3.000000',
    '4.000000',
  ]);
});

test('without capacity or price a hybrid is unknown, with the reason', () => {
  const { capacity: _capacity, ...unknown } = bursty({ usage: series([{ at: 0 }]) });
  const idle = { ...unknown, trailingUsage: series([]) };
  expect(hybrids({ deployments: [idle] }).reason).toEqual({ code: 'capacity-unknown' });
  expect(hybrids({ prices: [] }).reason).toEqual({ code: 'no-host-known' });
  expect(hybrids({ deployments: [bursty({ usage: series([]) })] }).reason).toEqual({
    code: 'no-paid-hours-in-use',
  });
});

test('the worked providers give the worked hybrids whatever their order', () => {
  const [first] = weighStack(stack({ prices: [HOST_B, HOST_A] })).deployments;
  expect(first?.hybrid.plans.map(({ usd }) => six(usd))).toEqual(['6.000000', '12.000000']);
});

test.each([
  [1, 3, 300],
  [2, 3, 7],
  [5, 5, 86_400_000],
  [123_456_789, 987_654_321, 300_000],
  [2 ** 40, 2 ** 41 + 1, 3_600_000],
  [7, 3, 10],
])('%d/%d of %d is kept to far below anything printed', (part, whole, weight) => {
  const sums = new FractionSums(2);
  sums.divide(part, whole);
  sums.add(1, weight);
  const right = (BigInt(part) * BigInt(weight) * FRACTION_SCALE) / BigInt(whole);
  const off = right - sums.scaled(1);
  expect(off >= 0n && off <= BigInt(weight)).toBe(true);
  expect(sums.scaled(0)).toBe(0n);
});
