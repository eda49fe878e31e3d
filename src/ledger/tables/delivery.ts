/**
 * The tables of editions and deliveries: frozen bytes, editions with their files, and recipients.
 */

import type { AnySQLiteColumn } from 'drizzle-orm/sqlite-core';
import { primaryKey, sqliteTable, text } from '../store.ts';
import { auditRuns } from './audit.ts';
import { bytes, rowRef, integer } from './column.ts';

export const frozenBytes = sqliteTable('frozen_bytes', {
  digest: text('digest').primaryKey().notNull(),
  plainBytes: integer('plain_bytes').notNull(),
  zstd: bytes('zstd').notNull(),
});

export const editions = sqliteTable('edition', {
  editionRef: rowRef('edition_ref'),
  editionId: text('edition_id').notNull(),
  quarter: text('quarter').notNull(),
  number: integer('number').notNull(),
  runId: text('run_id')
    .notNull()
    .references(() => auditRuns.runId),
  corrects: text('corrects').references((): AnySQLiteColumn => editions.editionId),
  subject: text('subject').notNull(),
  headline: text('headline').notNull(),
  contentDigest: text('content_digest')
    .notNull()
    .references(() => frozenBytes.digest),
  digest: text('digest').notNull(),
  frozenAtMs: integer('frozen_at_ms').notNull(),
});

const editionRef = () =>
  integer('edition_ref')
    .notNull()
    .references(() => editions.editionRef);

export const editionFiles = sqliteTable(
  'edition_file',
  {
    editionRef: editionRef(),
    ordinal: integer('ordinal').notNull(),
    name: text('name').notNull(),
    contentType: text('content_type').notNull(),
    digest: text('digest')
      .notNull()
      .references(() => frozenBytes.digest),
  },
  (table) => [primaryKey({ columns: [table.editionRef, table.ordinal] })],
);

export const deliveries = sqliteTable('delivery', {
  deliveryRef: rowRef('delivery_ref'),
  deliveryId: text('delivery_id').notNull(),
  editionRef: editionRef(),
  ordinal: integer('ordinal').notNull(),
  channel: text('channel').notNull(),
  recipient: text('recipient').notNull(),
  role: text('role').notNull(),
  deployment: text('deployment'),
  state: text('state').notNull(),
  token: integer('token').notNull(),
  tries: integer('tries').notNull(),
  worker: text('worker'),
  leaseUntilMs: integer('lease_until_ms'),
  deferrals: integer('deferrals').notNull(),
  deferredSinceMs: integer('deferred_since_ms'),
  nextTryAtMs: integer('next_try_at_ms'),
  messageId: text('message_id'),
  messageDigest: text('message_digest').references(() => frozenBytes.digest),
  reply: text('reply'),
  code: integer('code'),
  plannedAtMs: integer('planned_at_ms').notNull(),
  changedAtMs: integer('changed_at_ms').notNull(),
  sentAtMs: integer('sent_at_ms'),
});

export const deliveryEvents = sqliteTable('delivery_event', {
  eventRef: rowRef('event_ref'),
  deliveryRef: integer('delivery_ref')
    .notNull()
    .references(() => deliveries.deliveryRef),
  atMs: integer('at_ms').notNull(),
  state: text('state').notNull(),
  token: integer('token').notNull(),
  actor: text('actor'),
  code: integer('code'),
  detail: text('detail'),
});

export const deliveryNotices = sqliteTable('delivery_notice', {
  eventRef: integer('event_ref')
    .primaryKey()
    .references(() => deliveryEvents.eventRef),
  toldAtMs: integer('told_at_ms').notNull(),
});
