/** Knows how tests make stacks to draw from: by hand, or any. */

import * as fc from 'fast-check';
import { seededRandom } from '../../../src/platform/random.ts';
import type {
  DrawnDeployment,
  DrawnOption,
  DrawnPlan,
  DrawnStack,
  NumberRange,
  Odds,
  SavingOdds,
} from '../../../src/verdict/odds/drawn.ts';
import { drawOdds } from '../../../src/verdict/odds/drawOdds.ts';

export const NOTHING: NumberRange = { low: 0, base: 0, high: 0 };
export const NO_LABOR = { selfHosted: NOTHING, hosted: NOTHING };

export function days(count: number, value: number | ((day: number) => number)): Float64Array {
  const of = typeof value === 'number' ? () => value : value;
  return Float64Array.from({ length: count }, (_, day) => of(day));
}

/** Leaving for nothing: saves all that was paid, without anybody's hours. */
export function option(count: number, rest: Partial<DrawnOption> = {}): DrawnOption {
  return {
    name: 'delete',
    own: days(count, 0),
    hosts: [],
    strandedUsd: 0,
    migrationUsd: 0,
    selfHostedShare: 1,
    hostedShare: 0,
    ...rest,
  };
}

/** Paid and covered all day. */
export function deployment(
  count: number,
  rest: Partial<DrawnDeployment> & { id: string },
): DrawnDeployment {
  return {
    paid: days(count, 24),
    covered: rest.paid ?? days(count, 24),
    keep: days(count, 10),
    hostWeights: days(0, 0),
    cache: NOTHING,
    labor: NO_LABOR,
    options: [option(count)],
    ...rest,
  };
}

export function stackOf(...deployments: DrawnDeployment[]): DrawnStack {
  return { days: deployments[0]?.keep.length ?? 0, deployments, labor: NO_LABOR };
}

export type NamedPlan = DrawnPlan & { readonly name: string };

/** Of the plans those that have odds, by name. */
export function draw(stack: DrawnStack, plans: readonly NamedPlan[] = [], draws = 200) {
  const { deployments, planOdds } = drawOdds(stack, { draws, chance: seededRandom('odds') });
  const found = plans.flatMap((plan): [string, SavingOdds][] => {
    const odds = planOdds(plan);
    return odds === undefined ? [] : [[plan.name, odds]];
  });
  return { deployments, plans: new Map(found) };
}

/** Of deleting `a`, with labor, unless told. */
export function oddsOf(stack: DrawnStack, id = 'a', name = 'delete'): Odds {
  const odds = draw(stack).deployments.get(id)?.get(name)?.withLabor;
  if (odds === undefined) throw new Error(`no odds of ${name} of ${id}`);
  return odds;
}

export function oddsOfPlan(stack: DrawnStack, plan: Partial<DrawnPlan> = {}): Odds {
  const all = new Map(stack.deployments.map(({ id }) => [id, 'delete']));
  const made = { name: 'all', picks: all, selfHostedFixed: true, hostedFixed: false, ...plan };
  const odds = draw(stack, [made]).plans.get('all')?.withLabor;
  if (odds === undefined) throw new Error('no odds of the plan');
  return odds;
}

const dollars = fc.integer({ min: 0, max: 1000 });

export const ranges: fc.Arbitrary<NumberRange> = fc
  .tuple(dollars, dollars, dollars)
  .map((three) => three.toSorted((a, b) => a - b))
  .map(([low = 0, base = 0, high = 0]) => ({ low, base, high }));

const labor = fc.record({ selfHosted: ranges, hosted: ranges });

function seriesOf(count: number, max = 1000) {
  return fc
    .array(fc.integer({ min: 0, max }), { minLength: count, maxLength: count })
    .map((values) => Float64Array.from(values));
}

function deployments(id: string, count: number): fc.Arbitrary<DrawnDeployment> {
  const host = fc.record({ atZero: seriesOf(count), atOne: seriesOf(count) });
  const parts = {
    paid: seriesOf(count, 24),
    unseen: seriesOf(count, 3),
    keep: seriesOf(count),
    own: seriesOf(count),
    hosts: fc.array(host, { minLength: 1, maxLength: 3 }),
    labor,
    strandedUsd: dollars,
    migrationUsd: dollars,
  };
  return fc.record(parts).map(({ paid, unseen, keep, own, hosts, strandedUsd, ...rest }) => ({
    id,
    paid,
    covered: paid.map((time, day) => Math.max(0, time - (unseen[day] ?? 0))),
    keep,
    hostWeights: days(hosts.length, (index) => 1 / (index + 1)),
    cache: { low: 0, base: 0.5, high: 1 },
    labor: rest.labor,
    options: [
      option(count, { name: 'move', own }),
      option(count, {
        hosts,
        strandedUsd,
        migrationUsd: rest.migrationUsd,
        selfHostedShare: 0,
        hostedShare: 1,
      }),
    ],
  }));
}

/** Three deployments over up to 40 days, some of whose time is not covered. */
export const stacks: fc.Arbitrary<DrawnStack> = fc.integer({ min: 1, max: 40 }).chain((count) =>
  fc.record({
    days: fc.constant(count),
    deployments: fc.tuple(...['a', 'b', 'c'].map((id) => deployments(id, count))),
    labor,
  }),
);
