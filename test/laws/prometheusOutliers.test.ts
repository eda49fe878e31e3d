/** Laws of bad samples: whatever is inserted between good ones, the count is unchanged. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CounterReading, countSeries } from '../../src/sources/engines/counters.ts';
import { type Counter, toSamples } from '../../src/sources/engines/samples.ts';

const HOUR = 3_600_000;

/** A rise, and bad samples that follow it: shares of the height, 0 is a zero. */
const step = fc.record({
  gapMs: fc.integer({ min: 1_000, max: 60_000 }),
  rise: fc.nat({ max: 5_000 }),
  bad: fc.oneof(
    { weight: 6, arbitrary: fc.constant<number[]>([]) },
    { weight: 1, arbitrary: fc.array(fc.constant(0), { minLength: 1, maxLength: 4 }) },
    {
      weight: 1,
      arbitrary: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), {
        minLength: 1,
        maxLength: 4,
      }),
    },
  ),
});
const story = fc.record({
  begin: fc.constantFrom(0, 40, 1_000_000, 900_000_000_000),
  steps: fc.array(step, { minLength: 1, maxLength: 40 }),
});
type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

/** Samples with the bad ones in between, the last one being good. */
function samplesFrom({ begin, steps }: Story, bads: (share: number) => boolean) {
  const [timesMs, values]: [number[], number[]] = [[0], [begin]];
  let [atMs, height] = [0, begin as number];
  for (const { gapMs, rise, bad } of [...steps, { gapMs: 15_000, rise: 3, bad: [] }]) {
    atMs += gapMs;
    height += rise;
    timesMs.push(atMs);
    values.push(height);
    for (const share of bad.filter(bads)) {
      atMs += 15_000;
      timesMs.push(atMs);
      values.push(Math.floor(height * share));
    }
  }
  return { samples: toSamples(timesMs, values), rises: height - begin };
}

function count(counter: Counter) {
  const endMs = counter.timesMs.at(-1) ?? 0;
  const grid = { startMs: 0, intervalMs: 300_000, count: Math.ceil(endMs / 300_000) + 1 };
  const reading: CounterReading = { grid, horizonMs: HOUR, firstValue: 'anchor' };
  const { added, restarts } = countSeries(counter, reading);
  return { total: added.reduce((sum, amount) => sum + amount, 0), restarts };
}

test('with the same start time, no lower value in between changes the count', () => {
  fc.assert(
    fc.property(story, (one) => {
      const { samples, rises } = samplesFrom(one, () => true);
      const startsMs = samples.timesMs.map(() => -9_000);
      expect(count({ ...samples, startsMs })).toEqual({ total: rises, restarts: [] });
    }),
  );
});

test('without a start time, no zero in between changes the count', () => {
  fc.assert(
    fc.property(story, (one) => {
      const { samples, rises } = samplesFrom(one, (share) => share === 0);
      expect(count(samples)).toEqual({ total: rises, restarts: [] });
    }),
  );
});

test("without a start time, a lower value never adds more than the counter's earlier value", () => {
  fc.assert(
    fc.property(story, (one) => {
      const { samples, rises } = samplesFrom(one, () => true);
      const restarts = count(samples).restarts.length;
      const highest = Math.max(...samples.values);
      expect(count(samples).total).toBeLessThanOrEqual(rises + restarts * highest);
      expect(restarts > 0 || count(samples).total === rises).toBe(true);
    }),
  );
});
