/** Laws of the best plan: it is what trying every plan would find. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { add, compare, type Exact, exact, sum, ZERO } from '../../src/domain/exact.ts';
import type { Range } from '../../src/economics/input.ts';
import { CHOICES, type Choice, optionCost } from '../../src/economics/options.ts';
import { bestPlan, planUsd } from '../../src/economics/plan.ts';
import { AT_BASE } from '../../src/economics/options.ts';
import type { DeploymentEconomics, StackEconomics } from '../../src/economics/result.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { stack } from '../economics/stackFixture.ts';

const economics = weighStack(stack());
const [model] = economics.deployments;
if (model === undefined) throw new Error('the worked example has one deployment');

function always(usd: Exact): Range {
  return { low: usd, base: usd, high: usd };
}

const dollars = fc.integer({ min: 0, max: 12 }).map((whole) => exact(BigInt(whole)));
const flat = (usd: Exact) => ({ atZeroUsd: usd, atOneUsd: usd });

/** A deployment of which only the costs of its options matter; null is unknown. */
function costing(
  id: string,
  costs: { keep: Exact; hosted: Exact | null; hybrid: Exact | null; labor: Exact },
): DeploymentEconomics {
  if (model === undefined) throw new Error('drawn from the worked example');
  const host = { sourceId: 'm', model: 'm', host: 'h', quantization: 'fp8' };
  const { hosted, hybrid, keep, labor } = costs;
  return {
    ...model,
    id,
    spend: { ...model.spend, coveredUsd: keep },
    hosted: {
      considered: [],
      byDay: [],
      ...(hosted === null ? {} : { chosen: { ...host, cost: flat(hosted), usd: hosted } }),
    },
    hybrid: {
      plans: [],
      ...(hybrid === null
        ? {}
        : { best: { replicas: 1, ownUsd: hybrid, overflow: flat(ZERO), usd: hybrid } }),
    },
    labor: { selfHosted: always(labor), hosted: always(ZERO) },
  };
}

const costs = fc.record({
  keep: dollars,
  hosted: fc.option(dollars, { freq: 8 }),
  hybrid: fc.option(dollars, { freq: 8 }),
  labor: dollars,
});

const cases = fc
  .record({
    all: fc.array(costs, { minLength: 1, maxLength: 4 }),
    selfHosted: dollars,
    hosted: dollars,
    shared: fc.option(
      fc.record({
        members: fc.uniqueArray(fc.nat(3), { minLength: 2, maxLength: 4 }),
        usd: dollars,
      }),
    ),
    kept: fc.uniqueArray(fc.nat(3)),
  })
  .map(({ all, selfHosted, hosted, shared, kept }) => {
    const deployments = all.map((each, index) => costing(`d${index}`, each));
    const named = (indexes: readonly number[]) =>
      indexes.filter((index) => index < all.length).map((index) => `d${index}`);
    const members = named(shared?.members ?? []);
    const stranding = { sourceId: 's', deployments: members, usd: shared?.usd ?? ZERO };
    const drawn: StackEconomics = {
      ...economics,
      deployments,
      labor: { selfHosted: always(selfHosted), hosted: always(hosted), basis: 'assumed' },
      shared: members.length > 1 ? [stranding] : [],
    };
    return { drawn, kept: new Set(named(kept)) };
  });

function everyPlan(count: number): Choice[][] {
  if (count === 0) return [[]];
  return everyPlan(count - 1).flatMap((plan) => CHOICES.map((choice) => [...plan, choice]));
}

/** The definition, tried plan by plan; `undefined` where an option of the plan has no price. */
function costOf(drawn: StackEconomics, plan: readonly Choice[]): Exact | undefined {
  const parts = drawn.deployments.map((each, at) => optionCost(each, plan[at] ?? 'keep')?.usd);
  if (parts.includes(undefined)) return undefined;
  const { labor, shared, deployments } = drawn;
  const stays = plan.some((choice) => choice !== 'delete');
  const isHosted = plan.some((choice) => choice !== 'keep');
  const leaves = (id: string) => plan[deployments.findIndex((each) => each.id === id)] === 'delete';
  return sum([
    ...parts.filter((part) => part !== undefined),
    stays ? labor.selfHosted.base : ZERO,
    isHosted ? labor.hosted.base : ZERO,
    ...shared.map((each) => (each.deployments.every(leaves) ? each.usd : ZERO)),
  ]);
}

test('no plan is cheaper than the best one, and the best one costs what it says', () => {
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
      expect(planUsd(drawn, plan.picks, AT_BASE)).toEqual(plan.usd);
      expect(plan.picks.map(({ deployment }) => deployment)).toEqual(
        drawn.deployments.map(({ id }) => id),
      );
    }),
    { numRuns: 400 },
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

test('of plans that cost the same the one that changes less is taken', () => {
  const same = { keep: exact(2n), hosted: exact(2n), hybrid: exact(2n), labor: ZERO };
  const nothing = always(ZERO);
  const deployments = ['a', 'b'].map((id) => costing(id, same));
  const labor = { selfHosted: nothing, hosted: nothing, basis: 'assumed' as const };
  const { picks, usd } = bestPlan({ ...economics, deployments, labor }, { kept: new Set() });
  expect(picks.map(({ choice }) => choice)).toEqual(['keep', 'keep']);
  expect(usd).toEqual(add(exact(2n), exact(2n)));
});
