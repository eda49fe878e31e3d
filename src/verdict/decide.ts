/** Knows how a verdict is reached: evidence first, then cost, then whether the answer holds. */

import { compare } from '../domain/exact.ts';
import type { StackEconomics } from '../economics/result.ts';
import { confidenceOf } from './confidence.ts';
import type { DeploymentDecision, StackVerdict } from './decision.ts';
import { decisionOf, type Judged, judgeDeployment, mustStay } from './deploymentVerdict.ts';
import {
  missingCoverage,
  missingForDeployment,
  missingForStack,
  weakShare,
  weakText,
} from './evidence.ts';
import { withoutLabor } from './labor.ts';
import { laborReasons } from './laborReasons.ts';
import type { Policy, Reconciliation } from './policy.ts';
import { judgeStack } from './stackVerdict.ts';

/**
 * The verdict on each deployment and on the stack, with and without labor. Nothing is advised
 * without evidence, below the wanted saving, or where the sign of the saving hangs on an
 * assumption.
 */
export function decide(
  economics: StackEconomics,
  policy: Policy,
  reconciliation: readonly Reconciliation[] = [],
): StackVerdict {
  const common = missingForStack(economics, policy, reconciliation);
  const missing = missingById(economics, policy, common);
  const weak = new Set(
    economics.deployments
      .filter((each) => !mustStay(each) && (missing.get(each.id) ?? []).length > 0)
      .map(({ id }) => id),
  );
  const bare = withoutLabor(economics);
  const judge = (of: StackEconomics) =>
    of.deployments.map((each) => judgeDeployment(each, missing.get(each.id) ?? [], policy));
  const deployments = decisions(economics, missing, { full: judge(economics), bare: judge(bare) });
  const forStack = [
    ...common,
    ...missingCoverage(economics, policy),
    ...weakness(economics, policy, { weak, missing, common }),
  ];
  const terms = { policy, missing: forStack, weak };
  const [full, without] = [judgeStack(economics, terms), judgeStack(bare, terms)];
  const verdicts = { withLabor: full.verdict, withoutLabor: without.verdict };
  return {
    stack: {
      ...full,
      withoutLabor: { verdict: without.verdict, savingUsd: without.savingUsd },
      confidence: confidenceOf(economics, verdicts, weak),
      laborBasis: economics.labor.basis,
      reasons: [...full.reasons, ...laborReasons(economics), ...economics.warnings],
      missing: forStack,
    },
    deployments,
  };
}

function missingById(economics: StackEconomics, policy: Policy, common: readonly string[]) {
  return new Map(
    economics.deployments.map((each) => [
      each.id,
      [...missingForDeployment(each, policy), ...common],
    ]),
  );
}

function decisions(
  economics: StackEconomics,
  missing: ReadonlyMap<string, readonly string[]>,
  judged: { readonly full: readonly Judged[]; readonly bare: readonly Judged[] },
): DeploymentDecision[] {
  return economics.deployments.flatMap((each, index) => {
    const [withLabor, bare] = [judged.full[index], judged.bare[index]];
    if (withLabor === undefined || bare === undefined) return [];
    return [decisionOf(each, missing.get(each.id) ?? [], { withLabor, withoutLabor: bare })];
  });
}

interface Weakness {
  readonly weak: ReadonlySet<string>;
  readonly missing: ReadonlyMap<string, readonly string[]>;
  readonly common: readonly string[];
}

/** What the weak deployments lack, where they are too much of the stack to be left undecided. */
function weakness(
  economics: StackEconomics,
  policy: Policy,
  { weak, missing, common }: Weakness,
): string[] {
  if (common.length > 0) return [...weak].flatMap((id) => own(id));
  const share = weakShare(economics, weak);
  if (compare(share, policy.maxUnattributedShare) <= 0) return [];
  return [weakText(share, policy), ...[...weak].flatMap((id) => own(id))];

  function own(id: string): readonly string[] {
    return (missing.get(id) ?? []).filter((text) => !common.includes(text));
  }
}
