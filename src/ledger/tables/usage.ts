/**
 * The tables of usage: one series per deployment and source, its intervals, and tokens bought from
 * providers.
 */

import { primaryKey, sqliteTable, text } from '../drizzle.ts';
import { flag, money, rowRef, whole } from './column.ts';
import { provenance, undoRef } from './provenance.ts';

export const usageSeries = sqliteTable('usage_series', {
  seriesRef: rowRef('series_ref'),
  deployment: text('deployment').notNull(),
  sourceId: text('source_id').notNull(),
  longestMs: whole('longest_ms').notNull(),
});

export const usage = sqliteTable(
  'usage',
  {
    seriesRef: whole('series_ref')
      .notNull()
      .references(() => usageSeries.seriesRef),
    startMs: whole('start_ms').notNull(),
    version: whole('version').notNull(),
    endMs: whole('end_ms').notNull(),
    uncachedPromptTokens: whole('uncached_prompt_tokens').notNull(),
    cachedPromptTokens: whole('cached_prompt_tokens'),
    outputTokens: whole('output_tokens').notNull(),
    requests: whole('requests'),
    busyMs: whole('busy_ms'),
    replicaMs: whole('replica_ms'),
    estimated: flag('estimated').notNull(),
    withdrawn: flag('withdrawn').notNull(),
    ...provenance(),
    undoRef: undoRef(),
    countedMs: whole('counted_ms'),
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
    seriesRef: whole('series_ref')
      .notNull()
      .references(() => usageSeries.seriesRef),
    dayMs: whole('day_ms').notNull(),
    uncachedPromptTokens: whole('uncached_prompt_tokens').notNull(),
    cachedPromptTokens: whole('cached_prompt_tokens'),
    outputTokens: whole('output_tokens').notNull(),
    requests: whole('requests'),
    busyMs: whole('busy_ms'),
    replicaMs: whole('replica_ms'),
    intervals: whole('intervals').notNull(),
    cachedKnown: whole('cached_known').notNull(),
    requestsKnown: whole('requests_known').notNull(),
    busyKnown: whole('busy_known').notNull(),
    replicasKnown: whole('replicas_known').notNull(),
    estimated: whole('estimated').notNull(),
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
    startMs: whole('start_ms').notNull(),
    version: whole('version').notNull(),
    endMs: whole('end_ms').notNull(),
    uncachedPromptTokens: whole('uncached_prompt_tokens').notNull(),
    cachedPromptTokens: whole('cached_prompt_tokens'),
    cacheWriteTokens: whole('cache_write_tokens'),
    outputTokens: whole('output_tokens').notNull(),
    reasoningTokens: whole('reasoning_tokens'),
    requests: whole('requests'),
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
