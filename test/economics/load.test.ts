import { expect, test } from 'vitest';
import { paidByHour } from '../../src/economics/bill/replicaTime.ts';
import { hourlyTokens } from '../../src/economics/usage/hours.ts';
import { hour, type UsageInterval, series } from './stackFixture.ts';

function hours(rows: readonly UsageInterval[], count: number) {
  const window = { startMs: hour(0), endMs: hour(count) };
  return [...hourlyTokens(series(rows), window)];
}

test('intervals inside an hour add up, and an hour without any is unknown', () => {
  const rows = [
    { at: 0, hours: 0.5, output: 1 },
    { at: 0.5, hours: 0.5, output: 2 },
    { at: 2, output: 0 },
  ];
  expect(hours(rows, 3)).toEqual([3, Number.NaN, 0]);
});

test('a longer interval is spread evenly in whole tokens that sum to it', () => {
  expect(hours([{ at: 0, hours: 3, output: 10 }], 3)).toEqual([3, 3, 4]);
});

test('usage after the window is left out', () => {
  expect(hours([{ at: 1, hours: 2, output: 10 }], 2)).toEqual([Number.NaN, 5]);
});

test('paid time is returned hour by hour from the start of the window, whatever the day', () => {
  const NS = 1_000_000n;
  const minute = 60_000;
  // From 23:30: two replicas for ninety minutes, into the next day, and one for the last half hour.
  const window = { startMs: hour(23.5), endMs: hour(25.5) };
  const pieces = [
    { startMs: hour(23.5), endMs: hour(25), ns: BigInt(180 * minute) * NS },
    { startMs: hour(25), endMs: hour(25.5), ns: BigInt(30 * minute) * NS },
  ] as unknown as Parameters<typeof paidByHour>[0];
  const minutes = Array.from(paidByHour(pieces, window), (ns) => ns / 1e6 / minute);
  expect(minutes).toEqual([120, 90]);
});
