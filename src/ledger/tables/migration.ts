/** The tables that record applied migrations and created views. */

import { sqliteTable, text } from '../drizzle.ts';
import { integer } from './column.ts';

export const migrations = sqliteTable('migration', {
  name: text('name').primaryKey().notNull(),
  digest: text('digest').notNull(),
  appliedAtMs: integer('applied_at_ms').notNull(),
});

export const ledgerViews = sqliteTable('ledger_view', {
  name: text('name').primaryKey().notNull(),
  digest: text('digest').notNull(),
  /** The view's first line: `One row per …`. */
  grain: text('grain').notNull(),
  appliedAtMs: integer('applied_at_ms').notNull(),
});
