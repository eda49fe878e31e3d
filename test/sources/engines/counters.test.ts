import { describe, expect, test } from 'vitest';
import { type CounterReading, countSeries } from '../../../src/sources/engines/counters.ts';
import { type Counter, toSamples } from '../../../src/sources/engines/samples.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const reading: CounterReading = {
  grid: { startMs: 0, intervalMs: 5 * MINUTE, count: 12 },
  horizonMs: HOUR,
  firstValue: 'anchor',
};

/** Pairs of seconds and value; optionally the start reported at each. */
function counter(
  pairs: readonly (readonly [number, number])[],
  startsS?: readonly number[],
): Counter {
  const samples = toSamples(
    pairs.map(([seconds]) => seconds * 1000),
    pairs.map(([, value]) => value),
  );
  if (startsS === undefined) return samples;
  return { ...samples, startsMs: Float64Array.from(startsS, (seconds) => seconds * 1000) };
}

/** The first intervals of a column. */
function head(column: Float64Array | Uint8Array, count: number): number[] {
  return Array.from(column.subarray(0, count));
}

function count(pairs: readonly (readonly [number, number])[], startsS?: readonly number[]) {
  return countSeries(counter(pairs, startsS), reading);
}

describe('ordinary steps', () => {
  test('belong whole to the interval that holds the later sample', () => {
    const { added } = count([
      [-10, 100],
      [290, 130],
      [305, 190],
    ]);
    expect(head(added, 3)).toEqual([30, 60, 0]);
  });

  test('end in the earlier interval when the later sample is exactly on the boundary', () => {
    const { added } = count([
      [0, 100],
      [300, 130],
      [600, 131],
    ]);
    expect(head(added, 3)).toEqual([30, 1, 0]);
  });

  test('outside of the grid are not counted', () => {
    const { added } = count([
      [-600, 1],
      [-300, 50],
      [0, 80],
      [3600, 80],
      [3700, 500],
    ]);
    expect([...added].every((value) => value === 0)).toBe(true);
  });
});

describe('a restart', () => {
  test('counts the new value whole and reports the possible loss at the last known rate', () => {
    const { added, restarts } = count([
      [0, 0],
      [15, 150],
      [105, 40],
    ]);
    expect(added[0]).toBe(190);
    expect(restarts).toEqual([{ atMs: 105_000, gapMs: 90_000, presumed: true, lostAtMost: 900 }]);
  });

  test('has no bound for the loss where no rate is known', () => {
    expect(
      count([
        [0, 50],
        [15, 20],
      ]).restarts,
    ).toEqual([{ atMs: 15_000, gapMs: 15_000, presumed: true }]);
  });

  test('is detected by a changed start even where the counter exceeds its old value', () => {
    const { added, restarts } = count(
      [
        [0, 100],
        [15, 500],
      ],
      [-900, 5],
    );
    expect(added[0]).toBe(500);
    expect(restarts).toHaveLength(1);
  });

  test('is not inferred from a small fall while the start is the same', () => {
    const { added, restarts } = count(
      [
        [0, 100],
        [15, 160],
        [30, 150],
        [45, 170],
      ],
      [-9, -9, -9, -9],
    );
    expect(added[0]).toBe(70);
    expect(restarts).toEqual([]);
  });
});

describe('a gap longer than an interval', () => {
  test('is spread over the time it covers by largest remainder, and marked', () => {
    const { added, estimated } = count([
      [150, 0],
      [1050, 10],
    ]);
    expect(head(added, 5)).toEqual([2, 3, 3, 2, 0]);
    expect(head(estimated, 5)).toEqual([1, 1, 1, 1, 0]);
  });

  test('across a restart is spread from the start of the new process on', () => {
    const { added } = count(
      [
        [150, 7],
        [1200, 10],
      ],
      [-7200, 900],
    );
    expect(head(added, 5)).toEqual([0, 0, 0, 10, 0]);
  });

  test('in which nothing was counted is no estimate', () => {
    expect(
      [
        ...count([
          [150, 4],
          [1050, 4],
        ]).estimated,
      ].includes(1),
    ).toBe(false);
  });
});

describe('a first value', () => {
  test('is an anchor where its creation time is unknown', () => {
    const { added, anchor } = count([
      [15, 1_000_000],
      [30, 1_000_100],
    ]);
    expect(added[0]).toBe(100);
    expect(anchor).toEqual({ atMs: 15_000, value: 1_000_000 });
  });

  test('counts whole when its process started within the horizon', () => {
    expect(
      count(
        [
          [15, 4000],
          [30, 9000],
        ],
        [1, 1],
      ).added[0],
    ).toBe(9000);
  });

  test('counts whole even where the process was scraped only once', () => {
    expect(count([[15, 7000]], [1]).added[0]).toBe(7000);
  });

  test('is an anchor when its process started long before', () => {
    const { added, anchor } = count(
      [
        [15, 4000],
        [30, 9000],
      ],
      [-7200, -7200],
    );
    expect([added[0], anchor?.value]).toEqual([5000, 4000]);
  });

  test.each([
    [996, 3321, 3321],
    [4651, 6976, 2325],
  ])('of %i before %i counts if it is plausible, at most twice the largest step', (a, b, sum) => {
    const plausible = { ...reading, firstValue: 'if-plausible' } as const;
    expect(
      countSeries(
        counter([
          [15, a],
          [30, b],
        ]),
        plausible,
      ).added[0],
    ).toBe(sum);
  });

  test('of zero needs no anchor', () => {
    expect(
      count([
        [15, 0],
        [30, 5],
      ]).anchor,
    ).toBeUndefined();
  });
});
