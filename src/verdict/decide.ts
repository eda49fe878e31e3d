/** Computes the verdict from evidence, cost and probability. */

import type { BillGap } from '../domain/completeness.ts';
import type { UnconvertedCharges } from '../domain/currency.ts';
import type { ReconciledMonth } from '../domain/reconciliation.ts';
import type { StackEconomics } from '../economics/result.ts';
import type { StackVerdict } from './decision.ts';
import { decideDeployments } from './judge/deploymentDecision.ts';
import { collectEvidence } from './judge/grounds.ts';
import { withoutLabor } from './judge/labor.ts';
import { computeSide } from './judge/side.ts';
import { decideStack } from './judge/stackDecision.ts';
import { NO_PREVIOUS_VERDICTS, type PreviousVerdicts } from './judge/standing.ts';
import type { RandomSource } from './odds/drawn.ts';
import { toStackSeries } from './odds/drawnStack.ts';
import { simulateSavings } from './odds/drawOdds.ts';
import type { Policy } from './policy.ts';
import type { Reason } from './reason.ts';

/** Inputs of a verdict besides the economics. */
export interface VerdictInputs {
  readonly policy: Policy;
  /** Random numbers, seeded with the digest of the run's inputs. A rerun prints the same digits. */
  readonly chance: RandomSource;
  /** Bills and invoices compared with the ledger. */
  readonly reconciliation?: readonly ReconciledMonth[];
  /** Missing bills. */
  readonly gaps?: readonly BillGap[];
  /** Charges in other currencies, which are in no sum. */
  readonly unconverted?: readonly UnconvertedCharges[];
  /**
   * Notes on data that could not be read, printed with the reasons. A figure may lack that data.
   */
  readonly notes?: readonly Reason[];
  /** Verdicts of the previous audit. */
  readonly standings?: PreviousVerdicts;
}

/**
 * Decides once for the whole stack, with labor and without it. Each deployment follows from that
 * decision. A change needs evidence, the policy's probability and the policy's saving. A change
 * that reverses the previous verdict must also save much, or be the result of two quarters in a
 * row.
 */
export function decide(economics: StackEconomics, grounds: VerdictInputs): StackVerdict {
  const { policy, chance, standings = NO_PREVIOUS_VERDICTS } = grounds;
  const { reconciliation = [], gaps = [], unconverted = [], notes = [] } = grounds;
  const evidence = collectEvidence(economics, policy, { reconciliation, gaps, unconverted });
  const odds = simulateSavings(toStackSeries(economics), { ...policy, chance });
  const terms = { policy, evidence, odds, standings, notes };
  const full = computeSide(economics, 'withLabor', terms);
  const bare = computeSide(withoutLabor(economics), 'withoutLabor', {
    ...terms,
    standings: NO_PREVIOUS_VERDICTS,
  });
  return {
    stack: decideStack(economics, { full, bare }, terms),
    deployments: decideDeployments(economics, { full, bare }, terms),
  };
}
