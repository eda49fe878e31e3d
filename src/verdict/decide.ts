/**
 * Computes the verdict from evidence, cost and probability: for the stack, then for each deployment
 * with its reasons.
 */

import type { BillGap } from '../domain/completeness.ts';
import type { UnconvertedCharges } from '../domain/currency.ts';
import type { ReconciledMonth } from '../domain/reconciliation.ts';
import type { DeploymentEconomics, StackEconomics } from '../economics/result.ts';
import type { DeploymentDecision, StackVerdict } from './decision.ts';
import { collectEvidence } from './judge/evidence.ts';
import { computeSide, type DecisionSide, type DecisionTerms } from './judge/decisionSide.ts';
import { decideStack, type DecisionSides } from './judge/stackDecision.ts';
import {
  lastConclusiveVerdict,
  NO_PREVIOUS_VERDICTS,
  type PreviousVerdicts,
} from './judge/previousVerdict.ts';
import type { RandomSource, SimulatedSavings } from './simulation/types.ts';
import { toStackSeries } from './simulation/stackSeries.ts';
import { simulateSavings } from './simulation/simulation.ts';
import type { Policy } from './policy.ts';
import type { Reason } from './reason.ts';
import { ZERO } from '../domain/exact.ts';
import type { AssumedRange } from '../economics/input.ts';
import { type NoOffer, type OptionOffer, type OptionOffers, OPTIONS } from '../economics/offer.ts';
import type { Decided, DeploymentOutcome } from './judge/deploymentOutcome.ts';
import { costReasons } from './judge/deploymentReasons.ts';
import type { OwnVerdict } from './judge/deploymentVerdict.ts';
import { roundedDouble } from './document/printed.ts';
import { sixPlaces } from '../domain/figures.ts';
import { usdText } from '../domain/money.ts';

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

/** Returns the decisions in the order of the economics' deployments. */
function decideDeployments(
  { deployments }: StackEconomics,
  { full, bare }: DecisionSides,
  terms: DecisionTerms,
): DeploymentDecision[] {
  return deployments.flatMap((deployment, at) => {
    const [own, without] = [full, bare].map((side) => seenAt(side, at));
    if (own === undefined || without === undefined) return [];
    return [decisionOn(deployment, { own, without, stack: full }, terms)];
  });
}

interface Seen {
  readonly alone: OwnVerdict;
  readonly outcome: DeploymentOutcome;
}

function seenAt({ ownVerdicts, outcomes }: DecisionSide, at: number): Seen | undefined {
  const [judged, outcome] = [ownVerdicts[at], outcomes[at]];
  return judged && outcome && { alone: judged, outcome };
}

interface Views {
  readonly own: Seen;
  /** Without labor and migration cost. */
  readonly without: Seen;
  readonly stack: DecisionSide;
}

function decisionOn(
  deployment: DeploymentEconomics,
  { own, without, stack }: Views,
  { evidence, odds, standings }: DecisionTerms,
): DeploymentDecision {
  const { id } = deployment;
  const { verdict, leaning, decided } = own.outcome;
  const drawn = odds.deployments.get(id) ?? new Map<string, SimulatedSavings>();
  const { subject } = own.outcome;
  const bare = bareFigures(without, drawn);
  const standing = lastConclusiveVerdict(verdict, standings.deployments.get(id) ?? {});
  const isSame = (leaning ?? verdict) === without.outcome.verdict;
  return {
    id,
    verdict,
    decided,
    ...(subject === undefined ? {} : { subject }),
    savingUsd: own.outcome.savingUsd,
    ...(leaning === undefined ? {} : { leaning }),
    odds: drawn,
    withoutLabor: without.outcome.verdict,
    bare,
    ...(standing === undefined ? {} : { standing }),
    reasons: [
      ...decidedReasons(id, decided, stack),
      ...changeReasons(deployment, own),
      ...own.alone.reasons,
      ...(isSame ? [] : [laborReason(id, without)]),
    ],
    missing: evidence.byId.get(id) ?? [],
    lacking: evidence.weak.has(id) ? (evidence.own.get(id) ?? []) : [],
  };
}

function laborReason(deployment: string, { outcome: { verdict } }: Seen): Reason {
  return { code: 'without-labor', deployment, verdict };
}

function bareFigures(
  { outcome: { subject, savingUsd } }: Seen,
  drawn: ReadonlyMap<string, SimulatedSavings>,
): DeploymentDecision['bare'] {
  const odds = subject && drawn.get(subject)?.withoutLabor;
  return { savingUsd, ...(odds === undefined ? {} : { odds }) };
}

/** With the plan it may change to another option than its own reasons are about. */
function changeReasons(deployment: DeploymentEconomics, { alone, outcome }: Seen): Reason[] {
  const { option } = outcome.decided;
  return option === 'keep' || option === alone.subject ? [] : costReasons(deployment, option);
}

/** At most one reason. Empty if the decision follows the deployment's own verdict. */
function decidedReasons(
  deployment: string,
  { because, alone, heldBack }: Decided,
  { planned, simulated }: DecisionSide,
): Reason[] {
  const planSavingUsd = usdText(planned.savingUsd);
  if (because === 'with-the-plan') {
    const odds = simulated?.withLabor;
    const likely =
      odds === undefined
        ? {}
        : { probability: sixPlaces(roundedDouble(odds.probability), 'floor') };
    return [{ code: 'with-the-plan', deployment, alone, planSavingUsd, ...likely }];
  }
  if (heldBack === undefined) return [];
  const savingUsd = usdText(heldBack.savingUsd);
  const { option } = heldBack;
  const held = { option, savingUsd, because: heldBack.because, planSavingUsd };
  return [{ code: 'held-back', deployment, ...held }];
}
