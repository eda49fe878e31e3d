/** Knows the stack's best plan: exact over all deployments, whose options share fixed parts. */

import { add, compare, type Exact, ZERO } from '../domain/exact.ts';
import { CHOICES, type Choice } from './offer.ts';
import { AT_BASE, optionCost, pricedOption, type World } from './options.ts';
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
  readonly world?: World;
  /** What else a deployment may be; anything unless told. */
  readonly changes?: (deployment: DeploymentEconomics) => readonly Choice[];
}

/**
 * Whether anything stays on machines of our own, and whether anything is hosted, as a number of two
 * bits.
 */
const STAYS = 1;
const HOSTED = 2;
/** Beside the two: whether anything changes at all. */
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
 * deployments a handful of states, not 6^20 plans.
 */
export function bestPlan(economics: StackEconomics, terms: PlanTerms): Plan {
  const ends = endsOf(economics, terms).map(({ state }) => state);
  return planOf(ends.reduce((a, b) => (isBetter(b, a) ? b : a)));
}

/** The cheapest plan that changes anything; `undefined` where nothing may or can. */
export function bestChange(economics: StackEconomics, terms: PlanTerms): Plan | undefined {
  const ends = endsOf(economics, terms).filter(({ flags }) => (flags & CHANGED) !== 0);
  const [first, ...rest] = ends.map(({ state }) => state);
  return first && planOf(rest.reduce((a, b) => (isBetter(b, a) ? b : a), first));
}

function endsOf(economics: StackEconomics, terms: PlanTerms) {
  const { deployments } = economics;
  const states = deployments.reduce((before, each) => choose(before, each, terms), START);
  return [...states].map(([flags, state]) => {
    const usd = add(state.usd, fixedUsd(economics, flags, terms.world));
    return { flags, state: { ...state, usd } };
  });
}

function planOf(state: State): Plan {
  return { usd: state.usd, picks: picksOf(state) };
}

/** What a plan costs in another world; its picks must be priced. */
export function planUsd(
  economics: StackEconomics,
  picks: readonly Pick[],
  world: World = AT_BASE,
): Exact {
  const choices = new Map(picks.map(({ deployment, choice }) => [deployment, choice]));
  let usd = ZERO;
  for (const deployment of economics.deployments) {
    const choice = choices.get(deployment.id) ?? 'keep';
    usd = add(usd, pricedOption(deployment, choice, world).usd);
  }
  return add(usd, fixedUsd(economics, flagsOf(economics, choices), world));
}

/** Whether a plan carries the parts of labor that exist once for the stack. */
export function fixedParts(economics: StackEconomics, picks: readonly Pick[]) {
  const choices = new Map(picks.map(({ deployment, choice }) => [deployment, choice]));
  const flags = flagsOf(economics, choices);
  return { selfHosted: (flags & STAYS) !== 0, hosted: (flags & HOSTED) !== 0 };
}

function flagsOf({ deployments }: StackEconomics, choices: ReadonlyMap<string, Choice>): number {
  return deployments.reduce((flags, { id }) => flags | FLAGS[choices.get(id) ?? 'keep'], 0);
}

function choose(states: States, deployment: DeploymentEconomics, terms: PlanTerms): States {
  const next = new Map<number, State>();
  for (const choice of choicesOf(deployment, terms)) {
    const cost = optionCost(deployment, choice, terms.world);
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

function choicesOf(deployment: DeploymentEconomics, { kept, changes }: PlanTerms) {
  if (kept.has(deployment.id)) return ['keep'] as const;
  if (changes === undefined) return CHOICES;
  return ['keep', ...changes(deployment)] as const;
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
  for (let from = state; from.last !== undefined; from = from.last.before) {
    picks.push(from.last.pick);
  }
  return picks.toReversed();
}

function fixedUsd({ labor }: StackEconomics, flags: number, world: World = AT_BASE): Exact {
  const selfHosted = (flags & STAYS) === 0 ? ZERO : world.selfHosted(labor.selfHosted);
  return (flags & HOSTED) === 0 ? selfHosted : add(selfHosted, world.hosted(labor.hosted));
}
