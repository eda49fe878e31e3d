import { describe, expect, test } from 'vitest';
import { type CounterReading, countSeries } from '../../../src/sources/engines/counters.ts';
import { toSamples } from '../../../src/sources/engines/samples.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const reading: CounterReading = {
  grid: { startMs: 0, intervalMs: 5 * MINUTE, count: 36 },
  horizonMs: HOUR,
  firstValue: 'anchor',
};

/** Values every 15 s from 0 on; optionally the start reported at each, in seconds. */
function count(values: readonly number[], startsS?: readonly number[]) {
  const times = values.map((_, index) => index * 15_000);
  const samples = toSamples(times, values);
  const startsMs = startsS && Float64Array.from(startsS, (seconds) => seconds * 1000);
  return countSeries(startsMs === undefined ? samples : { ...samples, startsMs }, reading);
}

function total({ added }: { readonly added: Float64Array }): number {
  return added.reduce((sum, amount) => sum + amount, 0);
}

const same = (length: number) => Array.from({ length }, () => -9);

describe.each([
  ['with the same start time at each sample', same],
  ['without a start time', () => undefined],
] as const)('%s', (_, startsOf) => {
  test('one sample of 0 between two good ones adds nothing, and is reported', () => {
    const values = [1_000_000, 1_000_100, 0, 1_000_300, 1_000_400];
    const counted = count(values, startsOf(5));
    expect(total(counted)).toBe(400);
    expect(counted.restarts).toEqual([]);
    expect(counted.refused).toEqual([{ atMs: 30_000, value: 0, previous: 1_000_100 }]);
    expect(counted.estimated[0]).toBe(1);
  });

  test('several bad samples in a row are refused until the counter is back', () => {
    const values = [1_000_000, 1_000_100, 0, 0, 7, 0, 1_000_600, 1_000_700];
    const counted = count(values, startsOf(8));
    expect(total(counted)).toBe(700);
    expect(counted.refused).toHaveLength(4);
  });

  test('bad samples that come back over and over add nothing each time', () => {
    const values = Array.from({ length: 40 }, (_, at) => (at % 3 === 1 ? 0 : 500_000 + at * 10));
    expect(total(count(values, startsOf(40)))).toBe(390);
  });

  test('a value a little below the last one is the noise of a second scraper', () => {
    const counted = count([100, 160, 150, 170, 230], startsOf(5));
    expect(total(counted)).toBe(130);
    expect(counted.restarts).toEqual([]);
  });

  test('one sample far too high adds nothing', () => {
    const counted = count([100, 200, 9_000_000_000_000, 320, 400], startsOf(5));
    expect(total(counted)).toBe(300);
    expect(counted.refused).toEqual([{ atMs: 30_000, value: 9_000_000_000_000, previous: 200 }]);
  });

  test('a counter far too high for a while is not counted either', () => {
    const values = [100, 200, 5_000_000, 5_000_100, 520, 600];
    expect(total(count(values, startsOf(6)))).toBe(500);
  });
});

describe('a restart', () => {
  test('is one where the start is another, and counts its first value whole', () => {
    const counted = count([1_000_000, 1_000_100, 50, 150, 250], [-9, -9, 20, 20, 20]);
    expect(total(counted)).toBe(350);
    expect(counted.refused).toEqual([]);
    expect(counted.restarts).toEqual([{ atMs: 30_000, gapMs: 15_000, lostAtMost: 100 }]);
    expect(counted.estimated[0]).toBe(0);
  });

  test('is detected by its start even though the counter soon exceeds its old value', () => {
    expect(total(count([100, 200, 50, 350, 650], [-9, -9, 20, 20, 20]))).toBe(750);
  });

  test('is assumed without a start where the counter goes on from a small value', () => {
    const counted = count([1_000_000, 1_000_100, 40, 150, 250, 340]);
    expect(total(counted)).toBe(440);
    expect(counted.restarts).toEqual([
      { atMs: 30_000, gapMs: 15_000, presumed: true, lostAtMost: 100 },
    ]);
    expect(counted.estimated[0]).toBe(1);
  });

  test('is assumed without a start though the counter passes its old value in steps', () => {
    expect(total(count([0, 100, 190, 30, 120, 210, 300]))).toBe(490);
  });

  test('is not assumed where the new value is more than could have been counted since', () => {
    const counted = count([1_000_000, 1_000_100, 700_000, 700_100, 700_200]);
    expect(total(counted)).toBe(300);
    expect(counted.refused).toEqual([{ atMs: 30_000, value: 700_000, previous: 1_000_100 }]);
  });

  test('is no restart with the same start: the counter is lower from then on, and reported', () => {
    const counted = count([1_000_000, 1_000_100, 40, 140, 240], same(5));
    expect(total(counted)).toBe(300);
    expect(counted.restarts).toEqual([]);
    expect(counted.refused).toHaveLength(1);
  });
});

test('a dip longer than an interval is spread over its time, which is unknown', () => {
  const bad = Array.from({ length: 40 }, () => 0);
  const counted = count([1_000, 1_000, ...bad, 1_600, 1_600], same(44));
  expect(total(counted)).toBe(600);
  expect([...counted.estimated.subarray(0, 4)]).toEqual([1, 1, 1, 0]);
});
