/** The tables of usage facts beside intervals. An empty name in a key means that it is unknown. */

import { LATENCY_MEASURES } from '../../domain/usageFacts.ts';
import { primaryKey, sqliteTable, text } from '../drizzle.ts';
import { flag, integer } from './column.ts';
import { provenance, undoRef } from './provenance.ts';

const version = () => integer('version').notNull();
const owner = () => ({
  deployment: text('deployment').notNull(),
  sourceId: text('source_id').notNull(),
});
const withdrawn = () => flag('withdrawn').notNull().default(false);
const endMs = () => integer('end_ms').notNull();

export const usageParts = sqliteTable(
  'usage_part',
  {
    ...owner(),
    startMs: integer('start_ms').notNull(),
    demand: text('demand').notNull(),
    tenant: text('tenant').notNull(),
    team: text('team').notNull(),
    adapter: text('adapter').notNull(),
    version: version(),
    endMs: endMs(),
    uncachedPromptTokens: integer('uncached_prompt_tokens').notNull(),
    cachedPromptTokens: integer('cached_prompt_tokens'),
    outputTokens: integer('output_tokens').notNull(),
    requests: integer('requests'),
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
    startMs: integer('start_ms').notNull(),
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
    startMs: integer('start_ms').notNull(),
    version: version(),
    endMs: endMs(),
    gpuMs: integer('gpu_ms').notNull(),
    gpuUtilMillionths: integer('gpu_util_millionths'),
    engineActiveMillionths: integer('engine_active_millionths'),
    tensorActiveMillionths: integer('tensor_active_millionths'),
    dramActiveMillionths: integer('dram_active_millionths'),
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
    startMs: integer('start_ms').notNull(),
    version: version(),
    endMs: endMs(),
    answered: integer('answered').notNull(),
    failed: integer('failed'),
    escalated: integer('escalated'),
    tokens: integer('tokens'),
    withdrawn: withdrawn(),
    ...provenance(),
    undoRef: undoRef(),
  },
  (table) => [
    primaryKey({ columns: [table.deployment, table.sourceId, table.startMs, table.version] }),
  ],
);
