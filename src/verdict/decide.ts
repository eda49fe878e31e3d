/** How a verdict is reached: evidence first, then cost, then how sure that is. */

import type { BillGap } from '../domain/completeness.ts';
import type { UnconvertedCharges } from '../domain/currency.ts';
import type { Reconciled } from '../domain/reconciliation.ts';
import type { StackEconomics } from '../economics/result.ts';
import type { StackVerdict } from './decision.ts';
import { decideEach } from './judge/deploymentDecision.ts';
import { evidenceOf } from './judge/grounds.ts';
import { withoutLabor } from './judge/labor.ts';
import { sideOf } from './judge/side.ts';
import { decideStack } from './judge/stackDecision.ts';
import { NO_STANDINGS, type Standings } from './judge/standing.ts';
import type { Chance } from './odds/drawn.ts';
import { drawnStack } from './odds/drawnStack.ts';
import { drawOdds } from './odds/drawOdds.ts';
import type { Policy } from './policy.ts';
import type { Reason } from './reason.ts';

/** What a verdict rests on beside the economics. */
export interface Grounds {
  readonly policy: Policy;
  /** Seeded by the run's inputs, so that a rerun prints the same digits. */
  readonly chance: Chance;
  /** Bills and invoices beside the ledger. */
  readonly reconciliation?: readonly Reconciled[];
  /** Bills that should be there and are not. */
  readonly gaps?: readonly BillGap[];
  /** What was billed in other currencies and is in no sum. */
  readonly unconverted?: readonly UnconvertedCharges[];
  /** What could not be read is said beside the reasons: it may be what a figure lacks. */
  readonly notes?: readonly Reason[];
  /** What the last audit said. */
  readonly standings?: Standings;
}

/**
 * One decision, with labor and without: what is done with the stack, and so with each deployment. A
 * change is advised only on evidence, with the wanted odds, for the wanted saving, and not as a
 * turn of the last answer unless it saves much or says so again.
 */
export function decide(economics: StackEconomics, grounds: Grounds): StackVerdict {
  const { policy, chance, standings = NO_STANDINGS } = grounds;
  const { reconciliation = [], gaps = [], unconverted = [], notes = [] } = grounds;
  const evidence = evidenceOf(economics, policy, { reconciliation, gaps, unconverted });
  const odds = drawOdds(drawnStack(economics), { ...policy, chance });
  const terms = { policy, evidence, odds, standings, notes };
  const full = sideOf(economics, 'withLabor', terms);
  const bare = sideOf(withoutLabor(economics), 'withoutLabor', {
    ...terms,
    standings: NO_STANDINGS,
  });
  return {
    stack: decideStack(economics, { full, bare }, terms),
    deployments: decideEach(economics, { full, bare }, terms),
  };
}
