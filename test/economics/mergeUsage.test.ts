import { expect, test } from 'vitest';
import { mergeUsage } from '../../src/economics/usage/demand.ts';
import { hour, type UsageInterval, series } from './stackFixture.ts';
import { warningSentences } from '../support/factSentences.ts';

function merged(sources: Readonly<Record<string, readonly UsageInterval[]>>, preferred?: string) {
  const bySource = new Map(Object.entries(sources).map(([id, rows]) => [id, series(rows)]));
  const { series: result, warnings } = mergeUsage(bySource, preferred);
  const rows = Array.from({ length: result.length }, (_, at) => [
    ((result.startMs[at] ?? 0) - hour(0)) / 3_600_000,
    result.outputTokens[at],
  ]);
  return { rows, warnings: warningSentences(warnings) };
}

test('a single clean source is used as it is', () => {
  const only = series([{ at: 0 }, { at: 1 }]);
  expect(mergeUsage(new Map([['a', only]])).series).toBe(only);
});

test('no source at all is an empty series', () => {
  expect(merged({})).toEqual({ rows: [], warnings: [] });
});

test('the preferred source wins, and others fill its gaps', () => {
  const sources = {
    early: [
      { at: 0, output: 1 },
      { at: 1.5, output: 1 },
      { at: 4, output: 1 },
    ],
    prom: [
      { at: 1, output: 2 },
      { at: 2, output: 2 },
    ],
  };
  expect(merged(sources, 'prom').rows).toEqual([
    [0, 1],
    [1, 2],
    [2, 2],
    [4, 1],
  ]);
});

test('without a preference sources rank by their ids, whatever their order', () => {
  const one = merged({ b: [{ at: 0, output: 2 }], a: [{ at: 0, output: 1 }] });
  const other = merged({ a: [{ at: 0, output: 1 }], b: [{ at: 0, output: 2 }] });
  expect(one.rows).toEqual([[0, 1]]);
  expect(other.rows).toEqual(one.rows);
});

test('of overlapping rows of one source the first stays, and the rest are counted', () => {
  const rows = [
    { at: 0, output: 1 },
    { at: 0.5, output: 2 },
    { at: 0.75, output: 3 },
    { at: 1, output: 4 },
  ];
  expect(merged({ prom: rows })).toEqual({
    rows: [
      [0, 1],
      [1, 4],
    ],
    warnings: ['Usage from prom has 2 intervals that overlap earlier ones. They are left out.'],
  });
});

test('rows out of order are sorted', () => {
  const rows = [
    { at: 1, output: 2 },
    { at: 0, output: 1 },
  ];
  expect(merged({ file: rows }).rows).toEqual([
    [0, 1],
    [1, 2],
  ]);
});

test('unknown stays unknown when merged', () => {
  const bySource = new Map([
    ['a', series([{ at: 0, busyS: null, estimated: true }])],
    ['b', series([{ at: 1, cached: null }])],
  ]);
  const { series: result } = mergeUsage(bySource);
  expect([...result.busyMs]).toEqual([Number.NaN, 0]);
  expect([...result.cachedPromptTokens]).toEqual([0, Number.NaN]);
  expect([...result.estimated]).toEqual([1, 0]);
});
