/** Computes the verdict from evidence, cost and probability. */

import type { BillGap } from '../domain/completeness.ts';
import type { UnconvertedCharges } from '../domain/currency.ts';
import type { ReconciledMonth } from '../domain/reconciliation.ts';
import type { StackEconomics } from '../economics/result.ts';
import type { StackVerdict } from './decision.ts';
import { decideDeployments } from './judge/deploymentDecision.ts';
import { collectEvidence } from './judge/evidence.ts';
import { computeSide } from './judge/decisionSide.ts';
import { decideStack } from './judge/stackDecision.ts';
import { NO_PREVIOUS_VERDICTS, type PreviousVerdicts } from './judge/previousVerdict.ts';
import type { RandomSource } from './simulation/types.ts';
import { toStackSeries } from './simulation/stackSeries.ts';
import { simulateSavings } from './simulation/simulation.ts';
import type { Policy } from './policy.ts';
import type { Reason } from './reason.ts';
import { ZERO } from '../domain/exact.ts';
import type { AssumedRange } from '../economics/input.ts';
import { type NoOffer, type OptionOffer, type OptionOffers, OPTIONS } from '../economics/offer.ts';

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

const NOTHING: AssumedRange = { low: ZERO, base: ZERO, high: ZERO };

/** Sets labor and migration cost to $0. */
function withoutLabor(economics: StackEconomics): StackEconomics {
  const none = { selfHosted: NOTHING, hosted: NOTHING };
  return {
    ...economics,
    labor: { ...economics.labor, ...none },
    deployments: economics.deployments.map((each) => ({
      ...each,
      labor: { ...each.labor, ...none },
      offers: withoutMigration(each.offers),
    })),
  };
}

function withoutMigration(offers: OptionOffers): OptionOffers {
  const free = (offer: OptionOffer | NoOffer) =>
    'reason' in offer ? offer : { ...offer, migrationUsd: ZERO };
  return Object.fromEntries(
    OPTIONS.flatMap((option) => {
      const offer = offers[option];
      return offer === undefined ? [] : [[option, free(offer)]];
    }),
  ) as OptionOffers;
}
