/** Builds a report's files: page, text, data, tables as CSV, and pictures. */

import type { Audit } from '../verdict/audit.ts';
import type { Chart, ChartPlan } from './charts/chart.ts';
import { wholeText } from './format.ts';
import type { ReportFile } from '../domain/edition.ts';
import type { Reader } from './locale.ts';
import type { AuditDeployment, AuditOption } from '../verdict/auditDeployment.ts';
import type { AuditReading } from './sections/auditReading.ts';
import { type CsvColumns, csvText } from './csv/csv.ts';
import { chartFigures } from './figures/catalog.ts';
import type { AuditFigure } from './figures/figure.ts';
import type { AuditFindings } from './findings.ts';
import type { Correction } from './sections/correction.ts';

interface DataFilesInput {
  /** The audit as stored, for `report.json`. */
  readonly stored: Audit;
  readonly findings: AuditFindings;
  readonly corrects: Correction | undefined;
  readonly plans: readonly ChartPlan[];
}

/** The audit as JSON and as tables. */
export function dataFiles({ stored, findings, corrects, plans }: DataFilesInput): ReportFile[] {
  const { audit, figures } = findings;
  return [
    textFile('report.json', reportJson(stored)),
    textFile('deployments.csv', deploymentsCsv(audit)),
    textFile('options.csv', optionsCsv(audit)),
    textFile('figures.csv', figuresCsv(audit, [...figures, ...chartFigures(plans)])),
    ...(corrects === undefined ? [] : [textFile('changes.csv', changesCsv(corrects, audit))]),
  ];
}

/**
 * Maximum bytes of data files in one message. With seven pictures and a page of 90 kB, the
 * base64-encoded message stays below 1 MB.
 */
const MOST_ATTACHED_BYTES = 300_000;

/** Names of the files that messages attach: smallest first, as many as fit. */
export function attachable(data: readonly ReportFile[]): ReadonlySet<string> {
  let bytesLeft = MOST_ATTACHED_BYTES;
  const smallest = data.toSorted((a, b) => a.bytes.length - b.bytes.length);
  const fitting = smallest.filter(({ bytes }) => (bytesLeft -= bytes.length) >= 0);
  return new Set(fitting.map(({ name }) => name));
}

/** A note that names the files too large to attach. Empty if all are attached. */
export function tooLargeNotes(data: readonly ReportFile[], reader: Reader): string[] {
  const attached = attachable(data);
  const tooLarge = data
    .filter(({ name }) => !attached.has(name))
    .map(({ name, bytes }) => `${name} (${wholeText(Math.round(bytes.length / 1000), reader)} kB)`);
  return tooLarge.length === 0
    ? []
    : [`Too large to attach, kept with the report: ${tooLarge.join(', ')}`];
}

export function chartFiles(charts: readonly Chart[]): ReportFile[] {
  return charts.map((chart) => ({
    name: chartFile(chart),
    contentType: 'image/png',
    bytes: chart.png,
  }));
}

/** Path of a chart within the report: `charts/weekly-price.png`. */
export function chartFile({ filename }: Pick<ChartPlan, 'filename'>): string {
  return `charts/${filename}`;
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  json: 'application/json',
  csv: 'text/csv; charset=utf-8',
};

export function textFile(name: `${string}.${keyof typeof TYPES}`, text: string): ReportFile {
  const contentType = TYPES[name.split('.').at(-1) ?? ''] ?? 'text/plain; charset=utf-8';
  return { name, contentType, bytes: new TextEncoder().encode(text) };
}

/** `report.json`: schema `rentcheck/audit/1`, two spaces, a final line break. */
function reportJson(audit: Audit): string {
  return `${JSON.stringify(audit, null, 2)}\n`;
}

/** `deployments.csv`: the columns of the view `audit_by_deployment`, and more. */
function deploymentsCsv(audit: AuditReading): string {
  return csvText(
    deploymentColumns(audit),
    audit.mostExpensiveFirst.map(({ stored }) => stored),
  );
}

function deploymentColumns(audit: AuditReading): CsvColumns<AuditDeployment> {
  const { quarter, window, runId } = audit;
  const planned = new Map(audit.plan.map(({ deployment, option }) => [deployment, option]));
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
function optionsCsv(audit: AuditReading): string {
  const planned = new Map(audit.plan.map(({ deployment, option }) => [deployment, option]));
  const offered = audit.mostExpensiveFirst.flatMap(({ stored: deployment }) =>
    deployment.options.map((option) => ({
      deployment,
      option,
      isPlanned: planned.get(deployment.id) === option.option,
    })),
  );
  return csvText(optionColumns(audit), offered);
}

function optionColumns({ quarter, window, runId }: AuditReading): CsvColumns<Offered> {
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
function figuresCsv({ runId }: AuditReading, figures: readonly AuditFigure[]): string {
  return csvText(
    {
      figure_id: ({ id }) => id,
      printed: ({ text }) => text,
      value: ({ value }) => value,
      unit: ({ unit }) => unit,
      path_in_report_json: ({ path }) => path,
      ledger_view: ({ view }) => view,
      run_id: () => runId,
    },
    figures,
  );
}

/** `changes.csv`: every figure that differs between two editions. */
function changesCsv({ findings, changes }: Correction, { runId }: AuditReading): string {
  return csvText(
    {
      figure_id: ({ id }) => id,
      was: ({ was }) => was,
      is: ({ is }) => is,
      value_was: ({ valueWas }) => valueWas,
      value_is: ({ valueIs }) => valueIs,
      unit: ({ unit }) => unit,
      run_id_was: () => findings.audit.runId,
      run_id_is: () => runId,
    },
    changes,
  );
}
