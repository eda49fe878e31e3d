/**
 * Builds the decision on the stack: judged plan, decided plan, reasons, with labor and without it.
 */

import type { StackEconomics } from '../../economics/result.ts';
import type { StackDecision } from '../decision.ts';
import { contractEnds } from '../outlook/contractEnds.ts';
import type { Reason } from '../reason.ts';
import { rateConfidence } from './confidence.ts';
import { undecidedDeployments } from './grounds.ts';
import { laborReasons } from './laborReasons.ts';
import type { DecisionSide, DecisionTerms } from './side.ts';
import { unbilledReasons } from './sides.ts';
import { alternativePicks, fixedDeployments, type StackPlan } from './stackPlan.ts';
import { lastConclusiveVerdict } from './standing.ts';
import { computeWholePlans } from './wholePlans.ts';

export interface DecisionSides {
  readonly full: DecisionSide;
  readonly bare: DecisionSide;
}

export function decideStack(
  economics: StackEconomics,
  { full, bare }: DecisionSides,
  { policy, evidence, odds, standings, notes }: DecisionTerms,
): StackDecision {
  const verdicts = { withLabor: full.stack.verdict, withoutLabor: bare.stack.verdict };
  const standing = lastConclusiveVerdict(full.stack.verdict, standings.stack);
  const undecided = undecidedDeployments(evidence);
  const fixed = fixedDeployments(economics, undecided);
  const isOpen = full.stack.verdict === 'not enough evidence';
  return {
    ...full.stack,
    ...full.planned,
    decided: full.decided,
    ...(full.simulated === undefined
      ? {}
      : { odds: full.simulated.withLabor, next: full.simulated.next }),
    wholes: computeWholePlans(economics, odds),
    fixed,
    contractEnds: isOpen ? [] : contractEnds(economics, { kept: fixed, policy }),
    contested: alternativePicks(economics, full.planned, undecided),
    withoutLabor: {
      verdict: bare.stack.verdict,
      savingUsd: bare.planned.savingUsd,
      ...(bare.simulated === undefined ? {} : { odds: bare.simulated.withoutLabor }),
    },
    ...(standing === undefined ? {} : { standing }),
    confidence: rateConfidence(economics, verdicts, evidence.weak),
    laborBasis: economics.labor.basis,
    reasons: [
      ...full.stack.reasons,
      ...unbilledReasons(economics, full.stack.verdict),
      ...migrationReasons(economics, full.planned),
      ...laborReasons(economics),
      ...economics.warnings,
      ...notes,
    ],
    missing: evidence.forStack,
    draws: policy.draws,
  };
}

/** Migration without stated hours counts as $0, which is an assumption to report. */
function migrationReasons({ isMigrationStated }: StackEconomics, { plan }: StackPlan): Reason[] {
  const isKept = plan.picks.every(({ choice }) => choice === 'keep');
  return isMigrationStated || isKept ? [] : [{ code: 'migration-unstated' }];
}
