/** The tables of provenance: fetches, their bytes, rejects and stated totals. */

import type { AnySQLiteColumn } from 'drizzle-orm/sqlite-core';
import { primaryKey, sqliteTable, text } from '../store.ts';
import { bytes, flag, money, rowRef, integer } from './column.ts';

export const rawBodies = sqliteTable('raw_body', {
  bodyRef: rowRef('body_ref'),
  digest: text('digest'),
  plainBytes: integer('plain_bytes').notNull(),
});

export const rawChunks = sqliteTable(
  'raw_chunk',
  {
    bodyRef: integer('body_ref')
      .notNull()
      .references(() => rawBodies.bodyRef),
    chunk: integer('chunk').notNull(),
    plainBytes: integer('plain_bytes').notNull(),
    zstd: bytes('zstd').notNull(),
  },
  (table) => [primaryKey({ columns: [table.bodyRef, table.chunk] })],
);

export const fetches = sqliteTable('fetch', {
  fetchRef: rowRef('fetch_ref'),
  sourceId: text('source_id').notNull(),
  kind: text('kind').notNull(),
  url: text('url').notNull(),
  windowStartMs: integer('window_start_ms'),
  windowEndMs: integer('window_end_ms'),
  startedAtMs: integer('started_at_ms').notNull(),
  endedAtMs: integer('ended_at_ms'),
  finished: flag('finished').notNull(),
  status: integer('status'),
  digest: text('digest'),
  bodyRef: integer('body_ref').references(() => rawBodies.bodyRef),
  failureCode: text('failure_code'),
  failureMessage: text('failure_message'),
  completeKeyPrefix: text('complete_key_prefix'),
  completeStartMs: integer('complete_start_ms'),
  completeEndMs: integer('complete_end_ms'),
  factsStartMs: integer('facts_start_ms'),
  factsEndMs: integer('facts_end_ms'),
  added: integer('added').notNull(),
  restated: integer('restated').notNull(),
  unchanged: integer('unchanged').notNull(),
  rejected: integer('rejected').notNull(),
  warningsJson: text('warnings_json'),
  recordedAtMs: integer('recorded_at_ms').notNull(),
  sameAsRef: integer('same_as_ref').references((): AnySQLiteColumn => fetches.fetchRef),
  rejectsRef: integer('rejects_ref').references((): AnySQLiteColumn => fetches.fetchRef),
  factsReachMs: integer('facts_reach_ms'),
});

export const rejects = sqliteTable('reject', {
  rejectRef: rowRef('reject_ref'),
  fetchRef: integer('fetch_ref')
    .notNull()
    .references(() => fetches.fetchRef),
  position: integer('position').notNull(),
  reason: text('reason').notNull(),
  excerpt: text('excerpt').notNull(),
  recordedAtMs: integer('recorded_at_ms').notNull(),
  metRef: integer('met_ref').references(() => fetches.fetchRef),
});

export const unconvertedCharges = sqliteTable(
  'unconverted_charge',
  {
    fetchRef: integer('fetch_ref')
      .notNull()
      .references(() => fetches.fetchRef),
    currency: text('currency').notNull(),
    monthMs: integer('month_ms').notNull(),
    charges: integer('charges').notNull(),
    amount: text('amount').notNull(),
    startMs: integer('start_ms').notNull(),
    endMs: integer('end_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.fetchRef, table.currency, table.monthMs] })],
);

export const statedTotals = sqliteTable('stated_total', {
  fetchRef: integer('fetch_ref')
    .primaryKey()
    .references(() => fetches.fetchRef),
  startMs: integer('start_ms').notNull(),
  endMs: integer('end_ms').notNull(),
  billedNanoUsd: money('billed_nano_usd').notNull(),
  recordedAtMs: integer('recorded_at_ms').notNull(),
});

/**
 * The last columns of every fact: when it was recorded, its fetch, and its position in the
 * response.
 */
export const provenance = () => ({
  recordedAtMs: integer('recorded_at_ms').notNull(),
  fetchRef: integer('fetch_ref')
    .notNull()
    .references(() => fetches.fetchRef),
  position: integer('position').notNull(),
});

export const repeatedFacts = sqliteTable(
  'repeated_fact',
  {
    factTable: text('fact_table').notNull(),
    factKey: text('fact_key').notNull(),
    fetchRef: integer('fetch_ref')
      .notNull()
      .references(() => fetches.fetchRef),
    version: integer('version').notNull(),
    position: integer('position').notNull(),
    leftOut: text('left_out'),
    recordedAtMs: integer('recorded_at_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.factTable, table.factKey, table.fetchRef] })],
);

export const importUndos = sqliteTable(
  'import_undo',
  {
    undoRef: integer('undo_ref')
      .notNull()
      .references(() => fetches.fetchRef),
    undoneRef: integer('undone_ref')
      .notNull()
      .references(() => fetches.fetchRef),
    counts: flag('counts').notNull(),
  },
  (table) => [primaryKey({ columns: [table.undoRef, table.undoneRef] })],
);

/** The undo that wrote the version, if any. */
export const undoRef = () => integer('undo_ref').references(() => fetches.fetchRef);

export const factDigests = sqliteTable(
  'fact_digest',
  {
    fetchRef: integer('fetch_ref')
      .notNull()
      .references(() => fetches.fetchRef),
    factTable: text('fact_table').notNull(),
    facts: integer('facts').notNull(),
    sum: money('sum').notNull(),
    weighted: money('weighted').notNull(),
  },
  (table) => [primaryKey({ columns: [table.fetchRef, table.factTable] })],
);

export const ledgerTimes = sqliteTable('ledger_time', {
  one: integer('one').primaryKey(),
  lastMs: integer('last_ms').notNull(),
  isRead: flag('is_read').notNull(),
});
