/** Finds the stack's best plan exactly, over all deployments and their common fixed parts. */

import { add, compare, type Exact, ZERO } from '../domain/exact.ts';
import { releasesPart } from './bill/sharedCost.ts';
import { CHOICES, type Choice } from './offer.ts';
import { BASE_ASSUMPTIONS, optionCost, pricedOption, type Assumptions } from './options.ts';
import type { DeploymentEconomics, StackEconomics } from './result.ts';
import {
  groupPools,
  poolName,
  type SharedPool,
  type SharedPools,
  stackInPlan,
  withoutReleased,
} from './sharedInPlan.ts';

export interface Plan {
  readonly usd: Exact;
  /** In the order of the deployments. */
  readonly picks: readonly PlanPick[];
}

export interface PlanPick {
  readonly deployment: string;
  readonly choice: Choice;
}

export interface PlanTerms {
  /** Deployments that must be kept, whatever the cost. */
  readonly kept: ReadonlySet<string>;
  readonly world?: Assumptions;
  /** Allowed changes of a deployment; all by default. */
  readonly changes?: (deployment: DeploymentEconomics) => readonly Choice[];
}

/** Flags: whether anything stays self-hosted, is hosted, or changes. */
const STAYS = 1;
const HOSTED = 2;
const CHANGED = 4;
const FLAGS: Readonly<Record<Choice, number>> = {
  keep: STAYS,
  'right-size': STAYS | CHANGED,
  move: STAYS | CHANGED,
  'bring-back': STAYS | CHANGED,
  hybrid: STAYS | HOSTED | CHANGED,
  serverless: STAYS | CHANGED,
  delete: HOSTED | CHANGED,
};

interface State {
  /** Flags of the choices so far. */
  readonly flags: number;
  /** Resources shared by deployments with and without a choice so far. */
  readonly open: ReadonlyMap<SharedPool, Sharing>;
  readonly usd: Exact;
  /** Number of changes; of two plans with the same cost, the one with fewer changes is taken. */
  readonly changes: number;
  readonly last?: { readonly pick: PlanPick; readonly before: State };
}

/** `nobody stays`: assumed to stay, with no sharer staying yet. */
type Sharing = 'gone' | 'nobody stays' | 'stays';

type States = ReadonlyMap<string, State>;

const START: States = new Map([['', { flags: 0, open: new Map(), usd: ZERO, changes: 0 }]]);

/**
 * The cheapest plan. Goes through the deployments once and keeps the cheapest state for each
 * combination of flags, because only the flags determine the fixed parts: with 20 deployments a
 * handful of states, not 6^20 plans. For a shared resource, the first sharer assumes that all leave
 * it, or that one stays. States that contradict the assumption are dropped.
 */
export function bestPlan(economics: StackEconomics, terms: PlanTerms): Plan {
  const { pools, ends } = finalStates(economics, terms);
  return planOf(economics, { pools, terms, end: findCheapest(ends) });
}

/** The cheapest plan with any change; `undefined` if none is possible. */
export function bestChange(economics: StackEconomics, terms: PlanTerms): Plan | undefined {
  const { pools, ends } = finalStates(economics, terms);
  const changed = ends.filter(({ flags }) => (flags & CHANGED) !== 0);
  if (changed.length === 0) return undefined;
  return planOf(economics, { pools, terms, end: findCheapest(changed) });
}

function finalStates(economics: StackEconomics, terms: PlanTerms) {
  const pools = groupPools(economics.deployments);
  const states = pools.ordered.reduce(
    (before, deployment, at) => choose(before, { deployment, at, pools: pools.pools, terms }),
    START,
  );
  const ends = [...states.values()].map((state) => {
    const usd = add(state.usd, fixedUsd(economics, state.flags, terms.world));
    return { ...state, usd };
  });
  return { pools, ends };
}

function findCheapest(ends: readonly State[]): State {
  return ends.reduce((a, b) => (isBetter(b, a) ? b : a));
}

