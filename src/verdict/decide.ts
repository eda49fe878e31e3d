/** Knows how a verdict is reached: evidence first, then cost, then how sure that is. */

import type { DeploymentEconomics, StackEconomics } from '../economics/result.ts';
import type { DeploymentDecision, StackVerdict } from './decision.ts';
import { judgeDeployment } from './judge/deploymentVerdict.ts';
import { evidenceOf } from './judge/grounds.ts';
import { withoutLabor } from './judge/labor.ts';
import { decideStack, type Terms } from './judge/stackDecision.ts';
import { NO_STANDINGS, type Standings, standingAfter } from './judge/standing.ts';
import type { Chance, SavingOdds } from './odds/drawn.ts';
import { drawnStack } from './odds/drawnStack.ts';
import { drawOdds } from './odds/drawOdds.ts';
import type { Policy, Reconciliation } from './policy.ts';

/** What a verdict rests on beside the economics. */
export interface Grounds {
  readonly policy: Policy;
  /** Seeded by the run's inputs, so that a rerun prints the same digits. */
  readonly chance: Chance;
  readonly reconciliation?: readonly Reconciliation[];
  /** What the last audit said. */
  readonly standings?: Standings;
}

/**
 * The verdict on each deployment and on the stack, with and without labor. A change is advised only
 * on evidence, with the wanted odds, for the wanted saving, and not as a turn of the last answer
 * unless it saves much or says so again.
 */
export function decide(economics: StackEconomics, grounds: Grounds): StackVerdict {
  const { policy, chance, reconciliation = [], standings = NO_STANDINGS } = grounds;
  const evidence = evidenceOf(economics, policy, reconciliation);
  const bare = withoutLabor(economics);
  const odds = drawOdds(drawnStack(economics), { ...policy, chance });
  const terms = { policy, evidence, odds, standings };
  const judged = economics.deployments.flatMap((each, index) => {
    const without = bare.deployments[index];
    return without === undefined ? [] : [decideDeployment(each, without, terms)];
  });
  return { stack: decideStack({ economics, bare, judged }, terms), deployments: judged };
}

function decideDeployment(
  deployment: DeploymentEconomics,
  bare: DeploymentEconomics,
  { policy, evidence, odds, standings }: Terms,
): DeploymentDecision {
  const { id } = deployment;
  const missing = evidence.byId.get(id) ?? [];
  const own = odds.deployments.get(id) ?? new Map<string, SavingOdds>();
  const of = (kind: keyof SavingOdds) =>
    new Map([...own].map(([option, each]) => [option, each[kind]]));
  const standing = standings.deployments.get(id) ?? {};
  const full = judgeDeployment(deployment, { missing, policy, standing, odds: of('withLabor') });
  const without = judgeDeployment(bare, {
    missing,
    policy,
    standing: {},
    odds: of('withoutLabor'),
  });
  const bareOdds = without.subject && own.get(without.subject)?.withoutLabor;
  const stands = standingAfter(full.verdict, standing);
  const isSame = (full.leaning ?? full.verdict) === without.verdict;
  return {
    ...full,
    id,
    odds: own,
    withoutLabor: without.verdict,
    bare: { savingUsd: without.savingUsd, ...(bareOdds === undefined ? {} : { odds: bareOdds }) },
    ...(stands === undefined ? {} : { standing: stands }),
    reasons: [
      ...full.reasons,
      ...(isSame ? [] : [`Without labor the verdict is "${without.verdict}".`]),
    ],
    missing,
  };
}
