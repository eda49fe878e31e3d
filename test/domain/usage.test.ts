import { expect, test } from 'vitest';
import { emptySeries, rowsStartingIn, tokensAt } from '../../src/domain/usage.ts';

test('cached tokens are counted once, and an unknown cache counts as none', () => {
  const series = emptySeries(2);
  series.uncachedPromptTokens.set([70, 100]);
  series.cachedPromptTokens.set([30, Number.NaN]);
  series.outputTokens.set([5, 5]);
  expect([tokensAt(series, 0), tokensAt(series, 1)]).toEqual([105, 105]);
});

test('a fresh series knows nothing', () => {
  const series = emptySeries(1);
  expect(series.busyMs[0]).toBeNaN();
  expect(series.estimated[0]).toBe(0);
});

test('rows of a window are those that start in it', () => {
  const series = emptySeries(4);
  series.startMs.set([0, 10, 20, 30]);
  series.outputTokens.set([1, 2, 3, 4]);
  const cut = rowsStartingIn(series, 10, 30);
  expect([...cut.outputTokens]).toEqual([2, 3]);
  expect(cut.length).toBe(2);
  expect(rowsStartingIn(series, 31, 40).length).toBe(0);
});
