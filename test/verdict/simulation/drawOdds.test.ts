/** Tests the sources of uncertainty: days, labor, cache share, gaps, and what moves together. */

import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/platform/random.ts';
import type { NumberRange, SimulatedSaving } from '../../../src/verdict/simulation/types.ts';
import { simulateSavings } from '../../../src/verdict/simulation/simulation.ts';
import {
  dailySeries,
  drawnDeployment,
  simulate,
  NO_DRAWN_LABOR,
  ZERO_RANGE,
  probabilityOf,
  probabilityOfPlan,
  drawnOption,
  drawnStackOf,
} from './stackArbitrary.ts';

const COUNT = 91;
const LOADS = 100;
const HOURS = { low: 100, base: 300, high: 800 };

/** A load that differs from day to day, without a weekly pattern. */
function uneven(day: number): number {
  return 10 + ((day * day * 7 + day * 3) % 11);
}

function hosting(usd: (day: number) => number, count = COUNT) {
  const asked = dailySeries(count, usd);
  return drawnOption(count, { hosted: { atZero: asked, atOne: asked } });
}

function doubled({ usd, low, high }: SimulatedSaving): SimulatedSaving {
  return { probability: 1, usd: usd * 2, low: low * 2, high: high * 2 };
}

function width({ low, high }: { low: number; high: number }): number {
  return high - low;
}

describe('a stack without variation', () => {
  it('is certain: the interval is one figure', () => {
    expect(probabilityOf(drawnStackOf(drawnDeployment(COUNT, { id: 'a' })))).toEqual({
      probability: 1,
      usd: 910,
      low: 910,
      high: 910,
    });
    const expensive = drawnOption(COUNT, { own: dailySeries(COUNT, 12) });
    expect(
      probabilityOf(drawnStackOf(drawnDeployment(COUNT, { id: 'a', options: [expensive] }))),
    ).toEqual({
      probability: 0,
      usd: -182,
      low: -182,
      high: -182,
    });
  });

  it('that costs the same as keeping is a tie', () => {
    const same = drawnOption(COUNT, { own: dailySeries(COUNT, 10) });
    const tie = { probability: 0.5, usd: 0, low: 0, high: 0 };
    expect(
      probabilityOf(drawnStackOf(drawnDeployment(COUNT, { id: 'a', options: [same] }))),
    ).toEqual(tie);
    expect(
      probabilityOfPlan(drawnStackOf(drawnDeployment(COUNT, { id: 'a' })), { picks: new Map() }),
    ).toEqual(tie);
  });

  it('is not made uncertain by a start in the middle of the window', () => {
    const since = (value: number) => dailySeries(COUNT, (day) => (day < 50 ? 0 : value));
    const late = drawnDeployment(COUNT, { id: 'a', paid: since(24), keep: since(10) });
    expect(probabilityOf(drawnStackOf(late))).toEqual({
      probability: 1,
      usd: 410,
      low: 410,
      high: 410,
    });
  });

  it('is not made uncertain by unknown time', () => {
    const seen = (value: number) => dailySeries(COUNT, (day) => (day > 20 && day < 50 ? 0 : value));
    const blind = drawnDeployment(COUNT, { id: 'a', covered: seen(24), keep: seen(10) });
    const { low, high } = probabilityOf(drawnStackOf(blind));
    expect([low, high].map((usd) => usd.toFixed(6))).toEqual(['620.000000', '620.000000']);
  });
});

describe('days', () => {
  it('that differ make a saving uncertain', () => {
    const odds = probabilityOf(
      drawnStackOf(drawnDeployment(COUNT, { id: 'a', keep: dailySeries(COUNT, uneven) })),
    );
    const sum = dailySeries(COUNT, uneven).reduce((all, usd) => all + usd, 0);
    expect(odds.low).toBeLessThan(sum);
    expect(odds.high).toBeGreaterThan(sum);
  });

  it('that only follow the week do not, because blocks are weeks', () => {
    const week = drawnDeployment(COUNT, {
      id: 'a',
      keep: dailySeries(COUNT, (day) => [9, 8, 8, 7, 7, 2, 1][day % 7] ?? 0),
    });
    expect(width(probabilityOf(drawnStackOf(week)))).toBeLessThan(1e-9);
  });

  it('are uncertain in a window of less than a week too', () => {
    const few = drawnDeployment(5, { id: 'a', keep: dailySeries(5, uneven) });
    expect(width(probabilityOf(drawnStackOf(few)))).toBeGreaterThan(10);
  });

  it('are the same for all deployments: what falls together adds up, offsets cancel', () => {
    const sales = (id: string, usd: (day: number) => number) =>
      drawnDeployment(COUNT, { id, keep: dailySeries(COUNT, usd) });
    const one = probabilityOfPlan(drawnStackOf(sales('a', uneven)));
    const two = probabilityOfPlan(drawnStackOf(sales('a', uneven), sales('b', uneven)));
    const offset = probabilityOfPlan(
      drawnStackOf(
        sales('a', uneven),
        sales('b', (day) => 30 - uneven(day)),
      ),
    );
    expect(two).toEqual(doubled(one));
    expect(width(offset)).toBeLessThan(1e-9);
  });
});

