/** Builds the decision on each deployment: its verdict under the stack's decision, with reasons. */

import type { DeploymentEconomics, StackEconomics } from '../../economics/result.ts';
import type { DeploymentDecision } from '../decision.ts';
import type { SimulatedSavings } from '../simulation/types.ts';
import type { Reason } from '../reason.ts';
import type { Decided, DeploymentOutcome } from './deploymentOutcome.ts';
import { costReasons } from './deploymentReasons.ts';
import type { OwnVerdict } from './deploymentVerdict.ts';
import type { DecisionSide, DecisionTerms } from './decisionSide.ts';
import type { DecisionSides } from './stackDecision.ts';
import { lastConclusiveVerdict } from './previousVerdict.ts';
import { roundedDouble } from '../document/printed.ts';
import { sixPlaces } from '../../domain/figures.ts';
import { usdText } from '../../domain/money.ts';

/** Returns the decisions in the order of the economics' deployments. */
export function decideDeployments(
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
      ...(isSame ? [] : [withoutLabor(id, without)]),
    ],
    missing: evidence.byId.get(id) ?? [],
    lacking: evidence.weak.has(id) ? (evidence.own.get(id) ?? []) : [],
  };
}

function withoutLabor(deployment: string, { outcome: { verdict } }: Seen): Reason {
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
