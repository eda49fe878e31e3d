/** The table of requests from access logs, summed by interval and import. */

import { primaryKey, sqliteTable, text } from '../drizzle.ts';
import { bytes, whole } from './column.ts';
import { fetches } from './provenance.ts';

export const requestBatches = sqliteTable(
  'request_batch',
  {
    fetchRef: whole('fetch_ref')
      .notNull()
      .references(() => fetches.fetchRef),
    batch: whole('batch').notNull(),
    sourceId: text('source_id').notNull(),
    deployment: text('deployment').notNull(),
    startMs: whole('start_ms').notNull(),
    endMs: whole('end_ms').notNull(),
    demand: text('demand').notNull(),
    tenant: text('tenant').notNull(),
    team: text('team').notNull(),
    adapter: text('adapter').notNull(),
    position: whole('position').notNull(),
    answered: whole('answered').notNull(),
    failed: whole('failed').notNull(),
    escalated: whole('escalated'),
    promptTokens: whole('prompt_tokens').notNull(),
    cachedTokens: whole('cached_tokens'),
    outputTokens: whole('output_tokens').notNull(),
    ids: bytes('ids').notNull(),
  },
  (table) => [primaryKey({ columns: [table.fetchRef, table.batch] })],
);
