/** The tables of usage facts beside intervals. An empty name in a key means that it is unknown. */

import { LATENCY_MEASURES } from '../../domain/usageFacts.ts';
import { primaryKey, sqliteTable, text } from '../drizzle.ts';
import { flag, whole } from './column.ts';
import { provenance, undoRef } from './provenance.ts';

const version = () => whole('version').notNull();
const owner = () => ({
  deployment: text('deployment').notNull(),
  sourceId: text('source_id').notNull(),
});
const withdrawn = () => flag('withdrawn').notNull().default(false);
const endMs = () => whole('end_ms').notNull();

export const usageParts = sqliteTable(
  'usage_part',
  {
    ...owner(),
    startMs: whole('start_ms').notNull(),
    demand: text('demand').notNull(),
    tenant: text('tenant').notNull(),
    team: text('team').notNull(),
    adapter: text('adapter').notNull(),
    version: version(),
    endMs: endMs(),
    uncachedPromptTokens: whole('uncached_prompt_tokens').notNull(),
    cachedPromptTokens: whole('cached_prompt_tokens'),
    outputTokens: whole('output_tokens').notNull(),
    requests: whole('requests'),
    withdrawn: withdrawn(),
    ...provenance(),
    undoRef: undoRef(),
  },
  (table) => [
    primaryKey({
      columns: [
        table.deployment,
        table.sourceId,
        table.startMs,
        table.demand,
        table.tenant,
        table.team,
        table.adapter,
        table.version,
      ],
    }),
  ],
);

export const latencyHistograms = sqliteTable(
  'latency_histogram',
  {
    ...owner(),
    measure: text('measure', { enum: LATENCY_MEASURES }).notNull(),
    startMs: whole('start_ms').notNull(),
    version: version(),
    endMs: endMs(),
    boundsJson: text('bounds_json').notNull(),
    countsJson: text('counts_json').notNull(),
    withdrawn: withdrawn(),
    ...provenance(),
    undoRef: undoRef(),
  },
  (table) => [
    primaryKey({
      columns: [table.deployment, table.sourceId, table.measure, table.startMs, table.version],
    }),
  ],
);

export const gpuActivities = sqliteTable(
  'gpu_activity',
  {
    ...owner(),
    startMs: whole('start_ms').notNull(),
    version: version(),
    endMs: endMs(),
    gpuMs: whole('gpu_ms').notNull(),
    gpuUtilMillionths: whole('gpu_util_millionths'),
    engineActiveMillionths: whole('engine_active_millionths'),
    tensorActiveMillionths: whole('tensor_active_millionths'),
    dramActiveMillionths: whole('dram_active_millionths'),
    withdrawn: withdrawn(),
    ...provenance(),
    undoRef: undoRef(),
  },
  (table) => [
    primaryKey({ columns: [table.deployment, table.sourceId, table.startMs, table.version] }),
  ],
);

export const requestCounts = sqliteTable(
  'request_count',
  {
    ...owner(),
    startMs: whole('start_ms').notNull(),
    version: version(),
    endMs: endMs(),
    answered: whole('answered').notNull(),
    failed: whole('failed'),
    escalated: whole('escalated'),
    tokens: whole('tokens'),
    withdrawn: withdrawn(),
    ...provenance(),
    undoRef: undoRef(),
  },
  (table) => [
    primaryKey({ columns: [table.deployment, table.sourceId, table.startMs, table.version] }),
  ],
);