describe('unknown time', () => {
  const gap = (from: number, to: number, load = uneven) => {
    const seen = (of: (day: number) => number) =>
      dailySeries(COUNT, (day) => (day >= from && day < to ? 0 : of(day)));
    return drawnStackOf(
      drawnDeployment(COUNT, { id: 'a', covered: seen(() => 24), keep: seen(load) }),
    );
  };
  /** Of irregular loads, because in one of them the missing days may be the extreme ones. */
  const meanWidth = (from: number, to: number) =>
    Array.from({ length: LOADS }, (_, index) => {
      const random = seededRandom(`load ${index}`);
      const loads = dailySeries(COUNT, () => 10 + random.integer(0, 10));
      return width(probabilityOf(gap(from, to, (day) => loads[day] ?? 0)));
    }).reduce((sum, each) => sum + each, 0) / LOADS;

  it('widens the interval, wherever it is, and the more the longer it is', () => {
    const whole = meanWidth(0, 0);
    for (const from of [0, 14, 33, 52]) {
      const [two, four] = [14, 28].map((length) => meanWidth(from, from + length));
      expect(two).toBeGreaterThan(whole);
      expect(four).toBeGreaterThan(two ?? Number.NaN);
    }
  });

  it('leaves the middle at the result of the covered time', () => {
    const { low, high } = probabilityOf(gap(30, 51));
    const found = dailySeries(COUNT, (day) => (day >= 30 && day < 51 ? 0 : uneven(day)));
    const sum = found.reduce((all, usd) => all + usd, 0);
    expect(Math.abs((low + high) / 2 - sum) / (high - low)).toBeLessThan(0.1);
  });

  it('that is the whole period leaves the probability unknown, not even', () => {
    const blind = drawnDeployment(COUNT, {
      id: 'a',
      covered: dailySeries(COUNT, 0),
      keep: dailySeries(COUNT, 0),
    });
    const stack = drawnStackOf(blind, drawnDeployment(COUNT, { id: 'b' }));
    const plan = { selfHostedFixed: true, hostedFixed: false };
    const { deployments, plans } = simulate(stack, [
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

describe('an assumption', () => {
  it('about labor is drawn from its range, and left out without labor', () => {
    const labor = { selfHosted: HOURS, hosted: ZERO_RANGE };
    const left = drawnOption(COUNT, { selfHostedShare: 0, strandedUsd: 10, migrationUsd: 100 });
    const stack = drawnStackOf(drawnDeployment(COUNT, { id: 'a', labor, options: [left] }));
    const odds = simulate(stack).deployments.get('a')?.get('delete');
    expect(odds?.withoutLabor).toEqual({ probability: 1, usd: 900, low: 900, high: 900 });
    expect(odds?.withLabor.low).toBeGreaterThan(900);
    expect(odds?.withLabor.high).toBeLessThan(1600);
    expect(odds && width(odds.withLabor)).toBeGreaterThan(300);
  });

  it('about labor is one assumption: two deployments are twice as uncertain, not less', () => {
    const labor = { selfHosted: HOURS, hosted: ZERO_RANGE };
    const options = [drawnOption(COUNT, { selfHostedShare: 0 })];
    const [a, b] = ['a', 'b'].map((id) => drawnDeployment(COUNT, { id, labor, options }));
    if (a === undefined || b === undefined) throw new Error('two deployments are made');
    const [one, two] = [probabilityOfPlan(drawnStackOf(a)), probabilityOfPlan(drawnStackOf(a, b))];
    expect(two).toEqual(doubled(one));
  });

  it('about fixed labor counts for plans that remove or add it', () => {
    const labor = {
      selfHosted: { low: 30, base: 30, high: 30 },
      hosted: { low: 7, base: 7, high: 7 },
    };
    const stack = { ...drawnStackOf(drawnDeployment(COUNT, { id: 'a' })), labor };
    const saved = (selfHostedFixed: boolean, hostedFixed: boolean) =>
      probabilityOfPlan(stack, { selfHostedFixed, hostedFixed }).low;
    expect([
      saved(true, false),
      saved(false, false),
      saved(true, true),
      saved(false, true),
    ]).toEqual([910, 940, 903, 933]);
  });

  it('about the cache share is between none and all hits', () => {
    const hosted = { atZero: dailySeries(COUNT, 9), atOne: dailySeries(COUNT, 1) };
    const cache = { low: 0, base: 0.5, high: 1 };
    const options = [drawnOption(COUNT, { hosted })];
    const { low, high } = probabilityOf(
      drawnStackOf(drawnDeployment(COUNT, { id: 'a', cache, options })),
    );
    expect(low).toBeGreaterThan(COUNT);
    expect(high).toBeLessThan(9 * COUNT);
    expect(high - low).toBeGreaterThan(4 * COUNT);
  });

  it('about uncounted hits ranges from none of them, the base, to all', () => {
    const hosted = {
      atZero: dailySeries(COUNT, 9),
      atOne: dailySeries(COUNT, 9),
      atAllHits: dailySeries(COUNT, 1),
    };
    const options = [drawnOption(COUNT, { hosted })];
    const at = (cache: NumberRange) =>
      probabilityOf(drawnStackOf(drawnDeployment(COUNT, { id: 'a', cache, options })));
    const half = at({ low: 0.5, base: 0.5, high: 0.5 });
    expect([half.usd, half.low, half.high]).toEqual([COUNT, COUNT, COUNT + 4 * COUNT]);
    // The share is drawn too: of the half that goes up to 1, nine tenths are below 0.84.
    const any = at({ low: 0, base: 0.5, high: 1 });
    expect([any.usd, any.low]).toEqual([COUNT, COUNT]);
    expect(any.high).toBeGreaterThan(COUNT + 0.8 * 8 * COUNT);
    expect(any.high).toBeLessThan(COUNT + 0.88 * 8 * COUNT);
  });

  it('about how long a price held is spread evenly over the unobserved time', () => {
    const priceRange = { lessUsd: 0, moreUsd: 100 };
    const hosted = { atZero: dailySeries(COUNT, 9), atOne: dailySeries(COUNT, 9), priceRange };
    const options = [drawnOption(COUNT, { hosted })];
    const odds = simulate(drawnStackOf(drawnDeployment(COUNT, { id: 'a', options })), [], 2000);
    const { usd, low, high } = odds.deployments.get('a')?.get('delete')?.withLabor ?? {};
    expect([usd, high]).toEqual([COUNT, COUNT]);
    // One draw of twenty is above the base by nine tenths of the gap, because half stay at the
    // base.
    expect(low).toBeGreaterThan(COUNT - 93);
    expect(low).toBeLessThan(COUNT - 87);
  });

  it('is as often below its base as above, though its range leans to one side', () => {
    const labor = { selfHosted: { low: 0, base: 900, high: 9000 }, hosted: ZERO_RANGE };
    const left = drawnOption(COUNT, { own: dailySeries(COUNT, 20), selfHostedShare: 0 });
    const even = drawnDeployment(COUNT, { id: 'a', labor, options: [left] });
    // Keeping at $910 and $900 of labor against $1,820 less $10: no saving at base.
    const stack = drawnStackOf({ ...even, options: [{ ...left, strandedUsd: -10 }] });
    const odds = simulate(stack, [], 2000).deployments.get('a')?.get('delete')?.withLabor;
    expect(odds).toMatchObject({ usd: 0, probability: 0.5 });
  });
});

describe('a rerun', () => {
  const stack = {
    ...drawnStackOf(
      drawnDeployment(COUNT, {
        id: 'a',
        cache: { low: 0, base: 0.5, high: 1 },
        labor: { selfHosted: HOURS, hosted: { low: 10, base: 20, high: 40 } },
        options: [{ ...hosting(uneven), selfHostedShare: 0, hostedShare: 1 }],
      }),
    ),
    labor: NO_DRAWN_LABOR,
  };

  it('prints the same digits, on every machine', () => {
    const odds = simulateSavings(stack, { draws: 2000, chance: seededRandom('golden') });
    expect(odds.deployments.get('a')?.get('delete')).toEqual({
      withLabor: {
        probability: 0.3505,
        usd: -83,
        low: -225.54746828864253,
        high: 262.22905489660474,
      },
      withoutLabor: {
        probability: 0,
        usd: -363,
        low: -377.94638301467904,
        high: -345.6113944413296,
      },
    });
  });

  it('with another seed prints others', () => {
    const of = (seed: string) => simulateSavings(stack, { draws: 100, chance: seededRandom(seed) });
    expect(of('one').deployments).not.toEqual(of('other').deployments);
  });
});
