/**
 * Builds the decision on the stack: judged plan, decided plan, reasons, with labor and without it.
 */

import type { StackEconomics } from '../../economics/result.ts';
import type { StackDecision } from '../decision.ts';
import { contractEnds } from '../outlook/contractEnds.ts';
import type { Reason } from '../reason.ts';
import { confidenceOf } from './confidence.ts';
import { undecidedOf } from './grounds.ts';
import { laborReasons } from './laborReasons.ts';
import type { Side, Terms } from './side.ts';
import { unbilledReasons } from './sides.ts';
import { contestedPicks, fixedIn, type StackPlan } from './stackPlan.ts';
import { standingAfter } from './standing.ts';
import { wholePlans } from './wholePlans.ts';

export interface Sides {
  readonly full: Side;
  readonly bare: Side;
}

export function decideStack(
  economics: StackEconomics,
  { full, bare }: Sides,
  { policy, evidence, odds, standings, notes }: Terms,
): StackDecision {
  const verdicts = { withLabor: full.stack.verdict, withoutLabor: bare.stack.verdict };
  const standing = standingAfter(full.stack.verdict, standings.stack);
  const undecided = undecidedOf(evidence);
  const fixed = fixedIn(economics, undecided);
  const isOpen = full.stack.verdict === 'not enough evidence';
  return {
    ...full.stack,
    ...full.planned,
    decided: full.decided,
    ...(full.drawn === undefined ? {} : { odds: full.drawn.withLabor, next: full.drawn.next }),
    wholes: wholePlans(economics, odds),
    fixed,
    contractEnds: isOpen ? [] : contractEnds(economics, { kept: fixed, policy }),
    contested: contestedPicks(economics, full.planned, undecided),
    withoutLabor: {
      verdict: bare.stack.verdict,
      savingUsd: bare.planned.savingUsd,
      ...(bare.drawn === undefined ? {} : { odds: bare.drawn.withoutLabor }),
    },
    ...(standing === undefined ? {} : { standing }),
    confidence: confidenceOf(economics, verdicts, evidence.weak),
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
