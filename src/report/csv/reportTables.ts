/** Writes `deployments.csv`: a row per deployment, with its verdict and figures. */

import type { Audit } from '../../verdict/audit.ts';
import type { AuditDeployment, AuditOption } from '../../verdict/auditDeployment.ts';
import { decidedPlan, mostExpensiveFirst } from '../sections/auditReading.ts';
import { type CsvColumns, csvText } from './csv.ts';
import type { ChartPlan } from '../charts/chart.ts';
import { chartFigures, findFigureChanges, listFigures } from '../figures/catalog.ts';
import type { Reader } from '../locale.ts';

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

interface Offered {
  readonly deployment: AuditDeployment;
  readonly option: AuditOption;
  readonly isPlanned: boolean;
}

/** `options.csv`: the columns of the view `option_by_deployment`, and more. */
export function optionsCsv(audit: Audit): string {
  const planned = new Map(decidedPlan(audit).map(({ deployment, option }) => [deployment, option]));
  const offered = mostExpensiveFirst(audit).flatMap((deployment) =>
    deployment.options.map((option) => ({
      deployment,
      option,
      isPlanned: planned.get(deployment.id) === option.option,
    })),
  );
  return csvText(optionColumns(audit), offered);
}

function optionColumns({ quarter, window, runId }: Audit): CsvColumns<Offered> {
  return {
    quarter: () => quarter,
    window_start: () => window.start,
    window_end: () => window.end,
    deployment: ({ deployment }) => deployment.id,
    option: ({ option }) => option.option,
    is_planned: ({ isPlanned }) => isPlanned,
    cost_usd: ({ option }) => option.costUsd,
    gpu_usd: ({ option }) => option.gpuUsd,
    storage_usd: ({ option }) => option.storageUsd,
    other_usd: ({ option }) => option.otherUsd,
    labor_usd: ({ option }) => option.laborUsd,
    hosted_usd: ({ option }) => option.hostedUsd,
    stranded_usd: ({ option }) => option.strandedUsd,
    migration_usd: ({ option }) => option.migrationUsd,
    saving_usd: ({ option }) => option.savingUsd,
    low_usd: ({ option }) => option.low,
    high_usd: ({ option }) => option.high,
    probability: ({ option }) => option.probability,
    not_priced_because: ({ option }) => option.detail.reason,
    run_id: () => runId,
  };
}

/** `figures.csv`: each figure with its field in report.json and its ledger view. */
export function figuresCsv(audit: Audit, plans: readonly ChartPlan[], reader: Reader): string {
  return csvText(
    {
      figure_id: ({ id }) => id,
      printed: ({ text }) => text,
      value: ({ value }) => value,
      unit: ({ unit }) => unit,
      path_in_report_json: ({ path }) => path,
      ledger_view: ({ view }) => view,
      run_id: () => audit.runId,
    },
    [...listFigures(audit, reader), ...chartFigures(plans)],
  );
}

/** `changes.csv`: every figure that differs between two editions. */
export function changesCsv(before: Audit, audit: Audit, reader: Reader): string {
  return csvText(
    {
      figure_id: ({ id }) => id,
      was: ({ was }) => was,
      is: ({ is }) => is,
      value_was: ({ valueWas }) => valueWas,
      value_is: ({ valueIs }) => valueIs,
      unit: ({ unit }) => unit,
      run_id_was: () => before.runId,
      run_id_is: () => audit.runId,
    },
    findFigureChanges(before, audit, reader),
  );
}
