/** The decision on each deployment: the verdict that the stack's decision gives it, and why. */

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

/** In the order of the economics. */
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
  readonly told: Told;
}

function seenAt({ alone, told }: Side, at: number): Seen | undefined {
  const [judged, said] = [alone[at], told[at]];
  return judged === undefined || said === undefined ? undefined : { alone: judged, told: said };
}

interface Views {
  readonly own: Seen;
  /** With neither labor nor migration. */
  readonly without: Seen;
  readonly stack: Side;
}

function decisionOn(
  deployment: DeploymentEconomics,
  { own, without, stack }: Views,
  { evidence, odds, standings }: Terms,
): DeploymentDecision {
  const { id } = deployment;
  const { verdict, leaning, decided } = own.told;
  const drawn = odds.deployments.get(id) ?? new Map<string, SavingOdds>();
  const { subject } = own.told;
  const bare = bareFigures(without, drawn);
  const stands = standingAfter(verdict, standings.deployments.get(id) ?? {});
  const isSame = (leaning ?? verdict) === without.told.verdict;
  return {
    id,
    verdict,
    decided,
    ...(subject === undefined ? {} : { subject }),
    savingUsd: own.told.savingUsd,
    ...(leaning === undefined ? {} : { leaning }),
    odds: drawn,
    withoutLabor: without.told.verdict,
    bare,
    ...(stands === undefined ? {} : { standing: stands }),
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

function withoutLabor(deployment: string, { told: { verdict } }: Seen): Reason {
  return { code: 'without-labor', deployment, verdict };
}

function bareFigures(
  { told: { subject, savingUsd } }: Seen,
  drawn: ReadonlyMap<string, SavingOdds>,
): DeploymentDecision['bare'] {
  const odds = subject && drawn.get(subject)?.withoutLabor;
  return { savingUsd, ...(odds === undefined ? {} : { odds }) };
}

/** What it changes to with the plan may be another option than its own reasons are about. */
function changeReasons(deployment: DeploymentEconomics, { alone, told }: Seen): Reason[] {
  const { option } = told.decided;
  return option === 'keep' || option === alone.subject ? [] : costReasons(deployment, option);
}
