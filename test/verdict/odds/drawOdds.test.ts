/** What makes odds sure or unsure: days, labor, cache share, hosts, gaps, what moves together. */

import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/platform/random.ts';
import { drawOdds } from '../../../src/verdict/odds/drawOdds.ts';
import {
  days,
  deployment,
  draw,
  NO_LABOR,
  NOTHING,
  oddsOf,
  oddsOfPlan,
  option,
  stackOf,
} from './stackArbitrary.ts';

const COUNT = 91;
const HOURS = { low: 100, base: 300, high: 800 };

/** A load that differs from day to day without a rule that a week would follow. */
function uneven(day: number): number {
  return 10 + ((day * day * 7 + day * 3) % 11);
}

function hosting(usd: (day: number) => number, count = COUNT) {
  const asked = days(count, usd);
  return option(count, { hosts: [{ atZero: asked, atOne: asked }] });
}

function width({ low, high }: { low: number; high: number }): number {
  return high - low;
}

describe('what nothing varies in', () => {
  it('is sure: the interval is one figure', () => {
    expect(oddsOf(stackOf(deployment(COUNT, { id: 'a' })))).toEqual({
      probability: 1,
      low: 910,
      high: 910,
    });
    const dear = option(COUNT, { own: days(COUNT, 12) });
    expect(oddsOf(stackOf(deployment(COUNT, { id: 'a', options: [dear] })))).toEqual({
      probability: 0,
      low: -182,
      high: -182,
    });
  });

  it('that costs the same as keeping is a tie', () => {
    const same = option(COUNT, { own: days(COUNT, 10) });
    const tie = { probability: 0.5, low: 0, high: 0 };
    expect(oddsOf(stackOf(deployment(COUNT, { id: 'a', options: [same] })))).toEqual(tie);
    expect(oddsOfPlan(stackOf(deployment(COUNT, { id: 'a' })), { picks: new Map() })).toEqual(tie);
  });

  it('is not made unsure by a start in the middle of the window', () => {
    const since = (value: number) => days(COUNT, (day) => (day < 50 ? 0 : value));
    const late = deployment(COUNT, { id: 'a', paid: since(24), keep: since(10) });
    expect(oddsOf(stackOf(late))).toEqual({ probability: 1, low: 410, high: 410 });
  });

  it('is not made unsure by time of which nothing is known', () => {
    const seen = (value: number) => days(COUNT, (day) => (day > 20 && day < 50 ? 0 : value));
    const blind = deployment(COUNT, { id: 'a', covered: seen(24), keep: seen(10) });
    const { low, high } = oddsOf(stackOf(blind));
    expect([low, high].map((usd) => usd.toFixed(6))).toEqual(['620.000000', '620.000000']);
  });
});

describe('days', () => {
  it('that differ make a saving unsure', () => {
    const odds = oddsOf(stackOf(deployment(COUNT, { id: 'a', keep: days(COUNT, uneven) })));
    const sum = days(COUNT, uneven).reduce((all, usd) => all + usd, 0);
    expect(odds.low).toBeLessThan(sum);
    expect(odds.high).toBeGreaterThan(sum);
  });

  it('that follow the week alone do not, for blocks are weeks', () => {
    const week = deployment(COUNT, {
      id: 'a',
      keep: days(COUNT, (day) => [9, 8, 8, 7, 7, 2, 1][day % 7] ?? 0),
    });
    expect(width(oddsOf(stackOf(week)))).toBeLessThan(1e-9);
  });

  it('are unsure in a window of less than a week too', () => {
    const few = deployment(5, { id: 'a', keep: days(5, uneven) });
    expect(width(oddsOf(stackOf(few)))).toBeGreaterThan(10);
  });

  it('are the same for all deployments: what falls together adds up, what offsets cancels', () => {
    const sales = (id: string, usd: (day: number) => number) =>
      deployment(COUNT, { id, keep: days(COUNT, usd) });
    const one = oddsOfPlan(stackOf(sales('a', uneven)));
    const two = oddsOfPlan(stackOf(sales('a', uneven), sales('b', uneven)));
    const offset = oddsOfPlan(
      stackOf(
        sales('a', uneven),
        sales('b', (day) => 30 - uneven(day)),
      ),
    );
    expect(two).toEqual({ probability: 1, low: one.low * 2, high: one.high * 2 });
    expect(width(offset)).toBeLessThan(1e-9);
  });
});

describe('time of which nothing is known', () => {
  const gap = (from: number, to: number) => {
    const seen = (of: (day: number) => number) =>
      days(COUNT, (day) => (day >= from && day < to ? 0 : of(day)));
    return stackOf(deployment(COUNT, { id: 'a', covered: seen(() => 24), keep: seen(uneven) }));
  };

  it('widens the interval, wherever it lies, and the more the longer it is', () => {
    const whole = width(oddsOf(gap(0, 0)));
    for (const from of [0, 14, 33, 52]) {
      const [two, four] = [14, 28].map((length) => width(oddsOf(gap(from, from + length))));
      expect(two).toBeGreaterThan(whole);
      expect(four).toBeGreaterThan(two ?? Number.NaN);
    }
  });

  it('leaves the middle at what was found over covered time', () => {
    const { low, high } = oddsOf(gap(30, 51));
    const found = days(COUNT, (day) => (day >= 30 && day < 51 ? 0 : uneven(day)));
    const sum = found.reduce((all, usd) => all + usd, 0);
    expect(Math.abs((low + high) / 2 - sum) / (high - low)).toBeLessThan(0.1);
  });

  it('that is all the time there was leaves the odds unknown, not even', () => {
    const blind = deployment(COUNT, { id: 'a', covered: days(COUNT, 0), keep: days(COUNT, 0) });
    const stack = stackOf(blind, deployment(COUNT, { id: 'b' }));
    const plan = { selfHostedFixed: true, hostedFixed: false };
    const { deployments, plans } = draw(stack, [
      {
        ...plan,
        name: 'both',
        picks: new Map([
          ['a', 'delete'],
          ['b', 'delete'],
        ]),
      },
      { ...plan, name: 'other', picks: new Map([['b', 'delete']]) },
    ]);
    expect(deployments.get('a')).toEqual(new Map());
    expect([...plans.keys()]).toEqual(['other']);
  });
});

