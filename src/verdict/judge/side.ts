/**
 * Computes one side of a decision, with labor or without it: own verdicts, judged plan and decided
 * plan.
 */

import type { Choice } from '../../economics/offer.ts';
import type { Plan } from '../../economics/plan.ts';
import type { StackEconomics } from '../../economics/result.ts';
import { inPlan } from '../../economics/together.ts';
import type { PlanOdds, SavingOdds, StackOdds } from '../odds/drawn.ts';
import type { Policy } from '../policy.ts';
import type { Reason } from '../reason.ts';
import { objectionsTo } from './advice.ts';
import { adviceIn, type Told, tell } from './decided.ts';
import { type Judged, judgeDeployment } from './deploymentVerdict.ts';
import { type Evidence, undecidedOf } from './grounds.ts';
import { drawnPlan, keptPlan, planOfAdvised, planStack, type StackPlan } from './stackPlan.ts';
import { judgeStack, type StackJudged } from './stackVerdict.ts';
import type { Standings } from './standing.ts';

export interface Terms {
  readonly policy: Policy;
  readonly evidence: Evidence;
  readonly odds: StackOdds;
  readonly standings: Standings;
  /** Notes for the stack on data that could not be read. */
  readonly notes: readonly Reason[];
}

export interface Side {
  /** Own verdicts in the order of the economics' deployments, like `outcomes`. */
  readonly alone: readonly Judged[];
  /** The judged plan: the best one, or else the plan of the changes that own verdicts advise. */
  readonly planned: StackPlan;
  /** Simulation of the judged plan against keeping everything. */
  readonly drawn: PlanOdds | undefined;
  readonly stack: StackJudged;
  /** The judged plan if it is advised, otherwise keeping everything. */
  readonly decided: Plan;
  readonly outcomes: readonly Told[];
}

export function sideOf(economics: StackEconomics, kind: keyof SavingOdds, terms: Terms): Side {
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
  const isMade = adviceIn(stack.verdict) !== undefined;
  const decided = isMade ? planned.plan : keptPlan(economics);
  const outcomes = inPlan(economics, decided.picks).deployments.flatMap((deployment, at) => {
    const judged = alone[at];
    const picks = { decided: pickAt(decided, at), judged: pickAt(planned.plan, at) };
    return judged === undefined ? [] : [tell(judged, { deployment, picks, stack })];
  });
  return { alone, planned, drawn, stack, decided, outcomes };
}

function pickAt({ picks }: Plan, at: number): Choice {
  return picks[at]?.choice ?? 'keep';
}

function judgeEach(
  { deployments }: StackEconomics,
  kind: keyof SavingOdds,
  { policy, evidence, odds, standings }: Terms,
): Judged[] {
  return deployments.map((deployment) => {
    const { id } = deployment;
    const own = odds.deployments.get(id) ?? new Map<string, SavingOdds>();
    return judgeDeployment(deployment, {
      missing: evidence.byId.get(id) ?? [],
      policy,
      standing: standings.deployments.get(id) ?? {},
      odds: new Map([...own].map(([option, each]) => [option, each[kind]])),
    });
  });
}

function drawnOf(economics: StackEconomics, plan: StackPlan, { odds }: Terms) {
  return odds.planOdds(drawnPlan(economics, plan));
}

interface Judging {
  readonly kind: keyof SavingOdds;
  readonly alone: readonly Judged[];
}

/** The best plan. If it cannot be advised, the plan of the changes that own verdicts advise. */
function judgedPlan(
  economics: StackEconomics,
  { kind, alone }: Judging,
  terms: Terms,
): { readonly planned: StackPlan; readonly passedOver?: StackPlan } {
  const { policy, evidence } = terms;
  const isOpen = (plan: StackPlan) => {
    const odds = drawnOf(economics, plan, terms)?.[kind];
    return objectionsTo({ ...plan, odds }, policy).length > 0;
  };
  const best = planStack(economics, undecidedOf(evidence));
  const advisedPlan = planOfAdvised(economics, advisedOf(economics, alone));
  const isSecond = evidence.forStack.length === 0 && isOpen(best) && !isOpen(advisedPlan);
  return isSecond ? { planned: { ...best, ...advisedPlan }, passedOver: best } : { planned: best };
}

function advisedOf(
  { deployments }: StackEconomics,
  alone: readonly Judged[],
): ReadonlyMap<string, Choice> {
  return new Map(
    deployments.flatMap(({ id }, at) => {
      const verdict = alone[at]?.verdict;
      const choice = verdict === undefined ? undefined : adviceIn(verdict);
      return choice === undefined ? [] : [[id, choice]];
    }),
  );
}
