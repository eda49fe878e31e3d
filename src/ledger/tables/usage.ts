/**
 * The tables of usage: one series per deployment and source, its intervals, and tokens bought from
 * providers.
 */

import { primaryKey, sqliteTable, text } from '../store.ts';
import { bytes, flag, integer, money, rowRef } from './column.ts';
import { fetches, provenance, undoRef } from './provenance.ts';
import { LATENCY_MEASURES } from '../../domain/usageFacts.ts';

const version = () => integer('version').notNull();
const owner = () => ({
  deployment: text('deployment').notNull(),
  sourceId: text('source_id').notNull(),
});
const traffic = () => ({
  uncachedPromptTokens: integer('uncached_prompt_tokens').notNull(),
  cachedPromptTokens: integer('cached_prompt_tokens'),
  outputTokens: integer('output_tokens').notNull(),
  requests: integer('requests'),
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
    ...traffic(),
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

export const usageSeries = sqliteTable('usage_series', {
  seriesRef: rowRef('series_ref'),
  deployment: text('deployment').notNull(),
  sourceId: text('source_id').notNull(),
  longestMs: integer('longest_ms').notNull(),
});

export const usage = sqliteTable(
  'usage',
  {
    seriesRef: integer('series_ref')
      .notNull()
      .references(() => usageSeries.seriesRef),
    startMs: integer('start_ms').notNull(),
    version: integer('version').notNull(),
    endMs: integer('end_ms').notNull(),
    ...traffic(),
    busyMs: integer('busy_ms'),
    replicaMs: integer('replica_ms'),
    estimated: flag('estimated').notNull(),
    withdrawn: flag('withdrawn').notNull(),
    ...provenance(),
    undoRef: undoRef(),
    countedMs: integer('counted_ms'),
  },
  (table) => [primaryKey({ columns: [table.seriesRef, table.startMs, table.version] })],
);

/**
 * The intervals of a series by the UTC day on which they start. SQLite generates `day` from
 * `day_ms`.
 */
export const usageDays = sqliteTable(
  'usage_day',
  {
    seriesRef: integer('series_ref')
      .notNull()
      .references(() => usageSeries.seriesRef),
    dayMs: integer('day_ms').notNull(),
    ...traffic(),
    busyMs: integer('busy_ms'),
    replicaMs: integer('replica_ms'),
    intervals: integer('intervals').notNull(),
    cachedKnown: integer('cached_known').notNull(),
    requestsKnown: integer('requests_known').notNull(),
    busyKnown: integer('busy_known').notNull(),
    replicasKnown: integer('replicas_known').notNull(),
    estimated: integer('estimated').notNull(),
  },
  (table) => [primaryKey({ columns: [table.seriesRef, table.dayMs] })],
);

/** Tokens bought from hosted APIs. An unknown host or tier is an empty string. */
export const hostedUsage = sqliteTable(
  'hosted_usage',
  {
    sourceId: text('source_id').notNull(),
    model: text('model').notNull(),
    host: text('host').notNull(),
    serviceTier: text('service_tier').notNull(),
    startMs: integer('start_ms').notNull(),
    version: integer('version').notNull(),
    endMs: integer('end_ms').notNull(),
    uncachedPromptTokens: integer('uncached_prompt_tokens').notNull(),
    cachedPromptTokens: integer('cached_prompt_tokens'),
    cacheWriteTokens: integer('cache_write_tokens'),
    outputTokens: integer('output_tokens').notNull(),
    reasoningTokens: integer('reasoning_tokens'),
    requests: integer('requests'),
    usd: money('nano_usd'),
    secondHand: flag('second_hand').notNull().default(false),
    withdrawn: flag('withdrawn').notNull().default(false),
    ...provenance(),
    undoRef: undoRef(),
  },
  (table) => [
    primaryKey({
      columns: [
        table.sourceId,
        table.startMs,
        table.model,
        table.host,
        table.serviceTier,
        table.version,
      ],
    }),
  ],
);

export const requestBatches = sqliteTable(
  'request_batch',
  {
    fetchRef: integer('fetch_ref')
      .notNull()
      .references(() => fetches.fetchRef),
    batch: integer('batch').notNull(),
    sourceId: text('source_id').notNull(),
    deployment: text('deployment').notNull(),
    startMs: integer('start_ms').notNull(),
    endMs: integer('end_ms').notNull(),
    demand: text('demand').notNull(),
    tenant: text('tenant').notNull(),
    team: text('team').notNull(),
    adapter: text('adapter').notNull(),
    position: integer('position').notNull(),
    answered: integer('answered').notNull(),
    failed: integer('failed').notNull(),
    escalated: integer('escalated'),
    promptTokens: integer('prompt_tokens').notNull(),
    cachedTokens: integer('cached_tokens'),
    outputTokens: integer('output_tokens').notNull(),
    ids: bytes('ids').notNull(),
  },
  (table) => [primaryKey({ columns: [table.fetchRef, table.batch] })],
);
