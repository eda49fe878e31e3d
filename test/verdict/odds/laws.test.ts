/** Laws of the odds: what must not matter to them does not, and what must does. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { circleOf, mostBlocks } from '../../../src/verdict/odds/circle.ts';
import type { DrawnStack, NumberRange } from '../../../src/verdict/odds/drawn.ts';
import { oddsOf } from '../../../src/verdict/odds/oddsOf.ts';
import { triangularAt } from '../../../src/verdict/odds/triangular.ts';
import { days, deployment, draw, type NamedPlan, ranges, stacks } from './stackArbitrary.ts';

const RUNS = { numRuns: 60 };

const DELETE_ALL: NamedPlan = {
  name: 'all',
  picks: new Map(['a', 'b', 'c'].map((id) => [id, 'delete'])),
  selfHostedFixed: false,
  hostedFixed: true,
};

function twice(stack: DrawnStack): DrawnStack {
  const series = (usd: Float64Array) => usd.map((value) => value * 2);
  const range = ({ low, base, high }: NumberRange) => ({
    low: low * 2,
    base: base * 2,
    high: high * 2,
  });
  const sides = ({ selfHosted, hosted }: DrawnStack['labor']) => ({
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
        hosts: option.hosts.map((host) => ({
          atZero: series(host.atZero),
          atOne: series(host.atOne),
        })),
        strandedUsd: option.strandedUsd * 2,
        migrationUsd: option.migrationUsd * 2,
      })),
    })),
  };
}

test('twice the dollars are twice the interval, to the last digit, at the same probability', () => {
  fc.assert(
    fc.property(stacks, (stack) => {
      const [once, doubled] = [draw(stack, [DELETE_ALL]), draw(twice(stack), [DELETE_ALL])];
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
    fc.property(stacks, (stack) => {
      const turned = { ...stack, deployments: stack.deployments.toReversed() };
      const plan = { ...DELETE_ALL, picks: new Map([...DELETE_ALL.picks].toReversed()) };
      const [one, other] = [draw(stack, [DELETE_ALL]), draw(turned, [plan])];
      expect(new Map([...other.deployments].toReversed())).toEqual(one.deployments);
      expect(other.plans).toEqual(one.plans);
    }),
    RUNS,
  );
});

test('what hosts nothing has the same odds whoever else is there', () => {
  fc.assert(
    fc.property(stacks, (stack) => {
      const alone = { ...stack, deployments: stack.deployments.slice(1, 2) };
      const moved = (of: DrawnStack) => draw(of).deployments.get('b')?.get('move');
      expect(moved(alone)).toEqual(moved(stack));
    }),
    RUNS,
  );
});

test('odds lie between none and all, and the low end is not above the high one', () => {
  fc.assert(
    fc.property(stacks, (stack) => {
      const { deployments, plans } = draw(stack, [DELETE_ALL]);
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
      const one = oddsOf(Float64Array.from(values));
      const other = oddsOf(Float64Array.from(values, (value) => 0 - value));
      expect([0 - other.high, 0 - other.low]).toEqual([one.low, one.high]);
      expect(Math.abs(one.probability + other.probability - 1)).toBeLessThan(1e-12);
    }),
  );
});

test('what is drawn of a range lies in it, above the share it was drawn at', () => {
  const share = fc.integer({ min: 0, max: 2 ** 32 - 1 }).map((whole) => whole / 2 ** 32);
  fc.assert(
    fc.property(ranges, share, (range, at) => {
      const { low, base, high } = range;
      const [value = Number.NaN] = triangularAt(Float64Array.of(at), range);
      expect(value).toBeGreaterThanOrEqual(low);
      expect(value).toBeLessThanOrEqual(high);
      if (low === high) return;
      const below = (value - low) ** 2 / ((high - low) * (base - low));
      const above = 1 - (high - value) ** 2 / ((high - low) * (high - base));
      expect(Math.abs((value < base ? below : above) - at)).toBeLessThan(1e-9);
    }),
  );
});

test('a draw has blocks enough for any life within the window', () => {
  for (const window of [1, 5, 7, 11, 27, 28, 31, 92]) {
    for (let life = 1; life <= window; life += 1) {
      const paid = days(window, (day) => (day < life ? 24 : 0));
      const circle = circleOf(deployment(window, { id: 'a', paid }));
      expect(circle.days).toBe(life);
      expect(Math.ceil(life / circle.blockDays)).toBeLessThanOrEqual(mostBlocks(window));
    }
  }
});
