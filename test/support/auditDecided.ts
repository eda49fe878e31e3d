/** The decision that goes with a verdict, in an audit and on a deployment. */

import type { OptionName } from '../../src/economics/offer.ts';
import type { AuditStack } from '../../src/verdict/audit.ts';
import type { AuditDeployment } from '../../src/verdict/auditDeployment.ts';
import type { Verdict } from '../../src/verdict/auditWord.ts';
import { fixtureUsd } from './auditOptions.ts';

/** The decision that its own verdict implies. */
export function toDecision(verdict: Verdict): AuditDeployment['decision'] {
  const option = planned(verdict);
  const because = option === 'keep' ? 'kept' : 'advised';
  return { option, because, alone: verdict, heldBack: null };
}

/** The plan if the verdict advises it, or else keeping everything. */
export function toPlanDecision(
  overrides: Partial<AuditStack>,
  own: {
    readonly verdict: Verdict;
    readonly plan: AuditStack['bestPlan'];
    readonly saving: string;
  },
): AuditStack['decision'] {
  const { verdict = own.verdict, bestPlan = own.plan, savingUsd } = overrides;
  if (planned(verdict) !== 'keep') {
    return { plan: bestPlan, savingUsd: savingUsd?.base ?? own.saving };
  }
  const plan = bestPlan.map(({ deployment }) => ({ deployment, option: 'keep' as const }));
  return { plan, savingUsd: fixtureUsd(0) };
}

export function planned(verdict: AuditDeployment['verdict']): OptionName {
  return verdict === 'delete' ||
    verdict === 'hybrid' ||
    verdict === 'serverless' ||
    verdict === 'move' ||
    verdict === 'right-size'
    ? verdict
    : 'keep';
}
