/**
 * Knows the stack's best plan: exact over all deployments, whose options share fixed parts and
 * commitments.
 */

import { add, compare, type Exact, ZERO } from '../domain/exact.ts';
import {
  AT_BASE,
  type Assumptions,
  CHOICES,
  type Choice,
  optionCost,
  pricedOption,
} from './options.ts';
import type { DeploymentEconomics, StackEconomics } from './result.ts';

export interface Plan {
  readonly usd: Exact;
  /** In the order of the deployments. */
  readonly picks: readonly Pick[];
}

export interface Pick {
  readonly deployment: string;
  readonly choice: Choice;
}

export interface PlanTerms {
  /** Deployments that are kept whatever it costs. */
  readonly kept: ReadonlySet<string>;
  readonly at?: Assumptions;
}

/**
 * Whether anything stays on own machines, and whether anything is hosted, as a number of two bits.
 */
const STAYS = 1;
const HOSTED = 2;
const FLAGS: Readonly<Record<Choice, number>> = {
  keep: STAYS,
  hybrid: STAYS | HOSTED,
  delete: HOSTED,
};

interface State {
  readonly usd: Exact;
  /** Of two plans that cost the same the one that changes less is taken. */
  readonly changes: number;
  readonly last?: { readonly pick: Pick; readonly before: State };
}

type States = ReadonlyMap<number, State>;

const START: States = new Map([[0, { usd: ZERO, changes: 0 }]]);

/**
 * The cheapest plan. Walks the deployments once and remembers the cheapest way to each answer of
 * "does anything stay, is anything hosted", for only those decide the fixed parts: with 20
 * deployments 4 states, not 3^20 plans.
 */
export function bestPlan(economics: StackEconomics, terms: PlanTerms): Plan {
  let states = START;
  for (const group of groupsOf(economics)) {
    let within = START;
    for (const deployment of group.deployments) within = choose(within, deployment, terms);
    states = join(states, strand(within, group.usd));
  }
  const ends = [...states].map(([flags, state]) => ({
    ...state,
    usd: add(state.usd, fixedUsd(economics, flags, terms.at)),
  }));
  const best = ends.reduce((a, b) => (isBetter(b, a) ? b : a));
  const picks = new Map(picksOf(best).map((pick) => [pick.deployment, pick]));
  return { usd: best.usd, picks: economics.deployments.flatMap(({ id }) => picks.get(id) ?? []) };
}

/** What a plan costs at other ends of the assumptions; its picks must be priced. */
export function planUsd(economics: StackEconomics, picks: readonly Pick[], at: Assumptions): Exact {
  const choices = new Map(picks.map(({ deployment, choice }) => [deployment, choice]));
  let [usd, flags] = [ZERO, 0];
  for (const deployment of economics.deployments) {
    const choice = choices.get(deployment.id) ?? 'keep';
    usd = add(usd, pricedOption(deployment, choice, at).usd);
    flags |= FLAGS[choice];
  }
  for (const group of groupsOf(economics)) {
    if (group.deployments.every(({ id }) => choices.get(id) === 'delete')) {
      usd = add(usd, group.usd);
    }
  }
  return add(usd, fixedUsd(economics, flags, at));
}

interface Group {
  readonly deployments: readonly DeploymentEconomics[];
  /** Owed for nothing once none of them stays. */
  readonly usd: Exact;
}

/**
 * Deployments that share a committed source, directly or through one another; everyone else alone.
 */
function groupsOf({ deployments, shared }: StackEconomics): Group[] {
  let groups: Group[] = deployments.map((each) => ({ deployments: [each], usd: ZERO }));
  for (const stranding of shared) {
    const isIn = (group: Group) =>
      group.deployments.some(({ id }) => stranding.deployments.includes(id));
    const joined = groups.filter(isIn);
    const usd = joined.reduce((total, group) => add(total, group.usd), stranding.usd);
    const together = { deployments: joined.flatMap((group) => group.deployments), usd };
    groups = [...groups.filter((group) => !isIn(group)), together];
  }
  return groups;
}

function choose(states: States, deployment: DeploymentEconomics, terms: PlanTerms): States {
  const next = new Map<number, State>();
  for (const choice of CHOICES) {
    if (choice !== 'keep' && terms.kept.has(deployment.id)) continue;
    const cost = optionCost(deployment, choice, terms.at);
    if (cost === undefined) continue;
    const pick = { deployment: deployment.id, choice };
    for (const [flags, before] of states) {
      const changes = before.changes + (choice === 'keep' ? 0 : 1);
      const usd = add(before.usd, cost.usd);
      offer(next, flags | FLAGS[choice], { usd, changes, last: { pick, before } });
    }
  }
  return next;
}

/** Adds what is stranded to the plans in which nobody of the group stays. */
function strand(states: States, usd: Exact): States {
  return new Map(
    [...states].map(([flags, state]) => [
      flags,
      (flags & STAYS) === 0 ? { ...state, usd: add(state.usd, usd) } : state,
    ]),
  );
}

/** Every pair of the two sides; the picks of the second are put behind those of the first. */
function join(states: States, group: States): States {
  const joined = new Map<number, State>();
  for (const [flags, state] of states) {
    for (const [more, own] of group) {
      const picks = picksOf(own);
      const before = picks.reduce<State>(
        (last, pick) => ({ ...last, last: { pick, before: last } }),
        state,
      );
      const usd = add(state.usd, own.usd);
      offer(joined, flags | more, { ...before, usd, changes: state.changes + own.changes });
    }
  }
  return joined;
}

function offer(states: Map<number, State>, flags: number, state: State): void {
  const known = states.get(flags);
  if (known === undefined || isBetter(state, known)) states.set(flags, state);
}

function isBetter(a: State, b: State): boolean {
  return (compare(a.usd, b.usd) || a.changes - b.changes) < 0;
}

function picksOf(state: State): Pick[] {
  const picks: Pick[] = [];
  for (let at = state; at.last !== undefined; at = at.last.before) picks.push(at.last.pick);
  return picks.toReversed();
}

function fixedUsd({ labor }: StackEconomics, flags: number, at: Assumptions = AT_BASE): Exact {
  const selfHosted = (flags & STAYS) === 0 ? ZERO : labor.selfHosted[at.selfHosted];
  return (flags & HOSTED) === 0 ? selfHosted : add(selfHosted, labor.hosted[at.hosted]);
}
