/**
 * Computes one side of a decision, with labor or without it: own verdicts, judged plan and decided
 * plan.
 */

import type { Choice } from '../../economics/offer.ts';
import type { Plan } from '../../economics/plan.ts';
import type { StackEconomics } from '../../economics/result.ts';
import { stackInPlan } from '../../economics/sharedInPlan.ts';
import type { SimulatedPlan, SimulatedSavings, StackSimulation } from '../simulation/types.ts';
import type { Policy } from '../policy.ts';
import type { Reason } from '../reason.ts';
import { findObjections } from './advice.ts';
import { advisedChange, type DeploymentOutcome, decideDeployment } from './deploymentOutcome.ts';
import { type OwnVerdict, judgeDeployment } from './deploymentVerdict.ts';
import { type Evidence, undecidedDeployments } from './evidence.ts';
import {
  toPlanInput,
  keepAllPlan,
  advisedOnlyPlan,
  computeStackPlan,
  type StackPlan,
} from './stackPlan.ts';
import { judgeStack, type StackOwnVerdict } from './stackVerdict.ts';
import type { PreviousVerdicts } from './previousVerdict.ts';

export interface DecisionTerms {
  readonly policy: Policy;
  readonly evidence: Evidence;
  readonly odds: StackSimulation;
  readonly standings: PreviousVerdicts;
  /** Notes for the stack on data that could not be read. */
  readonly notes: readonly Reason[];
}

export interface DecisionSide {
  /** Own verdicts in the order of the economics' deployments, like `outcomes`. */
  readonly ownVerdicts: readonly OwnVerdict[];
  /** The judged plan: the best one, or else the plan of the changes that own verdicts advise. */
  readonly planned: StackPlan;
  /** Simulation of the judged plan against keeping everything. */
  readonly simulated: SimulatedPlan | undefined;
  readonly stack: StackOwnVerdict;
  /** The judged plan if it is advised, otherwise keeping everything. */
  readonly decided: Plan;
  readonly outcomes: readonly DeploymentOutcome[];
}

export function computeSide(
  economics: StackEconomics,
  kind: keyof SimulatedSavings,
  terms: DecisionTerms,
): DecisionSide {
  const alone = judgeEach(economics, kind, terms);
  const { planned, passedOver } = judgedPlan(economics, { kind, alone }, terms);
  const drawn = drawnOf(economics, planned, terms);
  const stack = judgeStack(economics, {
    policy: terms.policy,
    missing: terms.evidence.forStack,
    standing: terms.standings.stack,
    planned,
    odds: drawn?.[kind],
    ...(passedOver === undefined ? {} : { passedOver }),
  });
  const isMade = advisedChange(stack.verdict) !== undefined;
  const decided = isMade ? planned.plan : keepAllPlan(economics);
  const outcomes = stackInPlan(economics, decided.picks).deployments.flatMap((deployment, at) => {
    const judged = alone[at];
    const picks = { decided: pickAt(decided, at), judged: pickAt(planned.plan, at) };
    return judged === undefined ? [] : [decideDeployment(judged, { deployment, picks, stack })];
  });
  return { ownVerdicts: alone, planned, simulated: drawn, stack, decided, outcomes };
}

function pickAt({ picks }: Plan, at: number): Choice {
  return picks[at]?.choice ?? 'keep';
}

function judgeEach(
  { deployments }: StackEconomics,
  kind: keyof SimulatedSavings,
  { policy, evidence, odds, standings }: DecisionTerms,
): OwnVerdict[] {
  return deployments.map((deployment) => {
    const { id } = deployment;
    const own = odds.deployments.get(id) ?? new Map<string, SimulatedSavings>();
    return judgeDeployment(deployment, {
      missing: evidence.byId.get(id) ?? [],
      policy,
      standing: standings.deployments.get(id) ?? {},
      odds: new Map([...own].map(([option, each]) => [option, each[kind]])),
    });
  });
}

function drawnOf(economics: StackEconomics, plan: StackPlan, { odds }: DecisionTerms) {
  return odds.simulatePlan(toPlanInput(economics, plan));
}

interface Judging {
  readonly kind: keyof SimulatedSavings;
  readonly alone: readonly OwnVerdict[];
}

/** The best plan. If it cannot be advised, the plan of the changes that own verdicts advise. */
function judgedPlan(
  economics: StackEconomics,
  { kind, alone }: Judging,
  terms: DecisionTerms,
): { readonly planned: StackPlan; readonly passedOver?: StackPlan } {
  const { policy, evidence } = terms;
  const isOpen = (plan: StackPlan) => {
    const odds = drawnOf(economics, plan, terms)?.[kind];
    return findObjections({ ...plan, odds }, policy).length > 0;
  };
  const best = computeStackPlan(economics, undecidedDeployments(evidence));
  const advisedPlan = advisedOnlyPlan(economics, advisedOf(economics, alone));
  const isSecond = evidence.forStack.length === 0 && isOpen(best) && !isOpen(advisedPlan);
  return isSecond ? { planned: { ...best, ...advisedPlan }, passedOver: best } : { planned: best };
}

function advisedOf(
  { deployments }: StackEconomics,
  alone: readonly OwnVerdict[],
): ReadonlyMap<string, Choice> {
  return new Map(
    deployments.flatMap(({ id }, at) => {
      const verdict = alone[at]?.verdict;
      const choice = verdict === undefined ? undefined : advisedChange(verdict);
      return choice === undefined ? [] : [[id, choice]];
    }),
  );
}
