/** Laws of counting raw samples: nothing is counted twice, nothing known is lost. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CounterReading, countSeries } from '../../src/sources/engines/counters.ts';
import { type Counter, toSamples } from '../../src/sources/engines/samples.ts';

interface Step {
  readonly gapMs: number;
  readonly rise: number;
  readonly restart: boolean;
}

const step = fc.record({
  gapMs: fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 1, max: 60_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 60_000, max: 3_600_000 }) },
  ),
  rise: fc.nat({ max: 5_000 }),
  restart: fc.nat({ max: 9 }).map((tenth) => tenth === 0),
});
const steps = fc.array(step, { minLength: 1, maxLength: 60 });
const intervalMs = fc.constantFrom(1_000, 15_000, 60_000, 300_000, 3_600_000);

/** Instants, heights and starts of a counter that starts at zero at time zero. */
function samplesFrom(story: readonly Step[]) {
  const [timesMs, values] = [[0], [0]];
  const starts = [-1e9];
  for (const { gapMs, rise, restart } of story) {
    timesMs.push((timesMs.at(-1) ?? 0) + gapMs);
    values.push(restart ? rise : (values.at(-1) ?? 0) + rise);
    starts.push((starts.at(-1) ?? 0) + (restart ? 2_000 : 0));
  }
  return { timesMs, values, startsMs: Float64Array.from(starts) };
}

function counterFrom(story: readonly Step[]): Counter {
  const { timesMs, values, startsMs } = samplesFrom(story);
  return { ...toSamples(timesMs, values), startsMs };
}

function readingOver(timesMs: readonly number[], intervalMs: number): CounterReading {
  const count = Math.ceil((timesMs.at(-1) ?? 0) / intervalMs) + 1;
  return { grid: { startMs: 0, intervalMs, count }, horizonMs: 3_600_000, firstValue: 'anchor' };
}

function total(added: Float64Array): number {
  return added.reduce((sum, value) => sum + value, 0);
}

/** What each life of the process counted: the values at its restarts and at the end. */
function sumOfRises(story: readonly Step[]): number {
  return story.reduce((sum, { rise }) => sum + rise, 0);
}

function totalOf(story: readonly Step[], size: number): number {
  const { timesMs } = samplesFrom(story);
  return total(countSeries(counterFrom(story), readingOver(timesMs, size)).added);
}

test('any partition of time into intervals sums to the same total', () => {
  fc.assert(
    fc.property(steps, intervalMs, (story, size) => {
      expect(totalOf(story, size)).toBe(sumOfRises(story));
    }),
  );
});

test('a grid cut in two anywhere counts what the whole counts, interval by interval', () => {
  fc.assert(
    fc.property(steps, intervalMs, fc.nat({ max: 50 }), (story, size, cut) => {
      const { timesMs } = samplesFrom(story);
      const whole = readingOver(timesMs, size);
      const at = Math.min(cut, whole.grid.count);
      const late = { startMs: at * size, intervalMs: size, count: whole.grid.count - at };
      const count = (reading: CounterReading) => [
        ...countSeries(counterFrom(story), reading).added,
      ];
      const parts = [
        ...count({ ...whole, grid: { ...whole.grid, count: at } }),
        ...count({ ...whole, grid: late }),
      ];
      expect(parts).toEqual(count(whole));
    }),
  );
});

test('restarts never lower the total', () => {
  fc.assert(
    fc.property(steps, fc.nat(), (story, where) => {
      const index = where % story.length;
      const without = story.map((one) => ({ ...one, restart: false }));
      const once = without.map((one, at) => ({ ...one, restart: at === index }));
      expect(totalOf(once, 300_000)).toBeLessThanOrEqual(totalOf(without, 300_000));
      expect(totalOf(once, 300_000)).toBeGreaterThanOrEqual(
        totalOf(without.slice(0, index), 300_000),
      );
    }),
  );
});

test('order and repetition of samples change nothing', () => {
  const shuffled = steps.chain((story) => {
    const { timesMs } = samplesFrom(story);
    const order = fc.array(fc.nat({ max: timesMs.length - 1 }), { maxLength: 30 });
    return fc.record({ story: fc.constant(story), again: order });
  });
  fc.assert(
    fc.property(shuffled, ({ story, again }) => {
      const { timesMs, values } = samplesFrom(story);
      const order = [...again, ...timesMs.keys()].toReversed();
      const mixed = toSamples(
        order.map((index) => timesMs[index] ?? 0),
        order.map((index) => values[index] ?? 0),
      );
      expect(mixed).toEqual(toSamples(timesMs, values));
    }),
  );
});

test('series summed first lose what series summed last keep when one of them restarts', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 5_000 }), (a, b) => {
      const timesMs = [0, 15_000, 30_000, 45_000];
      const restarted = [0, a, 0, a];
      const steady = [b, 2 * b, 3 * b, 4 * b];
      const reading = readingOver(timesMs, 300_000);
      const startsMs = Float64Array.of(-9_000, -9_000, 20_000, 20_000);
      const count = (values: readonly number[]) =>
        total(countSeries({ ...toSamples(timesMs, values), startsMs }, reading).added);
      const summedFirst = count(restarted.map((value, index) => value + (steady[index] ?? 0)));
      const steadily = total(countSeries(toSamples(timesMs, steady), reading).added);
      expect(count(restarted) + steadily).toBe(2 * a + 3 * b);
      expect(summedFirst).not.toBe(2 * a + 3 * b);
    }),
  );
});
