import { expect, test } from 'vitest';
import { emptySeries, packedSeries, rowsStartingIn, tokensAt } from '../../src/domain/usage.ts';

test('cached tokens are counted once, and an unknown cache counts as none', () => {
  const series = emptySeries(2);
  series.uncachedPromptTokens.set([70, 100]);
  series.cachedPromptTokens.set([30, Number.NaN]);
  series.outputTokens.set([5, 5]);
  expect([tokensAt(series, 0), tokensAt(series, 1)]).toEqual([105, 105]);
});

test('a new series has no values', () => {
  const series = emptySeries(1);
  expect(series.busyMs[0]).toBeNaN();
  expect(series.estimated[0]).toBe(0);
});

test('the rows of a window are those that start in it', () => {
  const series = emptySeries(4);
  series.startMs.set([0, 10, 20, 30]);
  series.outputTokens.set([1, 2, 3, 4]);
  const cut = rowsStartingIn(series, 10, 30);
  expect([...cut.outputTokens]).toEqual([2, 3]);
  expect(cut.length).toBe(2);
  expect(rowsStartingIn(series, 31, 40).length).toBe(0);
});

/** Two adjacent intervals of five minutes, and the values of a column. */
function openPair(requests: readonly [number, number], gapMs = 0) {
  const series = emptySeries(3);
  series.startMs.set([300_000, 600_000 + gapMs]);
  series.endMs.set([600_000, 900_000 + gapMs]);
  for (const name of ['uncachedPromptTokens', 'outputTokens', 'busyMs', 'replicaMs'] as const) {
    series[name].set([7, 8]);
  }
  series.requests.set(requests);
  return series;
}

test.each([
  [[0, 2 ** 32 - 1], Uint32Array],
  [[1, 2 ** 32], Float64Array],
  [[1, Number.NaN], Float64Array],
  [[-1, 1], Float64Array],
  [[0.5, 1], Float64Array],
] as const)('a packed column of %j is equal', (requests, kind) => {
  const packed = packedSeries(openPair(requests), 2);
  expect(packed.requests).toBeInstanceOf(kind);
  expect([...packed.requests]).toEqual(requests);
  expect(packed.cachedPromptTokens).toBeInstanceOf(Float64Array);
  expect([...packed.cachedPromptTokens]).toEqual([Number.NaN, Number.NaN]);
});

test.each([0, 1])('packed times are the same with a gap of %d ms', (gapMs) => {
  const { length, startMs, endMs, estimated } = packedSeries(openPair([1, 2], gapMs), 2);
  expect([...startMs]).toEqual([300_000, 600_000 + gapMs]);
  expect([...endMs]).toEqual([600_000, 900_000 + gapMs]);
  expect([length, estimated.length]).toEqual([2, 2]);
  const last = rowsStartingIn(packedSeries(openPair([1, 2], gapMs), 2), 600_000, 900_000);
  expect([[...last.startMs], [...last.endMs]]).toEqual([[600_000 + gapMs], [900_000 + gapMs]]);
});

test('an empty series is packed to nothing', () => {
  const { length, startMs, endMs } = packedSeries(emptySeries(0), 0);
  expect([length, startMs.length, endMs.length]).toEqual([0, 0, 0]);
});
