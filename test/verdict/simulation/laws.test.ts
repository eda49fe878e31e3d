/** Laws of the simulation: irrelevant inputs change no result, and relevant ones do. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StackSeries, NumberRange } from '../../../src/verdict/simulation/types.ts';
import { summarizeSavings } from '../../../src/verdict/simulation/savingSummary.ts';
import {
  simulate,
  type NamedPlan,
  arbitraryDrawnStack,
  drawnStacksOfSize,
} from './stackArbitrary.ts';

const RUNS = { numRuns: 60 };

const DELETE_ALL: NamedPlan = {
  name: 'all',
  picks: new Map(['a', 'b', 'c'].map((id) => [id, 'delete'])),
  selfHostedFixed: false,
  hostedFixed: true,
};

function twice(stack: StackSeries): StackSeries {
  const series = (usd: Float64Array) => usd.map((value) => value * 2);
  const range = ({ low, base, high }: NumberRange) => ({
    low: low * 2,
    base: base * 2,
    high: high * 2,
  });
  const sides = ({ selfHosted, hosted }: StackSeries['labor']) => ({
    selfHosted: range(selfHosted),
    hosted: range(hosted),
  });
  return {
    ...stack,
    labor: sides(stack.labor),
    deployments: stack.deployments.map((each) => ({
      ...each,
      keep: series(each.keep),
      labor: sides(each.labor),
      options: each.options.map((option) => ({
        ...option,
        own: series(option.own),
        hosted: option.hosted && {
          atZero: series(option.hosted.atZero),
          atOne: series(option.hosted.atOne),
          atAllHits: option.hosted.atAllHits && series(option.hosted.atAllHits),
          priceRange: option.hosted.priceRange && {
            lessUsd: option.hosted.priceRange.lessUsd * 2,
            moreUsd: option.hosted.priceRange.moreUsd * 2,
          },
        },
        strandedUsd: option.strandedUsd * 2,
        migrationUsd: option.migrationUsd * 2,
      })),
    })),
  };
}

test('twice the dollars double the interval, to the last digit, at the same probability', () => {
  fc.assert(
    fc.property(arbitraryDrawnStack, (stack) => {
      const [once, doubled] = [simulate(stack, [DELETE_ALL]), simulate(twice(stack), [DELETE_ALL])];
      const pairs = [
        [once.plans.get('all'), doubled.plans.get('all')],
        ...['a', 'b', 'c'].map((id) => [
          once.deployments.get(id)?.get('delete'),
          doubled.deployments.get(id)?.get('delete'),
        ]),
      ];
      for (const [one, two] of pairs) {
        expect(two?.withLabor.low).toBe(one && one.withLabor.low * 2);
        expect(two?.withLabor.high).toBe(one && one.withLabor.high * 2);
        expect(two?.withoutLabor.high).toBe(one && one.withoutLabor.high * 2);
        expect(two?.withLabor.probability).toBe(one?.withLabor.probability);
      }
    }),
    RUNS,
  );
});

test('the order of the deployments and of a plan changes no digit of anything', () => {
  fc.assert(
    fc.property(arbitraryDrawnStack, (stack) => {
      const turned = { ...stack, deployments: stack.deployments.toReversed() };
      const plan = { ...DELETE_ALL, picks: new Map([...DELETE_ALL.picks].toReversed()) };
      const [one, other] = [simulate(stack, [DELETE_ALL]), simulate(turned, [plan])];
      expect(new Map([...other.deployments].toReversed())).toEqual(one.deployments);
      expect(other.plans).toEqual(one.plans);
    }),
    RUNS,
  );
});

test('a deployment has the same probability whatever others there are', () => {
  fc.assert(
    fc.property(arbitraryDrawnStack, (stack) => {
      const alone = { ...stack, deployments: stack.deployments.slice(1, 2) };
      const own = (of: StackSeries) => simulate(of).deployments.get('b');
      expect(own(alone)).toEqual(own(stack));
    }),
    RUNS,
  );
});

test('a probability is between 0 and 1, and the low end is not above the high one', () => {
  fc.assert(
    fc.property(arbitraryDrawnStack, (stack) => {
      const { deployments, plans } = simulate(stack, [DELETE_ALL]);
      const all = [...deployments.values(), plans].flatMap((each) => [...each.values()]);
      for (const odds of all.flatMap(({ withLabor, withoutLabor }) => [withLabor, withoutLabor])) {
        expect(odds.low).toBeLessThanOrEqual(odds.high);
        expect(odds.probability).toBeGreaterThanOrEqual(0);
        expect(odds.probability).toBeLessThanOrEqual(1);
      }
    }),
    RUNS,
  );
});

test('a loss is the mirror of a saving', () => {
  const usd = fc.integer({ min: -50, max: 50 });
  fc.assert(
    fc.property(fc.array(usd, { minLength: 1, maxLength: 300 }), (values) => {
      const one = summarizeSavings(Float64Array.from(values), 0);
      const other = summarizeSavings(
        Float64Array.from(values, (value) => 0 - value),
        0,
      );
      expect([0 - other.high, 0 - other.low]).toEqual([one.low, one.high]);
      expect(Math.abs(one.probability + other.probability - 1)).toBeLessThan(1e-12);
    }),
  );
});

test('the saving at base is inside its intervals, for 1 to 60 deployments and any plan', () => {
  fc.assert(
    fc.property(drawnStacksOfSize(1, 60), fc.integer({ min: 2, max: 200 }), (stack, draws) => {
      const plan = planOf(stack);
      const { deployments, plans } = simulate(stack, [plan], draws);
      const options = [...deployments.values()].flatMap((each) => [...each.values()]);
      const all = [...options, ...plans.values()];
      const sides = all.flatMap(({ withLabor, withoutLabor }) => [withLabor, withoutLabor]);
      const outside = sides.filter(({ low, usd, high }) => !(low <= usd && usd <= high));
      expect(outside).toEqual([]);
      for (const { next, withLabor } of plans.values()) {
        expect(next.low).toBeLessThanOrEqual(withLabor.usd);
        expect(next.high).toBeGreaterThanOrEqual(withLabor.usd);
      }
    }),
    RUNS,
  );
});

/** Every deployment by one of its options in turn. */
function planOf({ deployments }: StackSeries): NamedPlan {
  const names = ['delete', 'move', 'keep'];
  const picks = new Map(deployments.map(({ id }, at) => [id, names[at % names.length] ?? 'keep']));
  return { name: 'mixed', picks, selfHostedFixed: true, hostedFixed: true };
}

test('the saving at base is that of the actual days', () => {
  fc.assert(
    fc.property(arbitraryDrawnStack, (stack) => {
      const [first] = stack.deployments;
      const [move] = first?.options ?? [];
      const odds = simulate(stack).deployments.get('a')?.get('move');
      if (first === undefined || move === undefined || odds === undefined) return;
      const sum = (series: Float64Array) => series.reduce((all, usd) => all + usd, 0);
      // Whole dollars: sums of doubles are exact.
      expect(odds.withoutLabor.usd).toBe(sum(first.keep) - sum(move.own));
    }),
    RUNS,
  );
});
