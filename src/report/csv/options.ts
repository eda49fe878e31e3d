/** Writes `options.csv`: a row per option of each deployment, with its cost by part. */

import type { Audit } from '../../verdict/audit.ts';
import type { AuditDeployment, AuditOption } from '../../verdict/auditDeployment.ts';
import { mostExpensiveFirst, decidedPlan } from '../words/reading.ts';
import { type CsvColumns, csvText } from './csv.ts';

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
