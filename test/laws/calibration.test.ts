/**
 * Laws of the odds: on worlds whose truth is known, the interval holds it as often as it says, and
 * a probability is kept as a promise.
 */

import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/platform/random.ts';
import type { Odds } from '../../src/verdict/odds/drawn.ts';
import { drawOdds } from '../../src/verdict/odds/drawOdds.ts';
import { type Regime, simulate } from '../verdict/odds/simulatedWorld.ts';

const WORLDS = 70;
const DRAWS = 1000;
const HOST = { atZero: 0.9, atOne: 0.7 };
const HOSTS = [
  HOST,
  { atZero: 1.2, atOne: 1.2 },
  { atZero: 1.5, atOne: 0.9 },
  { atZero: 2, atOne: 1 },
];
const ANY_CACHE = { low: 0, base: 0.5, high: 1 };

const STEADY: Regime = {
  name: 'steady',
  keepUsd: 100,
  noise: 0.1,
  memory: 0.2,
  burstShare: 0,
  burst: 1,
  laborSpread: 0,
  hosts: [HOST],
  cache: { low: 0.5, base: 0.5, high: 0.5 },
  missingDays: 0,
  days: 92,
};

const NOISY = { ...STEADY, noise: 0.25, memory: 0.5 };
const MIXED = { ...NOISY, laborSpread: 0.5, hosts: HOSTS, cache: ANY_CACHE };

const REGIMES: readonly Regime[] = [
  STEADY,
  { ...NOISY, name: 'usage that lasts from day to day' },
  { ...STEADY, name: 'bursty', burstShare: 0.1, burst: 3 },
  { ...STEADY, name: 'rare great bursts', burstShare: 0.04, burst: 6 },
  { ...STEADY, name: 'labor', laborSpread: 0.5 },
  { ...NOISY, name: 'cache', cache: ANY_CACHE },
  { ...STEADY, name: 'hosts', hosts: HOSTS },
  { ...MIXED, name: 'all at once' },
  { ...MIXED, name: 'all at once, a week missing', missingDays: 7 },
  { ...NOISY, name: 'a week missing', missingDays: 7 },
  { ...NOISY, name: 'three weeks missing', missingDays: 21 },
  { ...NOISY, name: 'a month', days: 30 },
];

interface Case {
  readonly truth: number;
  readonly odds: Odds;
}

function casesOf(regime: Regime, worlds: number): { one: Case[]; all: Case[] } {
  const cases = { one: [] as Case[], all: [] as Case[] };
  for (let index = 0; index < worlds; index += 1) {
    const world = simulate(regime, seededRandom(`world ${regime.name} ${index}`));
    const chance = seededRandom(`draws ${regime.name} ${index}`);
    const { deployments, planOdds } = drawOdds(world.stack, { draws: DRAWS, chance });
    const one = deployments.get('a')?.get('delete')?.withLabor;
    const all = planOdds(world.plan)?.withLabor;
    const truth = world.truth.get('a');
    if (one === undefined || all === undefined || truth === undefined) throw new Error('no odds');
    cases.one.push({ truth, odds: one });
    cases.all.push({ truth: world.planTruth, odds: all });
  }
  return cases;
}

/** The share of cases whose interval, its ends moved towards its middle, holds the truth. */
function held(cases: readonly Case[], width = 1): number {
  const holds = cases.filter(({ truth, odds: { low, high } }) => {
    const reach = ((high - low) / 2) * width;
    const stray = truth - (low + high) / 2;
    return stray >= -reach && stray <= reach;
  });
  return holds.length / cases.length;
}

describe('the 90 % interval', () => {
  const found = REGIMES.map((regime) => ({ regime, ...casesOf(regime, WORLDS) }));
  const one = found.flatMap((each) => each.one);
  const all = found.flatMap((each) => each.all);

  test('holds the truth in 85 to 95 of 100 worlds, of a deployment and of a plan', () => {
    for (const cases of [one, all]) {
      expect(cases.length).toBeGreaterThanOrEqual(300);
      expect(held(cases)).toBeGreaterThanOrEqual(0.85);
      expect(held(cases)).toBeLessThanOrEqual(0.95);
    }
  });

  test.each(found.map((each) => ({ name: each.regime.name, ...each })))(
    'is of use in every regime: $name',
    (each) => {
      for (const cases of [each.one, each.all]) {
        expect(held(cases)).toBeGreaterThanOrEqual(0.8);
        expect(held(cases, 0.4)).toBeLessThan(0.8);
      }
    },
  );

  test('would be found out at half its width, and at twice', () => {
    for (const cases of [one, all]) {
      expect(held(cases, 0.5)).toBeLessThan(0.75);
      expect(held(cases, 2)).toBeGreaterThan(0.97);
    }
  });

  test('of two weeks errs on the wide side, for a fortnight cannot tell how weeks differ', () => {
    const { one: short } = casesOf({ ...NOISY, name: 'a fortnight', days: 14 }, WORLDS);
    expect(held(short)).toBeGreaterThanOrEqual(0.9);
  });
});

describe('a probability', () => {
  const cases = [25, 45, 55, 65, 75, 95, 120].flatMap(
    (keepUsd) => casesOf({ ...MIXED, name: `keep ${keepUsd}`, keepUsd }, WORLDS).one,
  );

  test.each([
    { from: 0, to: 0.1, kept: [0, 0.1] },
    { from: 0.1, to: 0.4, kept: [0.1, 0.4] },
    { from: 0.4, to: 0.6, kept: [0.35, 0.65] },
    { from: 0.6, to: 0.9, kept: [0.6, 0.9] },
    { from: 0.9, to: 1.1, kept: [0.9, 1] },
  ])('from $from to $to is kept as often', ({ from, to, kept: [least = 0, most = 1] }) => {
    const within = cases.filter(({ odds }) => odds.probability >= from && odds.probability < to);
    const share = within.filter(({ truth }) => truth > 0).length / within.length;
    expect(within.length).toBeGreaterThan(30);
    expect(share).toBeGreaterThanOrEqual(least);
    expect(share).toBeLessThanOrEqual(most);
  });
});
