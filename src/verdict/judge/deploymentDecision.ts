/** Builds the decision on each deployment: its verdict under the stack's decision, with reasons. */

import type { DeploymentEconomics, StackEconomics } from '../../economics/result.ts';
import type { DeploymentDecision } from '../decision.ts';
import type { SavingOdds } from '../odds/drawn.ts';
import type { Reason } from '../reason.ts';
import type { Told } from './decided.ts';
import { decidedReasons } from './decidedReasons.ts';
import { costReasons } from './deploymentReasons.ts';
import type { Judged } from './deploymentVerdict.ts';
import type { Side, Terms } from './side.ts';
import type { Sides } from './stackDecision.ts';
import { standingAfter } from './standing.ts';

/** Returns the decisions in the order of the economics' deployments. */
export function decideEach(
  { deployments }: StackEconomics,
  { full, bare }: Sides,
  terms: Terms,
): DeploymentDecision[] {
  return deployments.flatMap((deployment, at) => {
    const [own, without] = [full, bare].map((side) => seenAt(side, at));
    if (own === undefined || without === undefined) return [];
    return [decisionOn(deployment, { own, without, stack: full }, terms)];
  });
}

interface Seen {
  readonly alone: Judged;
  readonly outcome: Told;
}

function seenAt({ alone, outcomes }: Side, at: number): Seen | undefined {
  const [judged, outcome] = [alone[at], outcomes[at]];
  return judged && outcome && { alone: judged, outcome };
}

interface Views {
  readonly own: Seen;
  /** Without labor and migration cost. */
  readonly without: Seen;
  readonly stack: Side;
}

function decisionOn(
  deployment: DeploymentEconomics,
  { own, without, stack }: Views,
  { evidence, odds, standings }: Terms,
): DeploymentDecision {
  const { id } = deployment;
  const { verdict, leaning, decided } = own.outcome;
  const drawn = odds.deployments.get(id) ?? new Map<string, SavingOdds>();
  const { subject } = own.outcome;
  const bare = bareFigures(without, drawn);
  const standing = standingAfter(verdict, standings.deployments.get(id) ?? {});
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
  drawn: ReadonlyMap<string, SavingOdds>,
): DeploymentDecision['bare'] {
  const odds = subject && drawn.get(subject)?.withoutLabor;
  return { savingUsd, ...(odds === undefined ? {} : { odds }) };
}

/** With the plan it may change to another option than its own reasons are about. */
function changeReasons(deployment: DeploymentEconomics, { alone, outcome }: Seen): Reason[] {
  const { option } = outcome.decided;
  return option === 'keep' || option === alone.subject ? [] : costReasons(deployment, option);
}