interface FinalState {
  readonly pools: SharedPools;
  readonly terms: PlanTerms;
  readonly end: State;
}

function planOf(economics: StackEconomics, { pools, terms, end }: FinalState): Plan {
  const places = new Map(economics.deployments.map(({ id }, at) => [id, at]));
  const placeOf = ({ deployment }: PlanPick) => places.get(deployment) ?? 0;
  const picks = collectPicks(end).toSorted((a, b) => placeOf(a) - placeOf(b));
  if (pools.crowded.length === 0) return { usd: end.usd, picks };
  const found: Plan = { picks, usd: planUsd(economics, picks, terms.world) };
  const compared = (best: Plan, group: readonly string[]) =>
    compareGroupLeaving(economics, { best, group, terms });
  return pools.crowded.reduce(compared, found);
}

/** Compares with plans in which a group that shares too much leaves its GPUs or all it shares. */
function compareGroupLeaving(
  economics: StackEconomics,
  { best, group, terms }: { best: Plan; group: readonly string[]; terms: PlanTerms },
): Plan {
  const plans = (['gpu', 'other'] as const).map((part) => {
    const picks = best.picks.map((pick) => {
      const found = economics.deployments.find(({ id }) => id === pick.deployment);
      if (found === undefined || !group.includes(found.id)) return pick;
      const choice = cheapestLeaving(found, part, terms);
      return choice === undefined ? pick : { ...pick, choice };
    });
    return { picks, usd: planUsd(economics, picks, terms.world) };
  });
  return plans.reduce((a, b) => (compare(b.usd, a.usd) < 0 ? b : a), best);
}

/** The cheapest choice of a deployment if all sharers leave; `undefined` if it must stay. */
function cheapestLeaving(
  deployment: DeploymentEconomics,
  part: SharedPool['part'],
  terms: PlanTerms,
) {
  const priced = choicesOf(deployment, terms)
    .filter((choice) => releasesPart(choice, part))
    .flatMap((choice) => {
      const usd = optionCost(
        withoutReleased(deployment, choice, () => true),
        choice,
        terms.world,
      )?.usd;
      return usd === undefined ? [] : [{ choice, usd }];
    });
  const [first, ...rest] = priced;
  return first && rest.reduce((a, b) => (compare(b.usd, a.usd) < 0 ? b : a), first).choice;
}

/** The cost of a plan under given assumptions; its picks must be priced. */
export function planUsd(
  economics: StackEconomics,
  picks: readonly PlanPick[],
  world: Assumptions = BASE_ASSUMPTIONS,
): Exact {
  const choices = new Map(picks.map(({ deployment, choice }) => [deployment, choice]));
  let usd = ZERO;
  for (const deployment of stackInPlan(economics, picks).deployments) {
    const choice = choices.get(deployment.id) ?? 'keep';
    usd = add(usd, pricedOption(deployment, choice, world).usd);
  }
  return add(usd, fixedUsd(economics, flagsOf(economics, choices), world));
}

/** Whether a plan includes the stack's fixed engineering time of each side. */
export function fixedParts(economics: StackEconomics, picks: readonly PlanPick[]) {
  const choices = new Map(picks.map(({ deployment, choice }) => [deployment, choice]));
  const flags = flagsOf(economics, choices);
  return { selfHosted: (flags & STAYS) !== 0, hosted: (flags & HOSTED) !== 0 };
}

function flagsOf({ deployments }: StackEconomics, choices: ReadonlyMap<string, Choice>): number {
  return deployments.reduce((flags, { id }) => flags | FLAGS[choices.get(id) ?? 'keep'], 0);
}

interface ChoiceStep {
  readonly deployment: DeploymentEconomics;
  readonly at: number;
  readonly pools: readonly SharedPool[];
  readonly terms: PlanTerms;
}

