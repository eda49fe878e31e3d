/** One side of a decision, with labor or without: each alone, the plan of all, what is decided. */

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
  /** Of the stack: what could not be read. */
  readonly notes: readonly Reason[];
}

export interface Side {
  /** In the order of the economics, as `told` is. */
  readonly alone: readonly Judged[];
  /** The plan that is judged: the best one, else that of what is advised alone. */
  readonly planned: StackPlan;
  /** Of the judged plan against keeping everything. */
  readonly drawn: PlanOdds | undefined;
  readonly stack: StackJudged;
  /** The judged plan where it is advised, else to keep everything. */
  readonly decided: Plan;
  readonly told: readonly Told[];
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
  const told = inPlan(economics, decided.picks).deployments.flatMap((deployment, at) => {
    const judged = alone[at];
    const picks = { decided: pickAt(decided, at), judged: pickAt(planned.plan, at) };
    return judged === undefined ? [] : [tell(judged, { deployment, picks, stack })];
  });
  return { alone, planned, drawn, stack, decided, told };
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

/** The best plan; where it cannot be advised, the plan of what is advised of each deployment. */
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
  const sure = planOfAdvised(economics, advisedOf(economics, alone));
  const isSecond = evidence.forStack.length === 0 && isOpen(best) && !isOpen(sure);
  return isSecond ? { planned: { ...best, ...sure }, passedOver: best } : { planned: best };
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
