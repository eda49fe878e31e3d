/** Writes `deployments.csv`: a row per deployment, with its verdict and figures. */

import type { Audit } from '../../verdict/audit.ts';
import type { AuditDeployment } from '../../verdict/auditDeployment.ts';
import { mostExpensiveFirst, decidedPlan } from '../words/reading.ts';
import { type CsvColumns, csvText } from './csv.ts';

/** `deployments.csv`: the columns of the view `audit_by_deployment`, and more. */
export function deploymentsCsv(audit: Audit): string {
  return csvText(deploymentColumns(audit), mostExpensiveFirst(audit));
}

function deploymentColumns(audit: Audit): CsvColumns<AuditDeployment> {
  const { quarter, window, runId } = audit;
  const planned = new Map(decidedPlan(audit).map(({ deployment, option }) => [deployment, option]));
  return {
    quarter: () => quarter,
    window_start: () => window.start,
    window_end: () => window.end,
    deployment: ({ id }) => id,
    model: ({ model }) => model,
    verdict: ({ verdict }) => verdict,
    verdict_alone: ({ verdict, decision }) => decision?.alone ?? verdict,
    planned_option: ({ id }) => planned.get(id),
    probability: ({ probability }) => probability,
    saving_usd: ({ savingUsd }) => savingUsd.base,
    saving_low_usd: ({ savingUsd }) => savingUsd.low,
    saving_high_usd: ({ savingUsd }) => savingUsd.high,
    ...moneyColumns,
    ...useColumns,
    waiver_owner: ({ waiver }) => waiver?.owner,
    waiver_reason: ({ waiver }) => waiver?.reason,
    waiver_worth_usd_per_quarter: ({ waiver }) => waiver?.worthUsdPerQuarter,
    waiver_expires: ({ waiver }) => waiver?.expires,
    reasons: ({ reasons }) => reasons.join(' '),
    warnings: ({ warnings }) => warnings.join(' '),
    run_id: () => runId,
  };
}

const moneyColumns: CsvColumns<AuditDeployment> = {
  spend_usd: ({ spendUsd }) => spendUsd,
  compute_usd: ({ computeUsd }) => computeUsd,
  uncovered_usd: ({ uncoveredUsd }) => uncoveredUsd,
  full_capacity_usd: ({ fullCapacityUsd }) => fullCapacityUsd,
  underfilled_usd: ({ underfilledUsd }) => underfilledUsd,
  idle_usd: ({ idleUsd }) => idleUsd,
  effective_usd_per_mtok: ({ effectiveUsdPerMtok }) => effectiveUsdPerMtok,
  host: ({ hosted }) => hosted?.host,
  hosted_usd: ({ hosted }) => hosted?.costUsd,
  hosted_usd_per_mtok: ({ hosted }) => hosted?.usdPerMtok,
};

const useColumns: CsvColumns<AuditDeployment> = {
  tokens: ({ tokens }) => tokens,
  prompt_tokens: ({ promptTokens }) => promptTokens,
  cached_tokens: ({ cachedTokens }) => cachedTokens,
  output_tokens: ({ outputTokens }) => outputTokens,
  requests: ({ requests }) => requests,
  utilization: ({ utilization }) => utilization,
  busy_fraction: ({ busyFraction }) => busyFraction,
  coverage: ({ coverage }) => coverage,
  paid_replica_hours: ({ paidReplicaHours }) => paidReplicaHours,
  capacity_tokens_per_second: ({ capacityTokPerSec }) => capacityTokPerSec,
  capacity_basis: ({ capacityBasis }) => capacityBasis,
  break_even_tokens: ({ breakEven }) => breakEven.tokens,
  break_even_utilization: ({ breakEven }) => breakEven.utilization,
};
