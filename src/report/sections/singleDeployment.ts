/** Reduces an audit to one deployment, for the report to its owner. */

import type { Audit } from '../../verdict/audit.ts';
import type { AuditDeployment } from '../../verdict/auditDeployment.ts';
import type { Verdict } from '../../verdict/auditWord.ts';
import { durationMs, DAY_MS } from '../../domain/period.ts';
import { type AuditReading, readCompleteAudit } from './auditReading.ts';
import type { DeploymentReading } from './deploymentReading.ts';
import type { Reader } from '../locale.ts';
import type { DetailReading } from './storedAmounts.ts';

/**
 * The audit with this deployment only. Taxes, estimates and unattributed spend belong to the whole
 * stack, so they must not be read from it.
 */
export function singleDeploymentAudit(
  audit: AuditReading,
  { stored: deployment }: DeploymentReading,
  reader: Reader,
): AuditReading {
  const { bill: _all, ...rest } = audit.stored;
  const single = {
    ...rest,
    stack: stackOf(audit, deployment),
    totals: totalsOf(audit, deployment),
    deployments: [deployment],
    sensitivity: [],
  };
  return readCompleteAudit(single, reader);
}

/** Chart data of this deployment only. */
export function singleDeploymentDetail({ days, load }: DetailReading, id: string): DetailReading {
  return {
    days: days.filter(({ deployment }) => deployment === id),
    load: load.filter(({ deployment }) => deployment === id),
  };
}

function stackOf(audit: AuditReading, deployment: AuditDeployment): Audit['stack'] {
  const { stack } = audit.stored;
  const { id, verdict, probability, savingUsd, withoutLabor } = deployment;
  const isKept = KEPT.has(verdict);
  const keep = deployment.options.find(({ option }) => option === 'keep');
  return {
    ...stack,
    verdict,
    probability,
    savingUsd: isKept ? NO_SAVING : savingUsd,
    withoutLabor: withoutSavingIfKept(withoutLabor) ?? {
      verdict,
      savingUsd: null,
      probability: null,
    },
    keepUsd: keep?.costUsd ?? deployment.spendUsd,
    decision: decisionOn(audit, deployment),
    bestPlan: stack.bestPlan.filter((planned) => planned.deployment === id),
    bestPlanUsd: null,
    options: [],
    reasons: deployment.reasons,
    reasonDetails: deployment.reasonDetails,
    missing: deployment.missing,
    missingDetails: deployment.missingDetails,
    flips: [],
    hangsOn: null,
    hangsOnDetail: null,
    leaning: deployment.leaning,
    standing: deployment.standing,
    steps: stack.steps.filter((step) => step.deployment === id),
    ...contractEndsOf(stack, id),
    outlook: null,
    lookBack: null,
    commitments: stack.commitments.flatMap(({ shares, ...commitment }) =>
      shares
        .filter((share) => share.deployment === id)
        .map(({ usd }) => ({ ...commitment, owedUsd: usd, months: [], shares: [] })),
    ),
    reentryUsd: null,
  };
}

/** Contract ends that concern only this deployment. */
function contractEndsOf({ afterContracts }: Audit['stack'], id: string) {
  if (afterContracts === undefined) return {};
  const isOwn = (deployments: readonly string[]) => deployments.every((each) => each === id);
  return { afterContracts: afterContracts.filter(({ deployments }) => isOwn(deployments)) };
}

function decisionOn(
  audit: AuditReading,
  { id, savingUsd }: AuditDeployment,
): Audit['stack']['decision'] {
  const plan = audit.plan.filter(({ deployment }) => deployment === id);
  const isChanged = plan.some(({ option }) => option !== 'keep');
  return { plan, savingUsd: isChanged ? (savingUsd.base ?? NO_SAVING.base) : NO_SAVING.base };
}

const KEPT: ReadonlySet<Verdict> = new Set(['keep', 'keep (required)']);

/** If it is also kept without engineering time, that saving is 0, whatever deleting would save. */
function withoutSavingIfKept(
  without: AuditDeployment['withoutLabor'],
): AuditDeployment['withoutLabor'] {
  if (without === null || !KEPT.has(without.verdict)) return without;
  return { ...without, savingUsd: NO_SAVING.base };
}

/** Keeping saves $0. */
const NO_SAVING = { base: '0.000000', low: '0.000000', high: '0.000000' };

function totalsOf(audit: AuditReading, deployment: AuditDeployment): Audit['totals'] {
  const { spendUsd, billedUsd, uncoveredUsd, tokens, promptTokens, cachedTokens, outputTokens } =
    deployment;
  const { unbilledTokens, unbilledShare } = deployment;
  const days = Math.max(1, durationMs(audit.period) / DAY_MS);
  return {
    ...audit.stored.totals,
    spendUsd,
    billedUsd,
    uncoveredUsd,
    unbilledTokens,
    unbilledShare,
    tokens,
    promptTokens,
    cachedTokens,
    outputTokens,
    effectiveUsdPerMtok: deployment.effectiveUsdPerMtok,
    hostedUsdPerMtok: deployment.hosted?.usdPerMtok ?? null,
    coverage: deployment.coverage,
    unattributedUsd: '0.000000',
    unattributedShare: null,
    tokensPerDay: Math.round(tokens / days),
  };
}
