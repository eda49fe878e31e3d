/** The tables of provenance: fetches, their bytes, rejects and stated totals. */

import type { AnySQLiteColumn } from 'drizzle-orm/sqlite-core';
import { primaryKey, sqliteTable, text } from '../drizzle.ts';
import { bytes, flag, money, rowRef, whole } from './column.ts';

export const rawBodies = sqliteTable('raw_body', {
  bodyRef: rowRef('body_ref'),
  digest: text('digest'),
  plainBytes: whole('plain_bytes').notNull(),
});

export const rawChunks = sqliteTable(
  'raw_chunk',
  {
    bodyRef: whole('body_ref')
      .notNull()
      .references(() => rawBodies.bodyRef),
    chunk: whole('chunk').notNull(),
    plainBytes: whole('plain_bytes').notNull(),
    zstd: bytes('zstd').notNull(),
  },
  (table) => [primaryKey({ columns: [table.bodyRef, table.chunk] })],
);

export const fetches = sqliteTable('fetch', {
  fetchRef: rowRef('fetch_ref'),
  sourceId: text('source_id').notNull(),
  kind: text('kind').notNull(),
  url: text('url').notNull(),
  windowStartMs: whole('window_start_ms'),
  windowEndMs: whole('window_end_ms'),
  startedAtMs: whole('started_at_ms').notNull(),
  endedAtMs: whole('ended_at_ms'),
  finished: flag('finished').notNull(),
  status: whole('status'),
  digest: text('digest'),
  bodyRef: whole('body_ref').references(() => rawBodies.bodyRef),
  failureCode: text('failure_code'),
  failureMessage: text('failure_message'),
  completeKeyPrefix: text('complete_key_prefix'),
  completeStartMs: whole('complete_start_ms'),
  completeEndMs: whole('complete_end_ms'),
  factsStartMs: whole('facts_start_ms'),
  factsEndMs: whole('facts_end_ms'),
  added: whole('added').notNull(),
  restated: whole('restated').notNull(),
  unchanged: whole('unchanged').notNull(),
  rejected: whole('rejected').notNull(),
  warningsJson: text('warnings_json'),
  recordedAtMs: whole('recorded_at_ms').notNull(),
  sameAsRef: whole('same_as_ref').references((): AnySQLiteColumn => fetches.fetchRef),
  rejectsRef: whole('rejects_ref').references((): AnySQLiteColumn => fetches.fetchRef),
  factsReachMs: whole('facts_reach_ms'),
});

export const rejects = sqliteTable('reject', {
  rejectRef: rowRef('reject_ref'),
  fetchRef: whole('fetch_ref')
    .notNull()
    .references(() => fetches.fetchRef),
  position: whole('position').notNull(),
  reason: text('reason').notNull(),
  excerpt: text('excerpt').notNull(),
  recordedAtMs: whole('recorded_at_ms').notNull(),
  metRef: whole('met_ref').references(() => fetches.fetchRef),
});

export const unconvertedCharges = sqliteTable(
  'unconverted_charge',
  {
    fetchRef: whole('fetch_ref')
      .notNull()
      .references(() => fetches.fetchRef),
    currency: text('currency').notNull(),
    monthMs: whole('month_ms').notNull(),
    charges: whole('charges').notNull(),
    amount: text('amount').notNull(),
    startMs: whole('start_ms').notNull(),
    endMs: whole('end_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.fetchRef, table.currency, table.monthMs] })],
);

export const statedTotals = sqliteTable('stated_total', {
  fetchRef: whole('fetch_ref')
    .primaryKey()
    .references(() => fetches.fetchRef),
  startMs: whole('start_ms').notNull(),
  endMs: whole('end_ms').notNull(),
  billedNanoUsd: money('billed_nano_usd').notNull(),
  recordedAtMs: whole('recorded_at_ms').notNull(),
});

/**
 * The last columns of every fact: when it was recorded, its fetch, and its position in the
 * response.
 */
export const provenance = () => ({
  recordedAtMs: whole('recorded_at_ms').notNull(),
  fetchRef: whole('fetch_ref')
    .notNull()
    .references(() => fetches.fetchRef),
  position: whole('position').notNull(),
});

export const repeatedFacts = sqliteTable(
  'repeated_fact',
  {
    factTable: text('fact_table').notNull(),
    factKey: text('fact_key').notNull(),
    fetchRef: whole('fetch_ref')
      .notNull()
      .references(() => fetches.fetchRef),
    version: whole('version').notNull(),
    position: whole('position').notNull(),
    leftOut: text('left_out'),
    recordedAtMs: whole('recorded_at_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.factTable, table.factKey, table.fetchRef] })],
);

export const importUndos = sqliteTable(
  'import_undo',
  {
    undoRef: whole('undo_ref')
      .notNull()
      .references(() => fetches.fetchRef),
    undoneRef: whole('undone_ref')
      .notNull()
      .references(() => fetches.fetchRef),
    counts: flag('counts').notNull(),
  },
  (table) => [primaryKey({ columns: [table.undoRef, table.undoneRef] })],
);

/** The undo that wrote the version, if any. */
export const undoRef = () => whole('undo_ref').references(() => fetches.fetchRef);

export const factDigests = sqliteTable(
  'fact_digest',
  {
    fetchRef: whole('fetch_ref')
      .notNull()
      .references(() => fetches.fetchRef),
    factTable: text('fact_table').notNull(),
    facts: whole('facts').notNull(),
    sum: money('sum').notNull(),
    weighted: money('weighted').notNull(),
  },
  (table) => [primaryKey({ columns: [table.fetchRef, table.factTable] })],
);

export const ledgerTimes = sqliteTable('ledger_time', {
  one: whole('one').primaryKey(),
  lastMs: whole('last_ms').notNull(),
  isRead: flag('is_read').notNull(),
});