describe('what is assumed', () => {
  it('of labor is drawn from its range, and left out without labor', () => {
    const labor = { selfHosted: HOURS, hosted: NOTHING };
    const left = option(COUNT, { selfHostedShare: 0, strandedUsd: 10, migrationUsd: 100 });
    const stack = stackOf(deployment(COUNT, { id: 'a', labor, options: [left] }));
    const odds = draw(stack).deployments.get('a')?.get('delete');
    expect(odds?.withoutLabor).toEqual({ probability: 1, low: 900, high: 900 });
    expect(odds?.withLabor.low).toBeGreaterThan(900);
    expect(odds?.withLabor.high).toBeLessThan(1600);
    expect(odds && width(odds.withLabor)).toBeGreaterThan(300);
  });

  it('of labor is one assumption: two deployments are twice as unsure, not less', () => {
    const labor = { selfHosted: HOURS, hosted: NOTHING };
    const options = [option(COUNT, { selfHostedShare: 0 })];
    const [a, b] = ['a', 'b'].map((id) => deployment(COUNT, { id, labor, options }));
    if (a === undefined || b === undefined) throw new Error('two deployments are made');
    const [one, two] = [oddsOfPlan(stackOf(a)), oddsOfPlan(stackOf(a, b))];
    expect(two).toEqual({ probability: 1, low: one.low * 2, high: one.high * 2 });
  });

  it('of the fixed labor counts for plans that drop it or bring it', () => {
    const labor = {
      selfHosted: { low: 30, base: 30, high: 30 },
      hosted: { low: 7, base: 7, high: 7 },
    };
    const stack = { ...stackOf(deployment(COUNT, { id: 'a' })), labor };
    const saved = (selfHostedFixed: boolean, hostedFixed: boolean) =>
      oddsOfPlan(stack, { selfHostedFixed, hostedFixed }).low;
    expect([
      saved(true, false),
      saved(false, false),
      saved(true, true),
      saved(false, true),
    ]).toEqual([910, 940, 903, 933]);
  });

  it('of the cache share lies between none and all hits', () => {
    const hosts = [{ atZero: days(COUNT, 9), atOne: days(COUNT, 1) }];
    const cache = { low: 0, base: 0.5, high: 1 };
    const weights = { hostWeights: days(1, 1), options: [option(COUNT, { hosts })] };
    const { low, high } = oddsOf(stackOf(deployment(COUNT, { id: 'a', cache, ...weights })));
    expect(low).toBeGreaterThan(COUNT);
    expect(high).toBeLessThan(9 * COUNT);
    expect(high - low).toBeGreaterThan(4 * COUNT);
  });

  it('of the host goes by its weight, never to one that weighs nothing', () => {
    const hosts = [20, 5, 20].map((usd) => ({ atZero: days(COUNT, usd), atOne: days(COUNT, usd) }));
    const of = (weights: number[]) =>
      oddsOf(
        stackOf(
          deployment(COUNT, {
            id: 'a',
            hostWeights: Float64Array.from(weights),
            options: [option(COUNT, { hosts })],
          }),
        ),
      ).probability;
    expect([of([0, 2, 0]), of([1, 0, 3])]).toEqual([1, 0]);
    expect(of([1, 2, 1])).toBeGreaterThan(0.4);
    expect(of([1, 2, 1])).toBeLessThan(0.6);
  });
});

describe('a rerun', () => {
  const stack = {
    ...stackOf(
      deployment(COUNT, {
        id: 'a',
        hostWeights: days(1, 1),
        cache: { low: 0, base: 0.5, high: 1 },
        labor: { selfHosted: HOURS, hosted: { low: 10, base: 20, high: 40 } },
        options: [{ ...hosting(uneven), selfHostedShare: 0, hostedShare: 1 }],
      }),
    ),
    labor: NO_LABOR,
  };

  it('prints the same digits, on every machine', () => {
    const odds = drawOdds(stack, { draws: 2000, chance: seededRandom('golden') });
    expect(odds.deployments.get('a')?.get('delete')).toEqual({
      withLabor: { probability: 0.473, low: -205.5769940959559, high: 268.19958094823863 },
      withoutLabor: { probability: 0, low: -379.82246335818513, high: -346.17753664181396 },
    });
  });

  it('of another seed prints others', () => {
    const of = (seed: string) => drawOdds(stack, { draws: 100, chance: seededRandom(seed) });
    expect(of('one').deployments).not.toEqual(of('other').deployments);
  });
});
