import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimal, sumWhole } from '../../src/domain/exact.ts';
import { divideByDay } from '../../src/economics/bill/sharing.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { charge, deployment, hour, series, stack } from './stackFixture.ts';

const HOURS = 92 * 24;

/** Every hour of 92 days at $1.000001: $2,208.002208 in all. */
const HOURLY = Array.from({ length: HOURS }, (_, at) =>
  charge({
    usd: '1.000001',
    from: at,
    to: at + 1,
    resourceId: 'node',
    quantity: decimal('1'),
    unit: 'Hours',
  }),
);

function sharers(...replicas: readonly number[]) {
  const deployments = replicas.map((count, at) =>
    deployment({
      id: `model-${at}`,
      resources: [{ sourceId: 'bill', id: 'node' }],
      usage: series([{ at: 0, hours: HOURS, replicaS: count * HOURS * 3600, output: 100 }]),
    }),
  );
  const window = { startMs: hour(0), endMs: hour(HOURS) };
  return weighStack(stack({ charges: HOURLY, deployments, window }));
}

test('three equal sharers of hourly bills pay the same, and together all of it', () => {
  const { deployments, bill } = sharers(1, 1, 1);
  expect(bill.spend).toBe(2_208_002_208_000n);
  expect(deployments.map(({ spend }) => spend.total)).toEqual([
    736_000_736_000n,
    736_000_736_000n,
    736_000_736_000n,
  ]);
});

test('unequal sharers of hourly bills pay their share to the nano-dollar', () => {
  const { deployments } = sharers(1, 2, 4);
  // 2,208.002208 / 7 is 315.4288868571…
  expect(deployments.map(({ spend }) => spend.total)).toEqual([
    315_428_886_857n,
    630_857_773_714n,
    1_261_715_547_429n,
  ]);
});

test('on each day the parts sum to the day', () => {
  const { deployments } = sharers(1, 1, 1);
  for (const day of [0, 41, 91]) {
    const parts = deployments.map(({ days }) => days[day]?.spend ?? 0n);
    expect(sumWhole(parts)).toBe(24_000_024_000n);
  }
});

test('the rounding remainder goes to another sharer each day', () => {
  expect(divideByDay([1n, 1n, 1n], () => [1n, 1n, 1n])).toEqual([
    [1n, 0n, 0n],
    [0n, 1n, 0n],
    [0n, 0n, 1n],
  ]);
  expect(divideByDay([-1n, -1n], () => [1n, 1n])).toEqual([
    [0n, -1n],
    [-1n, 0n],
  ]);
});

test('a sharer without weight on a day gets nothing of it, whatever remained before', () => {
  const weights = [
    [1n, 1n],
    [1n, 0n],
    [0n, 1n],
  ];
  expect(divideByDay([1n, 5n, 1n], (day) => weights[day] ?? [])).toEqual([
    [1n, 0n],
    [5n, 0n],
    [0n, 1n],
  ]);
});

const WEIGHTS = fc
  .array(fc.bigInt({ min: 0n, max: 5n }), { minLength: 3, maxLength: 3 })
  .filter((weights) => sumWhole(weights) > 0n);
const DAYS = fc.array(fc.tuple(fc.bigInt({ min: -9n, max: 99n }), WEIGHTS), { maxLength: 60 });

test('the days sum, and over all of them each sharer has its share to within two units', () => {
  fc.assert(
    fc.property(DAYS, (days) => {
      const parts = divideByDay(
        days.map(([amount]) => amount),
        (day) => days[day]?.[1] ?? [],
      );
      let due = [0, 0, 0];
      for (const [day, [amount, weights]] of days.entries()) {
        expect(sumWhole(parts[day] ?? [])).toBe(amount);
        const whole = Number(sumWhole(weights));
        due = due.map((sum, at) => sum + (Number(amount) * Number(weights[at])) / whole);
      }
      for (const [at, share] of due.entries()) {
        const own = Number(sumWhole(parts.map((each) => each[at] ?? 0n)));
        expect(Math.abs(own - share)).toBeLessThan(2);
      }
    }),
  );
});
