import { expect, test } from 'vitest';
import { tokensByHour } from '../../src/economics/usage/load.ts';
import { hour, type Interval, series } from './stackFixture.ts';

function hours(rows: readonly Interval[], count: number) {
  const window = { startMs: hour(0), endMs: hour(count) };
  return [...tokensByHour(series(rows), window)];
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

test('what lies behind the window is left out', () => {
  expect(hours([{ at: 1, hours: 2, output: 10 }], 2)).toEqual([Number.NaN, 5]);
});
