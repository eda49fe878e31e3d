/** Laws of the best plan: it is the one that trying every plan finds. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { add, compare, type Exact, exact, sum, ZERO } from '../../src/domain/exact.ts';
import type { AssumedRange } from '../../src/economics/input.ts';
import { CHOICES, type Choice, type OptionOffers, OPTIONS } from '../../src/economics/offer.ts';
import { optionCost } from '../../src/economics/options.ts';
import { bestPlan, planUsd } from '../../src/economics/plan.ts';
import type { DeploymentEconomics, StackEconomics } from '../../src/economics/result.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { stack } from '../economics/stackFixture.ts';

const economics = weighStack(stack());
const [model] = economics.deployments;
if (model === undefined) throw new Error('the worked example has one deployment');

function always(usd: Exact): AssumedRange {
  return { low: usd, base: usd, high: usd };
}

const dollars = fc.integer({ min: 0, max: 12 }).map((whole) => exact(BigInt(whole)));
type Costs = Readonly<Partial<Record<Choice, Exact | null>>>;

/** A deployment with only the costs of its options; null is unknown. */
function costing(id: string, { labor, ...costs }: Costs & { labor: Exact }): DeploymentEconomics {
  if (model === undefined) throw new Error('drawn from the worked example');
  const { keep } = model.offers;
  const offers = Object.fromEntries(
    OPTIONS.map((option) => {
      const usd = option === 'spot' ? null : (costs[option] ?? null);
      const offer = { ...keep, gpuUsd: usd, storageUsd: ZERO, otherUsd: ZERO };
      return [option, usd === null ? { reason: { code: 'no-usage' } } : offer];
    }),
  ) as unknown as OptionOffers;
  const shares = {
    selfHosted: always(labor),
    hosted: always(ZERO),
    serverlessShare: exact(3n, 5n),
  };
  return { ...model, id, offers, labor: shares };
}

const maybe = fc.option(dollars, { freq: 3 });
const costs = fc.record({
  keep: dollars,
  'right-size': maybe,
  move: maybe,
  hybrid: maybe,
  serverless: maybe,
  delete: fc.option(dollars, { freq: 8 }),
  labor: dollars,
});

const cases = fc
  .record({
    all: fc.array(costs, { minLength: 1, maxLength: 4 }),
    selfHosted: dollars,
    hosted: dollars,
    kept: fc.uniqueArray(fc.nat(3)),
  })
  .map(({ all, selfHosted, hosted, kept }) => {
    const deployments = all.map((each, index) => costing(`d${index}`, each));
    const drawn: StackEconomics = {
      ...economics,
      deployments,
      labor: { selfHosted: always(selfHosted), hosted: always(hosted), basis: 'assumed' },
    };
    const named = kept.filter((index) => index < all.length).map((index) => `d${index}`);
    return { drawn, kept: new Set(named) };
  });

function everyPlan(count: number): Choice[][] {
  if (count === 0) return [[]];
  return everyPlan(count - 1).flatMap((plan) => CHOICES.map((choice) => [...plan, choice]));
}

/** The definition, tried plan by plan; `undefined` where an option of the plan has no price. */
function costOf(drawn: StackEconomics, plan: readonly Choice[]): Exact | undefined {
  const parts = drawn.deployments.map((each, at) => optionCost(each, plan[at] ?? 'keep')?.usd);
  if (parts.includes(undefined)) return undefined;
  const { labor } = drawn;
  const stays = plan.some((choice) => choice !== 'delete');
  const isHosted = plan.some((choice) => choice === 'delete' || choice === 'hybrid');
  return sum([
    ...parts.filter((part) => part !== undefined),
    stays ? labor.selfHosted.base : ZERO,
    isHosted ? labor.hosted.base : ZERO,
  ]);
}

test('no plan is cheaper than the best one, and the best one costs what it states', () => {
  fc.assert(
    fc.property(cases, ({ drawn, kept }) => {
      const plan = bestPlan(drawn, { kept });
      const allowed = everyPlan(drawn.deployments.length).filter((choices) =>
        drawn.deployments.every(({ id }, at) => !kept.has(id) || choices[at] === 'keep'),
      );
      const prices = allowed.map((choices) => costOf(drawn, choices));
      const least = prices.filter((price) => price !== undefined).sort(compare)[0];
      expect(plan.usd).toEqual(least);
      expect(
        costOf(
          drawn,
          plan.picks.map(({ choice }) => choice),
        ),
      ).toEqual(plan.usd);
      expect(planUsd(drawn, plan.picks)).toEqual(plan.usd);
      expect(plan.picks.map(({ deployment }) => deployment)).toEqual(
        drawn.deployments.map(({ id }) => id),
      );
    }),
    { numRuns: 200 },
  );
});

test('what must be kept never makes the best plan cheaper', () => {
  fc.assert(
    fc.property(cases, ({ drawn, kept }) => {
      const free = bestPlan(drawn, { kept: new Set() });
      expect(compare(bestPlan(drawn, { kept }).usd, free.usd) >= 0).toBe(true);
    }),
  );
});

test('of plans that cost the same, the one with fewer changes is taken', () => {
  const two = exact(2n);
  const same = {
    keep: two,
    'right-size': two,
    move: two,
    hybrid: two,
    serverless: two,
    delete: two,
  };
  const nothing = always(ZERO);
  const deployments = ['a', 'b'].map((id) => costing(id, { ...same, labor: ZERO }));
  const labor = { selfHosted: nothing, hosted: nothing, basis: 'assumed' as const };
  const { picks, usd } = bestPlan({ ...economics, deployments, labor }, { kept: new Set() });
  expect(picks.map(({ choice }) => choice)).toEqual(['keep', 'keep']);
  expect(usd).toEqual(add(exact(2n), exact(2n)));
});
