/** The tables of the worker's bookkeeping: work done, windows pulled, the write lock. */

import { primaryKey, sqliteTable, text } from '../store.ts';
import { integer } from './column.ts';

export const workDone = sqliteTable(
  'work_done',
  {
    line: text('line').notNull(),
    subject: text('subject').notNull(),
    dueAtMs: integer('due_at_ms').notNull(),
    doneAtMs: integer('done_at_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.line, table.subject] })],
);

export const pulledWindows = sqliteTable(
  'pulled_window',
  {
    sourceId: text('source_id').notNull(),
    fact: text('fact').notNull(),
    startMs: integer('start_ms').notNull(),
    endMs: integer('end_ms').notNull(),
    pulledAtMs: integer('pulled_at_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.sourceId, table.fact, table.startMs] })],
);

export const writers = sqliteTable('writer', {
  one: integer('one').primaryKey(),
  ledgerId: text('ledger_id').notNull(),
  token: integer('token').notNull(),
  holder: text('holder').notNull(),
  takenAtMs: integer('taken_at_ms').notNull(),
});

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
