/** The tables of the worker's bookkeeping: work done, windows pulled, the write lock. */

import { primaryKey, sqliteTable, text } from '../drizzle.ts';
import { whole } from './column.ts';

export const workDone = sqliteTable(
  'work_done',
  {
    line: text('line').notNull(),
    subject: text('subject').notNull(),
    dueAtMs: whole('due_at_ms').notNull(),
    doneAtMs: whole('done_at_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.line, table.subject] })],
);

export const pulledWindows = sqliteTable(
  'pulled_window',
  {
    sourceId: text('source_id').notNull(),
    fact: text('fact').notNull(),
    startMs: whole('start_ms').notNull(),
    endMs: whole('end_ms').notNull(),
    pulledAtMs: whole('pulled_at_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.sourceId, table.fact, table.startMs] })],
);

export const writers = sqliteTable('writer', {
  one: whole('one').primaryKey(),
  ledgerId: text('ledger_id').notNull(),
  token: whole('token').notNull(),
  holder: text('holder').notNull(),
  takenAtMs: whole('taken_at_ms').notNull(),
});
