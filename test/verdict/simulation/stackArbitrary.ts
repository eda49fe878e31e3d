/** Stacks to draw from: fixed ones, and arbitraries. */

import * as fc from 'fast-check';
import { seededRandom } from '../../../src/platform/random.ts';
import type {
  DeploymentSeries,
  OptionSeries,
  PlanInput,
  StackSeries,
  NumberRange,
  SimulatedSaving,
  SimulatedPlan,
} from '../../../src/verdict/simulation/types.ts';
import { simulateSavings } from '../../../src/verdict/simulation/simulation.ts';

export const ZERO_RANGE: NumberRange = { low: 0, base: 0, high: 0 };
export const NO_DRAWN_LABOR = { selfHosted: ZERO_RANGE, hosted: ZERO_RANGE };

export function dailySeries(
  count: number,
  value: number | ((day: number) => number),
): Float64Array {
  const of = typeof value === 'number' ? () => value : value;
  return Float64Array.from({ length: count }, (_, day) => of(day));
}

/** Leaving at no cost: saves all that was paid, without any labor. */
export function drawnOption(count: number, rest: Partial<OptionSeries> = {}): OptionSeries {
  return {
    name: 'delete',
    own: dailySeries(count, 0),
    strandedUsd: 0,
    migrationUsd: 0,
    selfHostedShare: 1,
    hostedShare: 0,
    ...rest,
  };
}

/** Paid and covered all day. */
export function drawnDeployment(
  count: number,
  rest: Partial<DeploymentSeries> & { id: string },
): DeploymentSeries {
  return {
    paid: dailySeries(count, 24),
    covered: rest.paid ?? dailySeries(count, 24),
    keep: dailySeries(count, 10),
    cache: ZERO_RANGE,
    labor: NO_DRAWN_LABOR,
    options: [drawnOption(count)],
    ...rest,
  };
}

export function drawnStackOf(...deployments: DeploymentSeries[]): StackSeries {
  return { days: deployments[0]?.keep.length ?? 0, deployments, labor: NO_DRAWN_LABOR };
}

export type NamedPlan = PlanInput & { readonly name: string };

/** The plans that have a probability, by name. */
export function simulate(stack: StackSeries, plans: readonly NamedPlan[] = [], draws = 200) {
  const { deployments, simulatePlan } = simulateSavings(stack, {
    draws,
    chance: seededRandom('odds'),
  });
  const found = plans.flatMap((plan): [string, SimulatedPlan][] => {
    const odds = simulatePlan(plan);
    return odds === undefined ? [] : [[plan.name, odds]];
  });
  return { deployments, plans: new Map(found) };
}

/** Of deleting `a`, with labor, by default. */
export function probabilityOf(stack: StackSeries, id = 'a', name = 'delete'): SimulatedSaving {
  const odds = simulate(stack).deployments.get(id)?.get(name)?.withLabor;
  if (odds === undefined) throw new Error(`no odds of ${name} of ${id}`);
  return odds;
}

export function probabilityOfPlan(
  stack: StackSeries,
  plan: Partial<PlanInput> = {},
): SimulatedSaving {
  const all = new Map(stack.deployments.map(({ id }) => [id, 'delete']));
  const made = { name: 'all', picks: all, selfHostedFixed: true, hostedFixed: false, ...plan };
  const odds = simulate(stack, [made]).plans.get('all')?.withLabor;
  if (odds === undefined) throw new Error('no odds of the plan');
  return odds;
}

const dollars = fc.integer({ min: 0, max: 1000 });

const ranges: fc.Arbitrary<NumberRange> = fc
  .tuple(dollars, dollars, dollars)
  .map((three) => three.toSorted((a, b) => a - b))
  .map(([low = 0, base = 0, high = 0]) => ({ low, base, high }));

/** The base may be an end, as where the cached count is unknown; so may both. */
const shares = ranges.map(({ low, base, high }) => ({
  low: low / 1000,
  base: base / 1000,
  high: high / 1000,
}));

const labor = fc.record({ selfHosted: ranges, hosted: ranges });

function seriesOf(count: number, max = 1000) {
  return fc
    .array(fc.integer({ min: 0, max }), { minLength: count, maxLength: count })
    .map((values) => Float64Array.from(values));
}

function deployments(id: string, count: number): fc.Arbitrary<DeploymentSeries> {
  const host = fc.record({
    atZero: seriesOf(count),
    atOne: seriesOf(count),
    atAllHits: fc.option(seriesOf(count), { nil: undefined }),
    priceRange: fc.option(
      fc.record({
        lessUsd: fc.integer({ min: -500, max: 0 }),
        moreUsd: fc.integer({ min: 0, max: 500 }),
      }),
      { nil: undefined },
    ),
  });
  const parts = {
    paid: seriesOf(count, 24),
    unseen: seriesOf(count, 3),
    keep: seriesOf(count),
    own: seriesOf(count),
    hosted: host,
    cache: shares,
    labor,
    strandedUsd: dollars,
    migrationUsd: dollars,
  };
  return fc.record(parts).map(({ paid, unseen, keep, own, hosted, strandedUsd, ...rest }) => ({
    id,
    paid,
    covered: paid.map((time, day) => Math.max(0, time - (unseen[day] ?? 0))),
    keep,
    cache: rest.cache,
    labor: rest.labor,
    options: [
      drawnOption(count, { name: 'move', own }),
      drawnOption(count, {
        hosted,
        strandedUsd,
        migrationUsd: rest.migrationUsd,
        selfHostedShare: 0,
        hostedShare: 1,
      }),
    ],
  }));
}

/** So many deployments over up to 40 days, some with uncovered time. */
export function drawnStacksOfSize(least: number, most: number): fc.Arbitrary<StackSeries> {
  const size = fc.record({
    days: fc.integer({ min: 1, max: 40 }),
    count: fc.integer({ min: least, max: most }),
  });
  return size.chain(({ days: length, count }) =>
    fc.record({
      days: fc.constant(length),
      deployments: fc.tuple(
        ...Array.from({ length: count }, (_, at) => deployments(idOf(at), length)),
      ),
      labor,
    }),
  );
}

/** `a`, `b`, … `z`, `a1`. */
function idOf(at: number): string {
  const letter = String.fromCharCode('a'.charCodeAt(0) + (at % 26));
  return at < 26 ? letter : `${letter}${Math.floor(at / 26)}`;
}

export const arbitraryDrawnStack: fc.Arbitrary<StackSeries> = drawnStacksOfSize(3, 3);