function choose(states: States, step: ChoiceStep): States {
  const { deployment, at, terms } = step;
  const next = new Map<string, State>();
  const own = step.pools.filter(({ name }) => sharesIn(deployment, name));
  const costs = new Map<string, Exact | undefined>();
  for (const choice of choicesOf(deployment, terms)) {
    const pick = { deployment: deployment.id, choice };
    const changed = choice === 'keep' ? 0 : 1;
    for (const before of states.values()) {
      for (const assumed of assumptions(before.open, own, at)) {
        const open = afterChoice(assumed, { own, choice, at });
        const cost = open && costOf(choice, assumed);
        if (cost === undefined) continue;
        const flags = before.flags | FLAGS[choice];
        const usd = add(before.usd, cost);
        const changes = before.changes + changed;
        offer(next, { flags, open: open ?? assumed, usd, changes, last: { pick, before } });
      }
    }
  }
  return next;

  function costOf(choice: Choice, assumed: State['open']): Exact | undefined {
    const gone = new Set(
      own.filter((pool) => assumed.get(pool) === 'gone').map(({ name }) => name),
    );
    const key = [choice, ...gone].join('\u0000');
    if (!costs.has(key)) {
      const withoutGone = withoutReleased(deployment, choice, ({ sharers, part }) =>
        gone.has(poolName(sharers, part)),
      );
      costs.set(key, optionCost(withoutGone, choice, terms.world)?.usd);
    }
    return costs.get(key);
  }
}

/** All combinations of assumptions for resources first shared here: gone or not. */
function assumptions(open: State['open'], own: readonly SharedPool[], at: number): State['open'][] {
  return own
    .filter(({ first }) => first === at)
    .reduce<State['open'][]>(
      (ways, pool) =>
        (['gone', 'nobody stays'] as const).flatMap((sharing) =>
          ways.map((way) => new Map([...way, [pool, sharing]])),
        ),
      [open],
    );
}

/** `undefined` if the choice contradicts the assumption. */
function afterChoice(
  assumed: State['open'],
  {
    own,
    choice,
    at,
  }: { readonly own: readonly SharedPool[]; readonly choice: Choice; readonly at: number },
): State['open'] | undefined {
  if (own.length === 0) return assumed;
  const open = new Map(assumed);
  for (const pool of own) {
    const isStaying = !releasesPart(choice, pool.part);
    if (isStaying && open.get(pool) === 'gone') return undefined;
    if (isStaying) open.set(pool, 'stays');
    if (pool.last !== at) continue;
    if (open.get(pool) === 'nobody stays') return undefined;
    open.delete(pool);
  }
  return open;
}

function sharesIn({ shared = [] }: DeploymentEconomics, name: string): boolean {
  return shared.some(({ sharers }) =>
    (['gpu', 'other'] as const).some((part) => poolName(sharers, part) === name),
  );
}

function choicesOf(deployment: DeploymentEconomics, { kept, changes }: PlanTerms) {
  if (kept.has(deployment.id)) return ['keep'] as const;
  if (changes === undefined) return CHOICES;
  return ['keep', ...changes(deployment)] as const;
}

function offer(states: Map<string, State>, state: State): void {
  const key = [state.flags, ...[...state.open].map(([{ name }, sharing]) => name + sharing)].join();
  const known = states.get(key);
  if (known === undefined || isBetter(state, known)) states.set(key, state);
}

function isBetter(a: State, b: State): boolean {
  return (compare(a.usd, b.usd) || a.changes - b.changes) < 0;
}

function collectPicks(state: State): PlanPick[] {
  const picks: PlanPick[] = [];
  for (let from = state; from.last !== undefined; from = from.last.before) {
    picks.push(from.last.pick);
  }
  return picks.toReversed();
}

function fixedUsd(
  { labor }: StackEconomics,
  flags: number,
  world: Assumptions = BASE_ASSUMPTIONS,
): Exact {
  const selfHosted = (flags & STAYS) === 0 ? ZERO : world.selfHosted(labor.selfHosted);
  return (flags & HOSTED) === 0 ? selfHosted : add(selfHosted, world.hosted(labor.hosted));
}
