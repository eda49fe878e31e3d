/** The table of requests from access logs, summed by interval and import. */

import { primaryKey, sqliteTable, text } from '../drizzle.ts';
import { bytes, integer } from './column.ts';
import { fetches } from './provenance.ts';

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
