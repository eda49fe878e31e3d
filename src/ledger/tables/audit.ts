/** The tables of audits: the run, its deployments and options, and its daily figures. */

import { primaryKey, real, sqliteTable, text } from '../store.ts';
import { flag, money, rowRef, integer } from './column.ts';

export const auditRuns = sqliteTable('audit_run', {
  runRef: rowRef('run_ref'),
  runId: text('run_id').notNull(),
  quarter: text('quarter'),
  windowStartMs: integer('window_start_ms').notNull(),
  windowEndMs: integer('window_end_ms').notNull(),
  asOfMs: integer('as_of_ms').notNull(),
  computedAtMs: integer('computed_at_ms').notNull(),
  inputsDigest: text('inputs_digest').notNull(),
  codeVersion: text('code_version').notNull(),
  partial: flag('partial').notNull(),
  auditJson: text('audit_json').notNull(),
  detailJson: text('detail_json').notNull(),
  verdict: text('verdict').notNull(),
  probability: real('probability'),
  savingNanoUsd: money('saving_nano_usd'),
  spendNanoUsd: money('spend_nano_usd').notNull(),
  unattributedNanoUsd: money('unattributed_nano_usd').notNull(),
  tokens: integer('tokens').notNull(),
  coverage: real('coverage'),
  effectiveUsdPerMtok: real('effective_usd_per_mtok'),
  hostedUsdPerMtok: real('hosted_usd_per_mtok'),
  lowNanoUsd: money('low_nano_usd'),
  highNanoUsd: money('high_nano_usd'),
  keepNanoUsd: money('keep_nano_usd'),
  planNanoUsd: money('plan_nano_usd'),
});

const runRef = () =>
  integer('run_ref')
    .notNull()
    .references(() => auditRuns.runRef);

export const auditDeployments = sqliteTable(
  'audit_deployment',
  {
    runRef: runRef(),
    deployment: text('deployment').notNull(),
    ordinal: integer('ordinal').notNull(),
    model: text('model').notNull(),
    verdict: text('verdict').notNull(),
    probability: real('probability'),
    spendNanoUsd: money('spend_nano_usd').notNull(),
    tokens: integer('tokens').notNull(),
    effectiveUsdPerMtok: real('effective_usd_per_mtok'),
    utilization: real('utilization'),
    busyFraction: real('busy_fraction'),
    coverage: real('coverage'),
    host: text('host'),
    hostedNanoUsd: money('hosted_nano_usd'),
    savingNanoUsd: money('saving_nano_usd'),
    leaning: text('leaning'),
    lowNanoUsd: money('low_nano_usd'),
    highNanoUsd: money('high_nano_usd'),
  },
  (table) => [primaryKey({ columns: [table.runRef, table.deployment] })],
);

export const auditOptions = sqliteTable(
  'audit_option',
  {
    runRef: runRef(),
    deployment: text('deployment').notNull(),
    option: text('option').notNull(),
    ordinal: integer('ordinal').notNull(),
    costNanoUsd: money('cost_nano_usd'),
    infraNanoUsd: money('infra_nano_usd'),
    laborNanoUsd: money('labor_nano_usd'),
    hostedNanoUsd: money('hosted_nano_usd'),
    strandedNanoUsd: money('stranded_nano_usd'),
    savingNanoUsd: money('saving_nano_usd'),
    gpuNanoUsd: money('gpu_nano_usd'),
    storageNanoUsd: money('storage_nano_usd'),
    otherNanoUsd: money('other_nano_usd'),
    migrationNanoUsd: money('migration_nano_usd'),
    probability: real('probability'),
    lowNanoUsd: money('low_nano_usd'),
    highNanoUsd: money('high_nano_usd'),
  },
  (table) => [primaryKey({ columns: [table.runRef, table.deployment, table.option] })],
);

export const auditDays = sqliteTable(
  'audit_day',
  {
    runRef: runRef(),
    dayMs: integer('day_ms').notNull(),
    deployment: text('deployment').notNull(),
    spendNanoUsd: money('spend_nano_usd').notNull(),
    promptTokens: integer('prompt_tokens').notNull(),
    cachedTokens: integer('cached_tokens'),
    outputTokens: integer('output_tokens').notNull(),
    paidReplicaMs: integer('paid_replica_ms').notNull(),
    coveredReplicaMs: integer('covered_replica_ms').notNull(),
    busyMs: integer('busy_ms'),
    utilization: real('utilization'),
  },
  (table) => [primaryKey({ columns: [table.runRef, table.dayMs, table.deployment] })],
);

export const counterfactualDays = sqliteTable(
  'counterfactual_day',
  {
    runRef: runRef(),
    dayMs: integer('day_ms').notNull(),
    deployment: text('deployment').notNull(),
    host: text('host').notNull(),
    costNanoUsd: money('cost_nano_usd').notNull(),
    tokens: integer('tokens').notNull(),
  },
  (table) => [primaryKey({ columns: [table.runRef, table.dayMs, table.deployment, table.host] })],
);

export const auditUnattributedDays = sqliteTable(
  'unattributed_day',
  {
    runRef: runRef(),
    dayMs: integer('day_ms').notNull(),
    ordinal: integer('ordinal').notNull(),
    sourceId: text('source_id').notNull(),
    resourceId: text('resource_id').notNull(),
    resourceName: text('resource_name'),
    category: text('category').notNull(),
    spendNanoUsd: money('spend_nano_usd').notNull(),
  },
  (table) => [primaryKey({ columns: [table.runRef, table.dayMs, table.ordinal] })],
);
