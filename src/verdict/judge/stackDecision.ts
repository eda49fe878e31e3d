/** Knows the decision on the stack: which plan is judged, with labor and without. */

import { CHOICES, type Choice } from '../../economics/offer.ts';
import type { StackEconomics } from '../../economics/result.ts';
import type { DeploymentDecision, StackDecision } from '../decision.ts';
import type { PlanOdds, SavingOdds, StackOdds } from '../odds/drawn.ts';
import type { Policy } from '../policy.ts';
import { doubtsOf } from './advice.ts';
import { confidenceOf } from './confidence.ts';
import { type Evidence, undecidedOf } from './grounds.ts';
import { laborReasons } from './laborReasons.ts';
import { unbilledReasons } from './sides.ts';
import {
  contestedPicks,
  drawnPlan,
  fixedIn,
  planOfAdvised,
  planStack,
  type StackPlan,
} from './stackPlan.ts';
import { judgeStack, type StackJudged } from './stackVerdict.ts';
import { type Standing, type Standings, standingAfter } from './standing.ts';
import { wholePlans } from './wholePlans.ts';

export interface Terms {
  readonly policy: Policy;
  readonly evidence: Evidence;
  readonly odds: StackOdds;
  readonly standings: Standings;
}

export interface Weighed {
  readonly economics: StackEconomics;
  readonly bare: StackEconomics;
  readonly judged: readonly DeploymentDecision[];
}

export function decideStack({ economics, bare, judged }: Weighed, terms: Terms): StackDecision {
  const { policy, evidence } = terms;
  const standing = terms.standings.stack;
  const withLabor = judged.map(({ id, verdict }) => [id, verdict] as const);
  const withoutLabor = judged.map(({ id, withoutLabor: verdict }) => [id, verdict] as const);
  const full = sideOf(economics, { kind: 'withLabor', verdicts: withLabor, standing }, terms);
  const without = sideOf(
    bare,
    { kind: 'withoutLabor', verdicts: withoutLabor, standing: {} },
    terms,
  );
  const verdicts = { withLabor: full.judged.verdict, withoutLabor: without.judged.verdict };
  const stands = standingAfter(full.judged.verdict, standing);
  return {
    ...full.judged,
    ...full.planned,
    ...(full.drawn === undefined ? {} : { odds: full.drawn.withLabor, next: full.drawn.next }),
    wholes: wholePlans(economics, terms.odds),
    fixed: fixedIn(economics, undecidedOf(evidence)),
    contested: contestedPicks(economics, full.planned, undecidedOf(evidence)),
    withoutLabor: {
      verdict: without.judged.verdict,
      savingUsd: without.planned.savingUsd,
      ...(without.drawn === undefined ? {} : { odds: without.drawn.withoutLabor }),
    },
    ...(stands === undefined ? {} : { standing: stands }),
    confidence: confidenceOf(economics, verdicts, evidence.weak),
    laborBasis: economics.labor.basis,
    reasons: [
      ...full.judged.reasons,
      ...unbilledReasons(economics, full.judged.verdict),
      ...migrationReasons(economics, full.planned),
      ...laborReasons(economics),
      ...economics.warnings,
    ],
    missing: evidence.forStack,
    draws: policy.draws,
  };
}

interface Asked {
  readonly kind: keyof SavingOdds;
  readonly verdicts: readonly (readonly [string, string])[];
  readonly standing: Standing;
}

interface Side {
  readonly planned: StackPlan;
  readonly drawn: PlanOdds | undefined;
  readonly judged: StackJudged;
}

/** The best plan; where it cannot be advised, the plan of what is advised of each deployment. */
function sideOf(economics: StackEconomics, asked: Asked, terms: Terms): Side {
  const { policy, evidence, odds } = terms;
  const drawnOf = (plan: StackPlan) => odds.planOdds(drawnPlan(economics, plan));
  const oddsOf = (plan: StackPlan) => drawnOf(plan)?.[asked.kind];
  const isOpen = (plan: StackPlan) => doubtsOf({ ...plan, odds: oddsOf(plan) }, policy).length > 0;
  const best = planStack(economics, undecidedOf(evidence));
  const sure = planOfAdvised(economics, advisedOf(asked.verdicts));
  const isSecond = evidence.forStack.length === 0 && isOpen(best) && !isOpen(sure);
  const planned = isSecond ? { ...best, ...sure } : best;
  const common = { policy, missing: evidence.forStack, standing: asked.standing };
  const drawn = drawnOf(planned);
  const passedOver = isSecond ? { passedOver: best } : {};
  const judged = judgeStack(economics, {
    ...common,
    planned,
    odds: drawn?.[asked.kind],
    ...passedOver,
  });
  return { planned, drawn, judged };
}

function advisedOf(verdicts: Asked['verdicts']): ReadonlyMap<string, Choice> {
  return new Map(
    verdicts.flatMap(([id, verdict]) => {
      const choice = CHOICES.find((each) => each === verdict && each !== 'keep');
      return choice === undefined ? [] : [[id, choice]];
    }),
  );
}

/** A change that takes nobody's time is an assumption too. */
function migrationReasons({ isMigrationStated }: StackEconomics, { plan }: StackPlan): string[] {
  if (isMigrationStated || plan.picks.every(({ choice }) => choice === 'keep')) return [];
  return [
    'What a change itself takes is not stated and counts as nothing: set `migration` in ' +
      'rentcheck.yaml.',
  ];
}
